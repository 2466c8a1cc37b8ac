"""``/my/contracts/<number>/phone/``: a code to the old number, then one to the new; the holder alone."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from madoguchi.accounts.models import Account, AuthEvent
from madoguchi.accounts.tests.people import alice, bob, charlie, sign_in
from madoguchi.contracts import phone_change
from madoguchi.contracts.models import Contract, CustomerLink, Passcode, PhoneChange, PhoneProof, TrustedDevice
from madoguchi.contracts.tests.documented import rows
from madoguchi.contracts.tests.household import FREE_DIAL, MOBILE, Household, household
from madoguchi.delivery.models import Letter
from madoguchi.support.mypage.tests.walk import ask_for_code, name_phone, other_than, type_code
from tests.telephone import Telephone

pytestmark = pytest.mark.django_db
NEW, NEW_TYPED = "+819000000055", "090-0000-0055"


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


@pytest.fixture
def home(clock: Any) -> Household:
    charlie()
    return household(holder=alice(), colleague=bob())


@pytest.fixture
def hers(home: Household) -> Client:
    return browser("alice")


def browser(name: str) -> Client:
    sign_in(client := Client(), Account.objects.get(email__startswith=f"{name}@"))
    return client


def at(home: Household, step: str = "", *, prefix: str = "") -> str:
    return f"{prefix}/my/contracts/{home.office.number}/phone/{step}"


def old_proven(client: Client, home: Household, telephone: Telephone, *, prefix: str = "") -> Any:
    assert client.post(at(home, prefix=prefix), {"channel": "sms"}).status_code == 302
    return client.post(at(home, "code/", prefix=prefix), {"code": telephone.code()})


def name_new(client: Client, home: Household, phone: str = NEW_TYPED, again: str = "", **more: str) -> Any:
    return client.post(at(home, "new/"), {"phone": phone, "again": again or phone, **more})


def to_the_last_code(client: Client, home: Household, telephone: Telephone, **more: str) -> str:
    """Everything but typing the code to the new number, which is returned."""
    old_proven(client, home, telephone)
    assert name_new(client, home, **more).headers["Location"] == at(home, "new/method/")
    assert client.post(at(home, "new/method/"), {"channel": "sms"}).headers["Location"] == at(home, "new/code/")
    return telephone.code()


def phones(home: Household) -> list[str]:
    return [Contract.objects.get(pk=contract.pk).contact_phone for contract in (home.office, home.branch)]


@pytest.mark.parametrize(("prefix", "said"), [("", "新しい番号（末尾055）"), ("/en", "the new number ending in 055")])
def test_the_last_code_goes_to_the_new_number_and_the_page_says_so(
    hers: Client, home: Household, telephone: Telephone, prefix: str, said: str
):
    to_the_last_code(hers, home, telephone)
    assert said in hers.get(at(home, "new/code/", prefix=prefix)).text


def test_alice_changes_the_phone_of_one_contract(hers: Client, home: Household, telephone: Telephone):
    page = hers.get(at(home))
    assert page.status_code == 200
    assert "現在の連絡先電話番号（末尾001）" in page.text
    key = hers.session.session_key
    code = to_the_last_code(hers, home, telephone)
    assert [arrival.number for arrival in telephone.arrivals()] == [MOBILE, NEW]
    assert hers.session.session_key != key, "a code to the old number gives the session a new key"
    assert phones(home) == [MOBILE, MOBILE], "nothing half done"
    key = hers.session.session_key
    assert hers.post(at(home, "new/code/"), {"code": code}).headers["Location"] == at(home, "done/")
    assert hers.session.session_key != key
    assert phones(home) == [NEW, MOBILE]
    assert "090-0000-0055" in hers.get(at(home, "done/")).text
    event = AuthEvent.objects.get(method="contact_phone_changed")
    assert event.contract_number == home.office.number
    letter = Letter.objects.get(address="alice@example.jp", mailing__renderer="contracts.phone_changed")
    assert letter.personal["ending"] == "055"
    assert NEW not in str(letter.personal)
    assert hers.get("/my/verify/").status_code == 302, "the new phone is proven in this session"


def test_the_other_contracts_of_that_phone_come_along_when_wished(hers: Client, home: Household, telephone: Telephone):
    code = to_the_last_code(hers, home, telephone, everywhere="on")
    hers.post(at(home, "new/code/"), {"code": code})
    assert phones(home) == [NEW, NEW]
    assert AuthEvent.objects.filter(method="contact_phone_changed").count() == 2


def test_other_holders_are_told(hers: Client, home: Household, telephone: Telephone):
    CustomerLink.objects.create(account=charlie_(), customer=home.customer, role=CustomerLink.Role.HOLDER)
    hers.post(at(home, "new/code/"), {"code": to_the_last_code(hers, home, telephone)})
    told = Letter.objects.filter(mailing__renderer="contracts.phone_changed").values_list("address", flat=True)
    assert set(told) == {"alice@example.jp", "charlie@example.com"}, "not Bob, who is no holder"


def charlie_() -> Account:
    return Account.objects.get(email="charlie@example.com")


def test_devices_and_proofs_of_the_old_phone_are_void_for_everybody(
    hers: Client, home: Household, telephone: Telephone, clock: Any
):
    his = browser("bob")
    name_phone(his)
    ask_for_code(his)
    type_code(his, telephone.code(), remember="on")
    assert his.get("/my/verify/").status_code == 302
    clock.shift(timedelta(seconds=61))
    hers.post(at(home, "new/code/"), {"code": to_the_last_code(hers, home, telephone, everywhere="on")})
    assert his.get("/my/verify/").status_code == 200
    assert not TrustedDevice.objects.standing(Account.objects.get(email="bob@example.jp")).exists()
    assert not PhoneProof.objects.filter(phone=MOBILE).exists()


def test_a_code_on_its_way_to_the_old_phone_is_over(hers: Client, home: Household, telephone: Telephone, clock: Any):
    his = browser("bob")
    name_phone(his)
    ask_for_code(his)
    clock.shift(timedelta(seconds=61))
    hers.post(at(home, "new/code/"), {"code": to_the_last_code(hers, home, telephone, everywhere="on")})
    assert Passcode.objects.get(account__email="bob@example.jp").end == Passcode.End.SUPERSEDED


def test_a_colleague_is_told_who_can_and_a_stranger_finds_nothing(home: Household, telephone: Telephone):
    path = f"/my/contracts/{home.branch.number}/phone/"
    for step in ("", "code/", "new/", "new/method/", "new/code/", "done/"):
        page = browser("bob").get(path + step)
        assert page.status_code == 403, step
        assert "契約者だけ" in page.text
        assert browser("charlie").get(path + step).status_code == 404
        assert browser("charlie").post(path + step).status_code in (404, 405)
    assert browser("bob").post(path, {"channel": "sms"}).status_code == 403
    assert telephone.arrivals() == []


def test_whoever_logged_in_long_ago_proves_it_again_first(hers: Client, home: Household, clock: Any):
    clock.shift(timedelta(minutes=16))
    assert hers.get(at(home)).headers["Location"] == "/id/prove/"
    assert hers.post(at(home), {"channel": "sms"}).headers["Location"] == "/id/prove/"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("", "x"), "新しい連絡先電話番号を入力"),
        (("090", "090"), "10桁または11桁"),
        ((NEW_TYPED, "090-0000-0056"), "一致しません"),
        (("０９０－００００－０００１", "09000000001"), "現在の連絡先電話番号と同じです"),
        (("+1 202 555 0123", "+1 202 555 0123"), "10桁または11桁"),
    ],
)
def test_what_cannot_be_the_new_number(
    hers: Client, home: Household, telephone: Telephone, typed: tuple[str, str], said: str
):
    phone, again = typed
    old_proven(hers, home, telephone)
    page = name_new(hers, home, phone, again)
    assert page.status_code == 422
    assert said in page.text
    assert phone in page.text, "what was typed is kept"
    assert PhoneChange.objects.get().new_phone == ""


def test_the_new_number_is_the_same_however_it_is_written(hers: Client, home: Household, telephone: Telephone):
    old_proven(hers, home, telephone)
    assert name_new(hers, home, "０９０ー００００ー００５５", "(090) 0000 0055").status_code == 302
    assert PhoneChange.objects.get().new_phone == NEW


@pytest.mark.parametrize("row", rows("Kinds of number"), ids=lambda row: row[0])
def test_only_documented_kinds_can_be_the_new_number(
    hers: Client, home: Household, telephone: Telephone, row: list[str]
):
    number, _kind, sms, voice, *_why = row
    Contract.objects.update(contact_phone="+819000000077")
    old_proven(hers, home, telephone)
    assert (name_new(hers, home, number).status_code == 302) == (voice == "yes")
    if voice == "yes":
        assert ('value="sms"' in hers.get(at(home, "new/method/")).text) == (sms == "yes")


def test_an_ip_phone_is_refused_where_the_operator_takes_none(
    hers: Client, home: Household, telephone: Telephone, settings: Any
):
    settings.ACCEPT_IP_PHONE = False
    old_proven(hers, home, telephone)
    page = name_new(hers, home, "050-0000-9001")
    assert page.status_code == 422
    assert "050の番号には認証番号をお送りしていません" in page.text


def test_new_numbers_are_named_only_so_often(hers: Client, home: Household, telephone: Telephone):
    old_proven(hers, home, telephone)
    statuses = [name_new(hers, home, f"090-0000-01{each:02}").status_code for each in range(6)]
    assert statuses == [302] * phone_change.NUMBERS.tries + [429]
    assert name_new(hers, home, "090-0000-0104").status_code == 302, "the one named last costs nothing"


def test_an_expired_change_changes_nothing(hers: Client, home: Household, telephone: Telephone, clock: Any):
    code = to_the_last_code(hers, home, telephone)
    clock.shift(timedelta(minutes=30, seconds=1))
    for answer in (hers.get(at(home, "new/")), hers.post(at(home, "new/code/"), {"code": code})):
        assert answer.status_code == 410
        assert "はじめからやり直" in answer.text
    assert phones(home) == [MOBILE, MOBILE]


def test_who_left_off_goes_on_after_the_old_phone(hers: Client, home: Household, telephone: Telephone, clock: Any):
    assert hers.get(at(home)).status_code == 200
    old_proven(hers, home, telephone)
    assert hers.get(at(home)).headers["Location"] == at(home, "new/")
    other = browser("alice")
    assert other.get(at(home)).status_code == 200, "another sign-in has proven nothing"
    clock.shift(timedelta(minutes=31))
    sign_in(hers, Account.objects.get(email__startswith="alice@"))
    assert hers.get(at(home)).status_code == 200


def test_a_wrong_code_changes_nothing_and_is_counted(hers: Client, home: Household, telephone: Telephone):
    code = to_the_last_code(hers, home, telephone)
    page = hers.post(at(home, "new/code/"), {"code": other_than(code)})
    assert page.status_code == 422
    assert "あと4回" in page.text
    assert other_than(code) not in page.text, "a code is never shown again"
    assert phones(home) == [MOBILE, MOBILE]


def test_replayed_steps_change_nothing_more(hers: Client, home: Household, telephone: Telephone):
    code = to_the_last_code(hers, home, telephone)
    for _ in range(3):
        assert hers.post(at(home, "new/code/"), {"code": code}).headers["Location"] == at(home, "done/")
    assert name_new(hers, home, "090-0000-0066").headers["Location"] == at(home, "done/")
    assert AuthEvent.objects.filter(method="contact_phone_changed").count() == 1
    assert phones(home) == [NEW, MOBILE]


def test_the_code_to_the_old_phone_is_no_code_to_the_new_one(hers: Client, home: Household, telephone: Telephone):
    hers.post(at(home), {"channel": "sms"})
    old = telephone.code()
    hers.post(at(home, "code/"), {"code": old})
    name_new(hers, home)
    assert hers.post(at(home, "new/code/"), {"code": old}).headers["Location"] == at(home, "new/")
    assert phones(home) == [MOBILE, MOBILE]


def test_a_code_for_call_records_begins_no_change(hers: Client, home: Household, telephone: Telephone):
    name_phone(hers)
    ask_for_code(hers)
    assert hers.post(at(home, "code/"), {"code": telephone.code()}).headers["Location"] == at(home)
    assert hers.get(at(home, "new/")).headers["Location"] == at(home)
    assert not PhoneChange.objects.exists()


def test_a_second_tab_that_names_another_number_is_the_one_that_counts(
    hers: Client, home: Household, telephone: Telephone
):
    code = to_the_last_code(hers, home, telephone)
    name_new(hers, home, "090-0000-0066")
    assert hers.post(at(home, "new/code/"), {"code": code}).headers["Location"] == at(home, "new/")
    assert phones(home) == [MOBILE, MOBILE]


def test_of_two_browsers_the_second_to_finish_begins_again(
    hers: Client, home: Household, telephone: Telephone, clock: Any
):
    code = to_the_last_code(hers, home, telephone)
    clock.shift(timedelta(seconds=61))
    other = browser("alice")
    other.post(at(home, "new/code/"), {"code": ""})
    old_proven(other, home, telephone)
    name_new(other, home, "090-0000-0066")
    other.post(at(home, "new/method/"), {"channel": "sms"})
    hers.post(at(home, "new/code/"), {"code": code})
    assert other.post(at(home, "new/code/"), {"code": telephone.code()}).status_code == 410
    assert phones(home) == [NEW, MOBILE]


def test_a_present_phone_no_code_can_reach_leads_to_the_operator(hers: Client, home: Household):
    Contract.objects.update(contact_phone=FREE_DIAL)
    page = hers.get(at(home))
    assert "フリーダイヤル" in page.text
    assert hers.post(at(home), {"channel": "voice"}).status_code == 200
    assert not Passcode.objects.exists()


def test_without_the_old_phone_the_page_says_who_helps(hers: Client, home: Household):
    assert "現在の電話をお使いになれない場合" in hers.get(at(home)).text


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_page_in_both_languages(hers: Client, home: Household, telephone: Telephone, prefix: str):
    assert hers.get(at(home, prefix=prefix)).status_code == 200
    assert old_proven(hers, home, telephone, prefix=prefix).headers["Location"] == at(home, "new/", prefix=prefix)
    assert hers.get(at(home, "code/", prefix=prefix)).status_code == 200
    assert hers.get(at(home, "new/", prefix=prefix)).status_code == 200
    name_new(hers, home)
    assert hers.get(at(home, "new/method/", prefix=prefix)).status_code == 200
    hers.post(at(home, "new/method/", prefix=prefix), {"channel": "sms"})
    assert hers.get(at(home, "new/code/", prefix=prefix)).status_code == 200
    hers.post(at(home, "new/code/", prefix=prefix), {"code": telephone.code()})
    page = hers.get(at(home, "done/", prefix=prefix))
    assert ("The contact phone is changed" in page.text) == bool(prefix)
