"""E5: a remembered device needs no code, until it is forgotten or its secret has been copied."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from madoguchi.accounts.models import Account, AuthEvent
from madoguchi.accounts.tests.people import alice, bob, sign_in
from madoguchi.contracts import devices
from madoguchi.contracts.models import Contract, PhoneProof, TrustedDevice
from madoguchi.contracts.tests.household import Household, household
from madoguchi.delivery.models import Letter
from madoguchi.support.mypage.tests.walk import ask_for_code, name_phone, type_code
from tests.telephone import Telephone

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


@pytest.fixture
def home(clock: Any) -> Household:
    return household(holder=alice(), colleague=bob())


@pytest.fixture
def hers(home: Household, telephone: Telephone) -> Client:
    """Alice's browser, remembered."""
    client = Client()
    sign_in(client, account())
    name_phone(client)
    ask_for_code(client)
    type_code(client, telephone.code(), remember="on")
    return client


def account() -> Account:
    return Account.objects.get(email="alice@example.jp")


def secret(client: Client) -> str:
    return client.cookies[devices.cookie_name(account())].value


def sign_in_anew(client: Client, who: Account | None = None) -> None:
    """A new session in the same browser."""
    del client.cookies["session"]
    sign_in(client, who or account())


def opens(client: Client) -> bool:
    """Whether E2 is skipped."""
    response = client.get("/my/verify/")
    return bool(response.status_code == 302 and response.headers["Location"] == "/my/")


def test_without_the_tick_nothing_is_remembered(home: Household, telephone: Telephone):
    sign_in(client := Client(), account())
    name_phone(client)
    ask_for_code(client)
    type_code(client, telephone.code())
    assert not TrustedDevice.objects.exists()
    sign_in_anew(client)
    assert not opens(client)


def test_a_remembered_device_needs_no_code_and_changes_its_secret(hers: Client):
    before = secret(hers)
    cookie = hers.cookies[devices.cookie_name(account())]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 90 * 24 * 3600)
    sign_in_anew(hers)
    assert opens(hers)
    assert secret(hers) != before
    assert before not in str(list(TrustedDevice.objects.values()))
    assert AuthEvent.objects.filter(detail="device", succeeded=True).count() == 1


def test_over_https_the_cookie_is_bound_to_the_host(home: Household, settings: Any):
    settings.SECURE = True
    assert devices.cookie_name(account()).startswith("__Host-device-")


def test_a_proof_has_a_clock_of_its_own_and_the_device_renews_it(hers: Client, clock: Any):
    clock.shift(timedelta(minutes=59))
    assert PhoneProof.objects.filter(expires_at__gt=timezone.now()).count() == 1
    clock.shift(timedelta(minutes=2))
    assert not PhoneProof.objects.filter(expires_at__gt=timezone.now()).exists()
    assert opens(hers)
    assert PhoneProof.objects.filter(expires_at__gt=timezone.now()).count() == 1


def test_without_a_device_the_code_is_asked_for_again(home: Household, telephone: Telephone, clock: Any):
    sign_in(client := Client(), account())
    name_phone(client)
    ask_for_code(client)
    type_code(client, telephone.code())
    assert opens(client)
    clock.shift(timedelta(minutes=61))
    assert not opens(client)


def test_it_lasts_ninety_days(hers: Client, clock: Any):
    clock.shift(timedelta(days=90, seconds=-1))
    sign_in_anew(hers)
    assert opens(hers)
    clock.shift(timedelta(seconds=2))
    sign_in_anew(hers)
    assert not opens(hers)


def test_a_copied_secret_ends_the_device_for_both(hers: Client):
    thief = Client()
    sign_in(thief, account())
    thief.cookies[devices.cookie_name(account())] = secret(hers)
    assert opens(thief)
    sign_in_anew(hers)
    assert not opens(hers)
    assert TrustedDevice.objects.get().end == "reused"
    assert AuthEvent.objects.filter(detail="device_reused", succeeded=False).count() == 1
    # What the copy had opened is shut as well.
    assert not opens(thief)


def test_the_old_secret_in_another_tab_of_the_same_session_alarms_nobody(hers: Client):
    before = secret(hers)
    sign_in_anew(hers)
    assert opens(hers)
    hers.cookies[devices.cookie_name(account())] = before
    assert opens(hers)
    assert TrustedDevice.objects.get().end == ""


def test_a_made_up_secret_is_nobodys(home: Household):
    sign_in(client := Client(), account())
    client.cookies[devices.cookie_name(account())] = "x" * 43
    assert not opens(client)


def test_a_changed_password_forgets_the_device(hers: Client):
    changed = account()
    changed.set_password("midori-madoguchi-2")
    changed.save()
    assert not TrustedDevice.objects.standing(changed).exists()
    sign_in_anew(hers)
    assert not opens(hers)


def test_a_changed_contact_phone_is_not_trusted(hers: Client):
    Contract.objects.update(contact_phone="+819000000005")
    assert not opens(hers)
    sign_in_anew(hers)
    assert not opens(hers)


def test_forgetting_the_phone_forgets_it_on_every_device(hers: Client, home: Household):
    assert devices.forget_phone(home.office) == 1
    assert not TrustedDevice.objects.standing(account()).exists()
    sign_in_anew(hers)
    assert not opens(hers)


def test_devices_are_listed_while_they_stand_and_forgotten_one_by_one(hers: Client, telephone: Telephone, clock: Any):
    phone = Client(headers={"User-Agent": "Phone"})
    clock.shift(timedelta(seconds=60))
    sign_in(phone, account())
    name_phone(phone)
    ask_for_code(phone)
    type_code(phone, telephone.code(), remember="on")
    sign_in_anew(phone)
    assert opens(phone)
    newest, oldest = TrustedDevice.objects.standing(account())
    assert (newest.agent, newest.trusted_until) == ("Phone", timezone.now() + timedelta(days=90))
    assert not TrustedDevice.objects.standing(Account.objects.get(email="bob@example.jp")).exists()
    newest.forget()
    assert list(TrustedDevice.objects.standing(account())) == [oldest]
    assert not opens(phone), "what the device had opened is shut as well"
    sign_in_anew(hers)
    assert opens(hers)


def test_bob_in_the_same_browser_proves_for_himself(hers: Client, home: Household):
    sign_in_anew(hers, Account.objects.get(email="bob@example.jp"))
    assert not opens(hers)
    sign_in_anew(hers)
    assert opens(hers)


def test_the_device_is_trusted_with_the_phone_it_proved_only(hers: Client, home: Household):
    Contract.objects.filter(pk=home.branch.pk).update(contact_phone="+819000000002")
    hers.post("/my/verify/begin/", {"contract": home.branch.number})
    assert hers.get("/my/verify/").status_code == 200


def test_trap_the_trust_cookie_works_when_copied_and_cannot_be_revoked_singly(
    hers: Client, telephone: Telephone, clock: Any
):
    """The secret has 256 bits and lies here only as a digest; it changes with each use, and one device can be ended.

    Seen again after its change, it ends the device, closes what it had opened, and tells the ID by mail.
    """
    copied = secret(hers)
    assert len(copied) == 43, "256 bits in base 64"
    assert copied not in str(list(TrustedDevice.objects.values()))
    sign_in_anew(hers)
    assert opens(hers)
    assert secret(hers) != copied
    sign_in(thief := Client(), account())
    thief.cookies[devices.cookie_name(account())] = copied
    assert not opens(thief)
    assert not TrustedDevice.objects.standing(account()).exists()
    assert not opens(hers), "what it had opened is closed"
    letter = Letter.objects.get(address="alice@example.jp")
    assert letter.mailing.renderer == "contracts.device_copied"
    # Another device of hers, and no other, is ended by its row.
    clock.shift(timedelta(seconds=61))
    name_phone(hers)
    ask_for_code(hers)
    type_code(hers, telephone.code(), remember="on")
    TrustedDevice.objects.standing(account()).get().forget()
    sign_in_anew(hers)
    assert not opens(hers)


def test_trap_the_session_key_is_not_rotated_on_phone_verification(hers: Client, telephone: Telephone, clock: Any):
    """A typed code gives the session a new key, and the old one opens nothing."""
    clock.shift(timedelta(minutes=61))
    old = hers.cookies["session"].value
    PhoneProof.objects.all().delete()
    TrustedDevice.objects.all().delete()
    name_phone(hers)
    ask_for_code(hers)
    type_code(hers, telephone.code())
    assert hers.session.session_key != old
    stale = Client()
    stale.cookies["session"] = old
    assert stale.get("/my/verify/").headers["Location"].startswith("/id/login/")
    assert opens(hers), "the proof belongs to the sign-in and needs no copying to the new key"
