"""Who wants mail about their own contracts alone reads in it which of them it is about."""

import pytest

from madoguchi.contracts.tests.household import household, service
from madoguchi.delivery.models import Letter, Mailing
from madoguchi.notices import audience
from madoguchi.notices.models import AffectedContract
from madoguchi.notices.tests import make
from madoguchi.notices.tests.make import NOW

pytestmark = pytest.mark.django_db


def _letters(*named: str) -> dict[str, str]:
    """What the letters of a report that names these contracts say, by address."""
    report = make.trouble(service())
    AffectedContract.objects.bulk_create(AffectedContract(notice=report.notice, contract_number=one) for one in named)
    report.publish(by=None, at=NOW)
    audience.write_letters(mailing_id=Mailing.objects.get(renderer="notices.report").pk)
    return {letter.address: letter.personal["contracts"] for letter in Letter.objects.all()}


@pytest.fixture(autouse=True)
def _people() -> None:
    alice, bob, charlie = make.account("alice"), make.account("bob", language="en"), make.account("charlie")
    household(holder=alice, colleague=bob)
    for person in (alice, bob, charlie):
        make.reads(person)
        make.follows(person, service(), only_my_contracts=person != charlie)


def test_the_contracts_a_notice_names():
    assert _letters("C100000001", "C100000002", "C999999999") == {
        "alice@example.jp": "対象のご契約番号：C100000001, C100000002\n",
        "bob@example.jp": "Your contracts concerned: C100000002\n",
        "charlie@example.jp": "",
    }


def test_every_contract_of_the_service_where_a_notice_names_none():
    said = _letters()
    assert said["alice@example.jp"].strip().endswith("C100000001, C100000002")
    assert said["bob@example.jp"].strip().endswith(": C100000002")
    assert said["charlie@example.jp"] == ""
