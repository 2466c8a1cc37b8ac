"""E1: My page, and what Alice, Bob and Charlie see of a contract there."""

import pytest
from django.test import Client

from madoguchi.accounts.models import Account
from madoguchi.accounts.tests.people import alice, bob, charlie, sign_in
from madoguchi.contracts.models import Contract, PhoneProof
from madoguchi.contracts.tests.household import Household, household
from madoguchi.support.mypage.tests.walk import ask_for_code, name_phone, type_code
from tests.telephone import Telephone

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> Household:
    charlie()
    return household(holder=alice(), colleague=bob())


def browser(name: str) -> Client:
    client = Client()
    sign_in(client, Account.objects.get(email__startswith=f"{name}@"))
    return client


def test_alice_chooses_among_her_contracts(home: Household):
    page = browser("alice").get("/my/")
    assert "アオキ アリス 様" in page.text
    assert f"/my/contracts/{home.office.number}/phone/" in page.text
    assert home.office.number in page.text
    assert home.branch.number in page.text
    chosen = browser("alice").get("/my/", {"contract": home.branch.number})
    assert f'<option value="{home.branch.number}" selected>' in chosen.text


def test_one_of_very_many_contracts_is_found_on_their_page(home: Household):
    Contract.objects.bulk_create(
        Contract(
            number=f"C20000{n:04}",
            customer=home.customer,
            service=home.office.service,
            usage_kind="ip050",
            contact_phone=home.office.contact_phone,
            started_on=home.office.started_on,
        )
        for n in range(600)
    )
    hers = browser("alice")
    page = hers.get("/my/", {"contract": "C200000599"}).text
    assert "<option" not in page
    assert '<a href="/my/charges/">ほかの契約を選ぶ（全602件）</a>' in page
    assert 'href="/my/?contract=C200000599"' in hers.post("/my/charges/", {"q": "C200000599"}, follow=True).text
    linked = hers.get("/my/contracts/").text
    assert linked.count("/phone/") == 20
    assert "全602件のご契約から探す" in linked
    assert hers.get("/my/", {"contract": "C2\0"}).status_code == 404


def test_numbers_are_masked_until_the_phone_is_proven(home: Household, telephone: Telephone):
    hers = browser("alice")
    before = hers.get("/my/").text
    for hidden in (home.customer.number, "090-0000-0001", "050-0000-0101"):
        assert hidden not in before
    assert "********001" in before
    hers.post("/my/verify/begin/", {"contract": home.branch.number})
    name_phone(hers)
    ask_for_code(hers)
    back = type_code(hers, telephone.code()).headers["Location"]
    assert back == f"/my/?contract={home.branch.number}"
    after = hers.get(back).text
    for shown in (home.customer.number, "090-0000-0001", "050-0000-0201"):
        assert shown in after


def test_bob_sees_the_contract_named_for_him(home: Household):
    his = browser("bob")
    page = his.get("/my/")
    assert home.branch.number in page.text
    assert home.office.number not in page.text
    assert "/phone/" not in page.text, "only the holder changes the contact phone"
    assert his.get("/my/", {"contract": home.office.number}).status_code == 404
    assert his.post("/my/verify/begin/", {"contract": home.office.number}).status_code == 404


def test_charlie_sees_nothing(home: Household):
    his = browser("charlie")
    page = his.get("/my/")
    assert "ご契約がまだ登録されていません" in page.text
    for contract in (home.office, home.branch):
        assert contract.number not in page.text
        assert his.get("/my/", {"contract": contract.number}).status_code == 404
        assert his.post("/my/verify/begin/", {"contract": contract.number}).status_code == 404


def test_bobs_proof_is_not_alices(home: Household, telephone: Telephone):
    his = browser("bob")
    name_phone(his)
    ask_for_code(his)
    type_code(his, telephone.code())
    assert PhoneProof.objects.get().account.email == "bob@example.jp"
    assert browser("alice").get("/my/verify/").status_code == 200


@pytest.mark.parametrize("path", ["/my/", "/en/my/"])
def test_both_languages_with_and_without_contracts(home: Household, path: str):
    for name in ("alice", "bob", "charlie"):
        page = browser(name).get(path)
        assert page.status_code == 200
        assert ("Hello" in page.text) == path.startswith("/en")
