"""The time zones customers are in, found without reading every account."""

import pytest

from madoguchi.accounts.models import Account
from madoguchi.accounts.tests.people import alice, bob, charlie

pytestmark = pytest.mark.django_db


def test_each_zone_in_use_is_found_once():
    assert Account.objects.time_zones() == []
    for owner, zone in ((alice(), "Asia/Tokyo"), (bob(), "America/New_York"), (charlie(), "Asia/Tokyo")):
        Account.objects.filter(pk=owner.pk).update(time_zone=zone)
    assert Account.objects.time_zones() == ["America/New_York", "Asia/Tokyo"]
