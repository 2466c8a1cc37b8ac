"""A contract's numbers with the reader's own labels, and what the operator has written down about the customer."""

import pytest
from django.test import Client

from madoguchi.accounts.models import Account
from madoguchi.accounts.tests.people import alice, bob, charlie, sign_in
from madoguchi.contracts.models import NumberLabel, TelephoneNumber
from madoguchi.contracts.tests.household import Household, household
from madoguchi.support.charges.tests.month import prove

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> Household:
    charlie()
    return household(holder=alice(), colleague=bob())


def browser(name: str, home: Household, *, proven: bool = True) -> Client:
    client = Client()
    account = Account.objects.get(email__startswith=f"{name}@")
    sign_in(client, account)
    if proven:
        prove(client, account, home.office)
    return client


def search(client: Client, path: str, words: str) -> str:
    return client.post(path, {"q": words}, follow=True).text


def url(home: Household) -> str:
    return f"/my/contracts/{home.branch.number}/numbers/"


def field(home: Household) -> str:
    return f"label_{home.branch.telephone_numbers.get().pk}"


def test_a_label_is_saved_shown_and_taken_away(home: Household):
    hers = browser("alice", home)
    assert hers.post(url(home), {field(home): " 受付 "}).status_code == 302
    page = hers.get(url(home)).text
    assert 'value="受付"' in page
    assert "名前を保存しました" in page
    assert "受付" in hers.get("/my/charges/").text
    hers.post(url(home), {field(home): ""})
    assert not NumberLabel.objects.exists()


def test_labels_are_their_writers_alone(home: Household):
    browser("alice", home).post(url(home), {field(home): "社長室"})
    assert "社長室" not in browser("bob", home).get(url(home)).text
    assert "社長室" not in browser("bob", home).get("/my/charges/").text
    browser("bob", home).post(url(home), {field(home): "受付"})
    assert NumberLabel.objects.count() == 2
    assert search(browser("alice", home), "/my/charges/", "受付").count(home.branch.number) == 0


def test_too_long_a_label_is_said_and_kept(home: Household):
    answer = browser("alice", home).post(url(home), {field(home): "あ" * 41})
    assert answer.status_code == 422
    assert "あ" * 41 in answer.text
    assert "40文字以内で入力してください" in answer.text
    assert not NumberLabel.objects.exists()


def test_contracts_are_found_by_number_and_label_once_the_phone_is_proven(home: Household):
    hers = browser("alice", home)
    hers.post(url(home), {field(home): "受付"})
    for text in ("050-0000-0201", "0201", "受付", home.branch.number):
        found = search(hers, "/my/charges/", text)
        assert home.branch.number in found, text
        assert home.office.number not in found, text
    hidden = search(browser("alice", home, proven=False), "/my/charges/", "050-0000-0201")
    assert home.branch.number not in hidden
    assert "050-0000-0201" not in browser("alice", home, proven=False).get("/my/charges/").text


def test_many_numbers_stand_on_pages_and_are_searched(home: Household):
    TelephoneNumber.objects.bulk_create(
        TelephoneNumber(contract=home.branch, number=f"+8150000013{n:02}", started_on=home.branch.started_on)
        for n in range(99)
    )
    hers = browser("alice", home)
    assert "050-0000-1398" not in hers.get(url(home)).text
    found = hers.post(url(home), {"q": "05000001398"})
    assert found["Location"] == f"{url(home)}?search=on"
    page = hers.get(found["Location"]).text
    assert "050-0000-1398" in page
    assert "050-0000-1301" not in page
    assert "050-0000-1398" not in hers.get(url(home)).text, "the page itself shows all"
    assert hers.get(f"/my/contracts/{home.office.number}/numbers/?search=on").text.count('value="0500') == 0
    assert hers.post(url(home), {"q": "\x00zz"}, follow=True).status_code == 200


def test_a_label_is_saved_where_a_search_found_its_number(home: Household):
    hers = browser("alice", home)
    there = hers.post(url(home), {"q": "0201"})["Location"]
    assert hers.post(there, {field(home): "受付"})["Location"] == there
    assert 'value="受付"' in hers.get(there).text


@pytest.mark.parametrize("path", ["numbers/"])
def test_who_may_open_them(home: Household, path: str):
    office = f"/my/contracts/{home.office.number}/{path}"
    assert browser("alice", home).get(office).status_code == 200
    assert browser("alice", home, proven=False).get(office)["Location"] == "/my/verify/"
    assert browser("bob", home).get(office).status_code == 404
    assert browser("bob", home).post(office, {}).status_code == 404
    assert browser("charlie", home).get(office).status_code == 404
    assert browser("bob", home).get(url(home)).status_code == 200


def test_customer_data(home: Household):
    hidden = browser("alice", home, proven=False).get("/my/customer/").text
    assert "株式会社ありす" in hidden
    assert home.customer.number not in hidden
    assert "********001" in hidden
    shown = browser("alice", home).get("/my/customer/").text
    assert home.customer.number in shown
    assert "090-0000-0001" in shown
    assert "同僚の方" in browser("bob", home, proven=False).get("/my/customer/").text
    assert "株式会社ありす" not in browser("charlie", home, proven=False).get("/my/customer/").text


def test_one_number_is_not_searched_for(home: Household):
    hers = browser("alice", home)
    assert 'id="numbers-q"' not in hers.get(url(home)).text
    TelephoneNumber.objects.create(contract=home.branch, number="+815000000299", started_on=home.branch.started_on)
    assert 'id="numbers-q"' in hers.get(url(home)).text
    home.branch.telephone_numbers.all().delete()
    bare = hers.get(url(home)).text
    assert "このご契約に電話番号はありません" in bare
    assert "わかりやすい名前" not in bare
