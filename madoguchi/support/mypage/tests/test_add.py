"""``/my/contracts/add/``: customer number, contact phone and code; and nothing learned from anybody's number."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from madoguchi.accounts.models import Account, AuthEvent
from madoguchi.accounts.tests.people import alice, bob, charlie, sign_in
from madoguchi.contracts import linking
from madoguchi.contracts.models import Contract, Customer, CustomerLink, Dispatch, PhoneEntry
from madoguchi.contracts.tests.household import FIXED, MOBILE, Household, contract, household
from madoguchi.delivery.models import Letter
from madoguchi.support.mypage.tests.walk import RIGHT, WRONG, other_than
from tests.telephone import Telephone

pytestmark = pytest.mark.django_db
ADD = "/my/contracts/add/"
HERS, NOBODYS = "N123456789", "N987654321"
FIXED_TYPED = "03-0000-0003"


@pytest.fixture
def home() -> Household:
    return household(holder=alice())


@pytest.fixture
def his(home: Household) -> Client:
    sign_in(client := Client(), charlie())
    return client


def unheld() -> None:
    CustomerLink.objects.all().delete()


def name(client: Client, number: str = HERS, phone: str = RIGHT, *, prefix: str = "") -> Any:
    """The first two pages; the answer to the second."""
    assert client.post(f"{prefix}{ADD}", {"number": number}).headers["Location"] == f"{prefix}{ADD}phone/"
    return client.post(f"{prefix}{ADD}phone/", {"phone": phone})


def link(client: Client, telephone: Telephone, *, phone: str = RIGHT, channel: str = "sms") -> Any:
    assert name(client, phone=phone).headers["Location"] == f"{ADD}method/"
    assert client.post(f"{ADD}method/", {"channel": channel}).headers["Location"] == f"{ADD}code/"
    return client.post(f"{ADD}code/", {"code": telephone.code()})


def link_of(email: str) -> CustomerLink:
    return CustomerLink.objects.get(account__email=email)


def mails(to: str) -> list[str]:
    return list(Letter.objects.filter(address=to).order_by("pk").values_list("mailing__renderer", flat=True))


def test_charlie_links_the_contracts_of_a_phone_he_holds(his: Client, home: Household, telephone: Telephone):
    key = his.session.session_key
    assert link(his, telephone).headers["Location"] == f"{ADD}done/"
    assert his.session.session_key != key, "a proof gives the session a new key"
    assert set(Contract.objects.visible_to(Account.objects.get(email="charlie@example.com"))) == {
        home.office,
        home.branch,
    }
    assert link_of("charlie@example.com").role == CustomerLink.Role.COLLEAGUE, "Alice holds them"
    assert [dispatch.phone for dispatch in Dispatch.objects.all()] == [MOBILE]
    page = his.get(f"{ADD}done/")
    assert "ご契約を登録しました" in page.text
    assert home.office.number in page.text
    event = AuthEvent.objects.get(method="contract_linked")
    assert (event.account.email, event.detail) == ("charlie@example.com", "colleague")  # type: ignore[union-attr]
    assert mails("charlie@example.com") == ["contracts.linked"]
    assert mails("alice@example.jp") == ["contracts.linked_by_another"]
    assert Letter.objects.get(address="alice@example.jp").personal["who"] == "c***@example.com"


def test_the_holder_is_whoever_proves_every_phone_first(his: Client, telephone: Telephone):
    unheld()
    link(his, telephone)
    assert link_of("charlie@example.com").role == CustomerLink.Role.HOLDER
    sign_in(bobs := Client(), bob())
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        link(bobs, telephone)
    assert link_of("bob@example.jp").role == CustomerLink.Role.COLLEAGUE


def test_one_of_two_phones_opens_its_own_contracts_and_the_second_makes_the_holder(
    his: Client, home: Household, telephone: Telephone
):
    unheld()
    Contract.objects.filter(pk=home.branch.pk).update(contact_phone=FIXED)
    link(his, telephone)
    made = link_of("charlie@example.com")
    assert (made.role, list(made.contracts.all())) == (CustomerLink.Role.COLLEAGUE, [home.office])
    link(his, telephone, phone=FIXED_TYPED, channel="voice")
    made.refresh_from_db()
    assert (made.role, list(made.contracts.all())) == (CustomerLink.Role.HOLDER, [])


def test_a_phone_proven_in_another_sign_in_does_not_help_to_become_the_holder(
    his: Client, home: Household, telephone: Telephone
):
    unheld()
    Contract.objects.filter(pk=home.branch.pk).update(contact_phone=FIXED)
    link(his, telephone)
    sign_in(again := Client(), Account.objects.get(email="charlie@example.com"))
    link(again, telephone, phone=FIXED_TYPED, channel="voice")
    assert link_of("charlie@example.com").role == CustomerLink.Role.COLLEAGUE


def test_an_ended_contract_links_nothing_by_itself_and_comes_along_with_another(
    his: Client, home: Household, telephone: Telephone
):
    Contract.objects.filter(pk=home.branch.pk).update(contact_phone=FIXED, ended_on=date(2020, 1, 1))
    assert name(his, phone=FIXED_TYPED).status_code == 422
    Contract.objects.filter(pk=home.branch.pk).update(contact_phone=MOBILE)
    link(his, telephone)
    assert set(link_of("charlie@example.com").contracts.all()) == {home.office, home.branch}


def test_linked_already_is_said_to_the_holder_at_once_and_to_a_colleague_at_the_end(
    his: Client, home: Household, telephone: Telephone
):
    sign_in(hers := Client(), home.customer.links.get().account)
    page = hers.post(ADD, {"number": HERS})
    assert page.status_code == 422
    assert "すでにIDに登録されています" in page.text
    assert 'value="N123456789"' in page.text
    link(his, telephone)
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        link(his, telephone)
        assert "すでに登録されています" in his.get(f"{ADD}done/").text
    assert mails("charlie@example.com") == ["contracts.linked"]


@pytest.mark.parametrize("typed", ["n123456789", "Ｎ１２３－４５６－７８９", " N 123 456 789 "])
def test_width_case_hyphens_and_spaces_of_the_customer_number_do_not_matter(his: Client, typed: str):
    assert name(his, typed).status_code == 302


@pytest.mark.parametrize("typed", ["", "123456789", "N12345678", "N1234567890", "M123456789", "N12345678\0", "N" * 50])
def test_what_is_no_customer_number_is_said_beside_the_field(his: Client, typed: str):
    page = his.post(ADD, {"number": typed})
    assert page.status_code == 422
    assert "エラー" in page.text
    assert "error-summary" in page.text


def answers(client: Client, number: str, phone: str) -> list[tuple[int, str, str]]:
    """Status, place and text of every page of a walk that goes wrong at the phone, the typed number taken out."""
    walk = [
        client.post(ADD, {"number": number}),
        client.get(f"{ADD}phone/"),
        client.post(f"{ADD}phone/", {"phone": phone}),
        client.get(f"{ADD}method/"),
        client.post(f"{ADD}method/", {"channel": "sms"}),
        client.get(f"{ADD}code/"),
    ]
    return [(page.status_code, page.headers.get("Location", ""), _plain(page, number)) for page in walk]


def _plain(page: Any, number: str) -> str:
    text = page.text.replace(number[-3:], "…")
    return "\n".join(line for line in text.splitlines() if "csrfmiddlewaretoken" not in line and "nonce" not in line)


def test_an_unknown_customer_number_walks_the_same_pages_as_a_known_one(
    his: Client, django_assert_num_queries: Any, telephone: Telephone
):
    assert answers(his, HERS, WRONG) == answers(his, NOBODYS, WRONG)
    assert "001" not in his.get(f"{ADD}phone/").text, "no hint of anybody's phone"
    assert telephone.arrivals() == []
    assert not AuthEvent.objects.exclude(contract_number="").exists()
    assert set(PhoneEntry.objects.values_list("contract", flat=True)) == {None}


def test_an_unknown_customer_number_takes_the_same_work(his: Client, django_assert_num_queries: Any):
    his.post(ADD, {"number": HERS})
    his.post(f"{ADD}phone/", {"phone": WRONG})  # the buckets are there now
    counts = []
    for number in (HERS, NOBODYS):
        Customer.objects.exclude(number=HERS).delete()
        his.post(ADD, {"number": number})
        with _counted() as queries:
            his.post(f"{ADD}phone/", {"phone": WRONG})
        counts.append(len(queries))
    assert counts[0] == counts[1]


def _counted() -> Any:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    return CaptureQueriesContext(connection)


def test_the_fifth_wrong_pair_rests_the_step_for_known_and_unknown_numbers_alike(his: Client):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        pairs = [(HERS, WRONG), (NOBODYS, WRONG), (NOBODYS, RIGHT), (HERS, WRONG), (NOBODYS, RIGHT)]
        assert [name(his, *pair).status_code for pair in pairs] == [422] * 4 + [429]
        page = his.post(f"{ADD}phone/", {"phone": RIGHT})
        assert page.status_code == 429
        assert "まで休止しています" in page.text
        assert name(his).status_code == 429
        assert his.get(f"{ADD}phone/").status_code == 429
        clock.shift(timedelta(minutes=30, seconds=1))
        assert name(his).status_code == 302


def test_a_right_pair_forgives_only_the_wrong_ones_of_its_own_number(his: Client, home: Household):
    other = Customer.objects.create(number=NOBODYS, name="山田 三郎")
    contract(other, "C200000001", phone=FIXED)
    for _ in range(4):
        name(his, HERS, WRONG)
    assert name(his, NOBODYS, FIXED_TYPED).status_code == 302
    assert name(his, HERS, WRONG).status_code == 429


@pytest.mark.parametrize("number", [HERS, NOBODYS])
def test_one_number_is_guessed_at_from_everywhere_only_so_often(home: Household, number: str):
    statuses = []
    for each in range(3):
        somebody = Account.objects.create(email=f"guess{each}@example.jp")
        sign_in(client := Client(REMOTE_ADDR=f"192.0.2.{each}"), somebody)
        statuses += [name(client, number, WRONG).status_code for _ in range(4)]
    assert statuses == [422] * linking.NUMBER.tries + [429] * (12 - linking.NUMBER.tries)


def test_one_network_guesses_only_so_often(home: Household):
    for each in range(linking.SOURCE.tries):
        somebody = Account.objects.create(email=f"guess{each}@example.jp")
        sign_in(client := Client(REMOTE_ADDR="192.0.2.1"), somebody)
        assert name(client, f"N{each:09}", WRONG).status_code == 422
    sign_in(client := Client(REMOTE_ADDR="192.0.2.1"), charlie())
    assert name(client).status_code == 429
    sign_in(elsewhere := Client(REMOTE_ADDR="198.51.100.1"), Account.objects.get(email="charlie@example.com"))
    assert name(elsewhere).status_code == 302


def test_what_a_try_told_nobody_is_not_in_the_ledger_either(his: Client, telephone: Telephone):
    name(his)
    his.post(f"{ADD}method/", {"channel": "sms"})
    his.post(f"{ADD}code/", {"code": other_than(telephone.code())})
    assert AuthEvent.objects.filter(detail="wrong_code").count() == 1
    assert not AuthEvent.objects.exclude(contract_number="").exists()
    assert not CustomerLink.objects.filter(account__email="charlie@example.com").exists()


def test_a_code_for_linking_opens_nothing_else_and_counts_once(his: Client, home: Household, telephone: Telephone):
    name(his)
    his.post(f"{ADD}method/", {"channel": "sms"})
    code = telephone.code()
    assert his.post("/my/verify/code/", {"code": code}).headers["Location"] == "/my/verify/"
    assert his.get("/my/", {"contract": home.office.number}).status_code == 404
    assert his.post(f"{ADD}code/", {"code": code}).headers["Location"] == f"{ADD}done/"
    assert his.post(f"{ADD}code/", {"code": code}).headers["Location"] == f"{ADD}done/"
    assert CustomerLink.objects.filter(account__email="charlie@example.com").count() == 1


def test_another_tab_that_names_another_number_sends_no_code_to_the_first(his: Client, telephone: Telephone):
    name(his)
    his.post(ADD, {"number": NOBODYS})
    assert his.get(f"{ADD}method/").headers["Location"] == f"{ADD}phone/"
    assert his.post(f"{ADD}method/", {"channel": "sms"}).headers["Location"] == f"{ADD}phone/"
    assert telephone.arrivals() == []


def test_a_phone_changed_meanwhile_ends_the_walk(his: Client, home: Household, telephone: Telephone):
    name(his)
    his.post(f"{ADD}method/", {"channel": "sms"})
    code = telephone.code()
    Contract.objects.update(contact_phone="+819000000005")
    assert his.post(f"{ADD}code/", {"code": code}).headers["Location"] == f"{ADD}phone/"
    assert not CustomerLink.objects.filter(account__email="charlie@example.com").exists()


def test_an_expired_code_links_nothing(his: Client, telephone: Telephone):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        name(his)
        his.post(f"{ADD}method/", {"channel": "sms"})
        code = telephone.code()
        clock.shift(timedelta(minutes=30, seconds=1))
        page = his.post(f"{ADD}code/", {"code": code})
    assert page.status_code == 422
    assert "有効期限" in page.text
    assert not CustomerLink.objects.filter(account__email="charlie@example.com").exists()


def test_a_kind_of_number_no_code_can_reach_is_said_before_anything_is_looked_up(his: Client):
    page = name(his, phone="0120-000-150")
    assert page.status_code == 422
    assert "フリーダイヤル" in page.text
    assert not PhoneEntry.objects.exists()


def test_steps_cannot_be_skipped(his: Client):
    for step in ("phone", "method", "code"):
        assert his.get(f"{ADD}{step}/").status_code == 302
    assert his.get(f"{ADD}done/").headers["Location"] == "/my/contracts/"
    assert his.post(f"{ADD}code/resend/").status_code == 302


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_page_in_both_languages(his: Client, telephone: Telephone, prefix: str):
    assert his.get(f"{prefix}{ADD}").status_code == 200
    assert name(his, phone=WRONG, prefix=prefix).status_code == 422
    assert name(his, prefix=prefix).headers["Location"] == f"{prefix}{ADD}method/"
    assert his.get(f"{prefix}{ADD}method/").status_code == 200
    his.post(f"{prefix}{ADD}method/", {"channel": "sms"})
    assert his.get(f"{prefix}{ADD}code/").status_code == 200
    his.post(f"{prefix}{ADD}code/", {"code": telephone.code()})
    page = his.get(f"{prefix}{ADD}done/")
    assert ("The contracts are linked" in page.text) == bool(prefix)
