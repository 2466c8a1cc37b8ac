"""What a sample customer can look back on: mail that went, mail outside the hours, and a deleted address."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from madoguchi.accounts.models import Account
from madoguchi.demo.sample import catalog, deliveries, notices
from madoguchi.notices.deliveries import deliveries_of, told

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 5, 7, 31, tzinfo=UTC)


def test_there_are_deliveries_of_each_kind_and_none_of_them_waits():
    hanako = Account.objects.create(email="hanako@example.jp")
    for room in (catalog, notices, deliveries):
        room.load(now=NOW, random=Random(1))
    shown = told(deliveries_of(hanako, since=NOW - timedelta(days=90)))
    assert {each.outcome for each in shown} == {"sent", "outside_hours"}
    assert len({each.letter.address for each in shown}) == 3
    assert not deliveries_of(hanako, since=NOW - timedelta(days=90), outcome="waiting").exists()
    assert sorted(hanako.destinations.values_list("slot", "state")) == [
        (1, "verified"),
        (2, "verified"),
        (3, "removed"),
    ]
