"""E6, contracts: who sees which, and by what they are found."""

import pytest
from django.test import Client

from madoguchi.accounts.tests.people import sign_in
from madoguchi.contracts.models import NumberLabel
from madoguchi.support.charges.tests.month import prove

TAB = "/my/charges/"


def of(account) -> Client:
    client = Client()
    sign_in(client, account)
    return client


def test_each_sees_the_contracts_opened_to_them(home, people):
    alice, bob, charlie = (of(account).get(TAB).text for account in people)
    assert home.office.number in alice
    assert home.branch.number in alice
    assert home.office.number not in bob
    assert home.branch.number in bob
    assert "C1000000" not in charlie
    assert "050-0000-0101" not in alice, "no number before the contact phone is proven"


def test_a_number_and_a_label_find_their_contract_once_the_phone_is_proven(home, people):
    number = home.office.telephone_numbers.get(number="+815000000101")
    NumberLabel.objects.create(account=people[0], number=number, label="受付")
    hers, his = of(people[0]), of(people[1])
    assert "該当するご契約" in hers.get(TAB, {"q": "050-0000-0101"}).text
    prove(hers, people[0], home.office)
    prove(his, people[1], home.office)
    for words in ("050-0000-0101", "受付"):
        found = hers.get(TAB, {"q": words}).text
        assert home.office.number in found
        assert home.branch.number not in found
    for words in ("050-0000-0101", "受付", home.office.number):
        assert f"?contract={home.office.number}" not in his.get(TAB, {"q": words}).text, words


def test_what_is_behind_each_contract_is_a_link_away(home, hers):
    page = hers.get(TAB).text
    for link in (
        f"/my/?contract={home.office.number}",
        f"/my/charges/bills/{home.office.number}/",
        f"/my/charges/usage/?contract={home.office.number}",
        f"/my/contracts/{home.office.number}/numbers/",
    ):
        assert f'href="{link}"' in page


@pytest.mark.parametrize("asked", ["?q=%00", "?page=x", "?page=999", f"?q={'あ' * 500}"])
def test_nonsense_is_answered(hers, asked: str):
    assert hers.get(TAB + asked).status_code == 200
