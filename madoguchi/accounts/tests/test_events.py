import pytest
from django.db import IntegrityError, transaction
from django.test import RequestFactory

from madoguchi.accounts.events import record
from madoguchi.accounts.models import AuthEvent, TermsAcceptance
from madoguchi.accounts.tests.people import alice, sign_in

pytestmark = pytest.mark.django_db


def test_a_proof_is_written_with_its_circumstances(client):
    someone = alice()
    this = sign_in(client, someone)
    request = RequestFactory(REMOTE_ADDR="2001:db8::1").get("/", headers={"User-Agent": "Browser\0" + "x" * 400})
    request.session = client.session
    record(request, someone, AuthEvent.Method.CONTACT_PHONE, True, contract_number="050-1", detail="sms")
    event = AuthEvent.objects.get(method="contact_phone")
    assert (event.account, event.method, event.succeeded, event.contract_number) == (
        someone,
        "contact_phone",
        True,
        "050-1",
    )
    assert event.network == "2001:db8::1"
    assert event.agent.startswith("Browserx")
    assert len(event.agent) == 300
    assert event.sign_in == this


def test_proofs_and_consents_cannot_be_changed():
    someone = alice()
    event = AuthEvent.objects.create(account=someone, method="password", succeeded=False)
    consent = TermsAcceptance.objects.create(account=someone, kind="terms", version="1")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AuthEvent.objects.filter(pk=event.pk).update(succeeded=True)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        TermsAcceptance.objects.filter(pk=consent.pk).update(version="2")
