"""What arrives at the same moment is still counted one by one. Real connections, real locks."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.http import HttpRequest
from django.test import Client, RequestFactory

from madoguchi.accounts.models import Account, AuthEvent, SignIn
from madoguchi.accounts.tests.people import alice, sign_in
from madoguchi.contracts import limits, linking, passcodes, phone_change, phone_entry, verification
from madoguchi.contracts.contact_phone import Channel
from madoguchi.contracts.models import Contract, CustomerLink, Dispatch, Passcode, PhoneEntry, PhoneProof
from madoguchi.contracts.tests.household import household
from madoguchi.lib.tokens import unseal

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 12


@pytest.fixture
def contract() -> Contract:
    sign_in(Client(), hers := alice())
    return household(holder=hers).office


def request(session: SessionStore | None = None) -> HttpRequest:
    """Of Alice, in one sign-in, whichever session it comes with."""
    made = RequestFactory().post("/")
    made.user = Account.objects.get()
    made.sign_in = SignIn.objects.get()  # type: ignore[attr-defined]
    if session is None:
        session = SessionStore()
        session.create()
    made.session = session
    return made


def together(act: Any) -> Counter[str]:
    """What came of ``act`` done ``AT_ONCE`` times at the same moment: its results, or the names of what it raised."""
    start = Barrier(AT_ONCE)

    def one(number: int) -> str:
        try:
            start.wait(10)
            return str(act(number))
        except (phone_entry.Locked, passcodes.WrongCode, passcodes.CodeOver, limits.LimitReached) as refusal:
            return type(refusal).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return Counter(pool.map(one, range(AT_ONCE)))


def ask(contract: Contract) -> passcodes.Ask:
    return passcodes.Ask(contract, contract.contact_phone, Passcode.Purpose.CONFIRM)


def redeem(session: SessionStore, contract: Contract, code: str) -> None:
    hers = request(SessionStore(session.session_key))
    passcodes.redeem(hers, ask(contract), code, then=lambda: verification.prove(hers, contract))


def asked(contract: Contract) -> tuple[SessionStore, str]:
    """A session with a code on its way, and the code."""
    session = SessionStore()
    session.create()
    return session, sealed(passcodes.send(request(session), ask(contract), Channel.SMS))


def sealed(passcode: Passcode) -> str:
    assert passcode.sealed_code
    return unseal(passcode.sealed_code)


def test_five_tries_are_five_however_they_arrive(contract: Contract):
    session, code = asked(contract)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    came = together(lambda _: redeem(session, contract, wrong))
    assert came == {"WrongCode": 4, "CodeOver": 8}
    assert Passcode.objects.get().wrong_tries == 5


def test_a_code_is_redeemed_once_however_often_it_is_sent(contract: Contract):
    session, code = asked(contract)
    came = together(lambda _: redeem(session, contract, code))
    assert came == {"None": 1, "CodeOver": AT_ONCE - 1}
    assert PhoneProof.objects.count() == 1


def test_one_code_goes_out_when_many_ask(contract: Contract):
    came = together(lambda _: passcodes.send(request(), ask(contract), Channel.SMS).pk)
    assert came["LimitReached"] == AT_ONCE - 1
    assert Dispatch.objects.count() == 1


def test_five_wrong_phones_lock_however_they_arrive(contract: Contract):
    came = together(lambda _: phone_entry.enter(request(), contract, "+819000000009"))
    assert came == {"False": 4, "Locked": AT_ONCE - 4}
    assert PhoneEntry.objects.count() == 5


def test_a_link_is_made_once_however_often_its_code_is_sent(contract: Contract):
    CustomerLink.objects.all().delete()
    session = SessionStore()
    session.create()
    wanted = passcodes.Ask(contract, contract.contact_phone, Passcode.Purpose.LINK)
    code = sealed(passcodes.send(request(session), wanted, Channel.SMS))

    def one(_number: int) -> None:
        hers = request(SessionStore(session.session_key))
        passcodes.redeem(hers, wanted, code, then=lambda: linking.link(hers, contract))

    assert together(one) == {"None": 1, "CodeOver": AT_ONCE - 1}
    assert CustomerLink.objects.get().role == CustomerLink.Role.HOLDER
    assert AuthEvent.objects.filter(method="contract_linked").count() == 1


def test_a_phone_changes_once_however_often_its_code_is_sent(contract: Contract):
    session = SessionStore()
    session.create()
    change = phone_change.begin(request(session), contract)
    phone_change.name(change, "+819000000055", everywhere=False)
    wanted = passcodes.Ask(contract, change.new_phone, Passcode.Purpose.NEW_PHONE)
    code = sealed(passcodes.send(request(session), wanted, Channel.SMS))

    def one(_number: int) -> None:
        hers = request(session)
        passcodes.redeem(hers, wanted, code, then=lambda: phone_change.finish(hers, change))

    assert together(one) == {"None": 1, "CodeOver": AT_ONCE - 1}
    contract.refresh_from_db()
    assert contract.contact_phone == "+819000000055"
    assert AuthEvent.objects.filter(method="contact_phone_changed").count() == 1
    assert PhoneProof.objects.filter(phone="+819000000055").count() == 1
