"""E6, contracts: who sees which, and by what they are found."""

import pytest
from django.test import Client

from madoguchi.accounts.tests.people import sign_in
from madoguchi.contracts.models import Contract, NumberLabel
from madoguchi.support.charges.tests.month import prove

TAB = "/my/charges/"


def of(account) -> Client:
    client = Client()
    sign_in(client, account)
    return client


def search(client: Client, words: str) -> str:
    return client.post(TAB, {"q": words}, follow=True).text


def many(home) -> None:
    """Sixty more of Alice's, C200000000 to C200000059."""
    office = home.office
    like = {"customer": office.customer, "service": office.service, "started_on": office.started_on}
    Contract.objects.bulk_create(
        Contract(number=f"C20000{n:04}", usage_kind=office.usage_kind, **like) for n in range(60)
    )


def test_each_sees_the_contracts_opened_to_them(home, people):
    alice, bob, charlie = (of(account).get(TAB).text for account in people)
    assert home.office.number in alice
    assert home.branch.number in alice
    assert home.office.number not in bob
    assert home.branch.number in bob
    assert "C1000000" not in charlie
    assert "050-0000-0101" not in alice, "no number before the contact phone is proven"


def test_one_number_is_not_offered_as_all_of_them(home, people):
    home.office.telephone_numbers.exclude(number="+815000000101").delete()
    hers = of(people[0])
    assert "電話番号（1件）" in hers.get(TAB).text
    assert "すべての番号（1件）" not in hers.get(TAB).text
    assert "One number" in hers.get(f"/en{TAB}").text


def test_a_number_and_a_label_find_their_contract_once_the_phone_is_proven(home, people):
    number = home.office.telephone_numbers.get(number="+815000000101")
    NumberLabel.objects.create(account=people[0], number=number, label="受付")
    hers, his = of(people[0]), of(people[1])
    assert "該当するご契約" in search(hers, "050-0000-0101")
    prove(hers, people[0], home.office)
    prove(his, people[1], home.office)
    for words in ("050-0000-0101", "受付"):
        found = search(hers, words)
        assert home.office.number in found
        assert home.branch.number not in found
    for words in ("050-0000-0101", "受付", home.office.number):
        assert f"?contract={home.office.number}" not in search(his, words), words


def test_what_is_behind_each_contract_is_a_link_away(home, hers):
    page = hers.get(TAB).text
    for link in (
        f"/my/?contract={home.office.number}",
        f"/my/charges/bills/{home.office.number}/",
        f"/my/charges/usage/?contract={home.office.number}",
        f"/my/contracts/{home.office.number}/numbers/",
    ):
        assert f'href="{link}"' in page


@pytest.mark.parametrize("asked", ["?search=on", "?page=x", "?page=999", "?search=%00&q=%00"])
def test_nonsense_is_answered(hers, asked: str):
    assert hers.get(TAB + asked).status_code == 200


@pytest.mark.parametrize("words", ["\0", "あ" * 500])
def test_a_search_for_nonsense_is_answered(hers, words: str):
    assert hers.post(TAB, {"q": words}, follow=True).status_code == 200


def test_what_is_searched_for_stays_out_of_the_address(home, people):
    many(home)
    hers = of(people[0])
    answer = hers.post(TAB, {"q": "C20000"})
    assert answer["Location"] == f"{TAB}?search=on"
    first, second = hers.get(f"{TAB}?search=on").text, hers.get(f"{TAB}?search=on&page=2").text
    assert 'href="?search=on&amp;page=2"' in first
    assert "C200000049" in first
    assert "C200000059" in second
    assert home.office.number not in first + second
    assert home.office.number in hers.get(TAB).text, "the tab itself shows all"
    assert hers.post(TAB, {"q": " "})["Location"] == TAB
    assert home.office.number in hers.get(f"{TAB}?search=on").text, "the search is over"


def test_a_telephone_number_in_an_address_finds_nothing(home, people):
    hers = of(people[0])
    prove(hers, people[0], home.office)
    found = hers.get(TAB, {"q": "050-0000-0101"}).text
    assert home.branch.number in found
    assert "050-0000-0101&amp;" not in found


def test_of_many_contracts_the_usage_tab_finds_one_without_listing_all(home, people):
    usage = f"{TAB}usage/"
    assert 'id="contracts-q"' not in of(people[0]).get(usage).text, "two stand on one page"
    many(home)
    hers = of(people[0])
    page = hers.get(usage).text
    assert 'id="contracts-q"' in page
    assert page.count("C20000") < 100, "a page of them, and no list of all"
    there = hers.post(usage, {"q": "C200000059"})["Location"]
    assert there == f"{usage}?search=on"
    found = hers.get(there).text
    assert "C200000059" in found
    assert "C200000058" not in found
    assert "該当するご契約" in hers.post(usage, {"q": "zz"}, follow=True).text
    assert "C200000001" in hers.get(usage).text
    assert "C200000059" not in of(people[1]).post(usage, {"q": "C200000059"}, follow=True).text.replace(
        'value="C200000059"', ""
    )
