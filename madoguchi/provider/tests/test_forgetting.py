"""What the hourly job deletes, and what it must keep."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from madoguchi.provider.jobs import forget_old
from madoguchi.provider.models import AccessToken, AuthorizationRequest, Grant
from madoguchi.provider.tests.sites import asking

pytestmark = pytest.mark.django_db


def test_requests_go_after_an_hour_and_their_page_says_so(shop) -> None:
    page = Client().get(asking(shop.site))["Location"]
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert Client().get(page).status_code == 410
        forget_old(timestamp=0)
    assert AuthorizationRequest.objects.count() == 0


def test_refresh_tokens_stay_as_long_as_they_are_good(shop, customer) -> None:
    token = shop.logged_in(customer, scope="openid offline_access")["refresh_token"]
    with time_machine.travel(timezone.now() + timedelta(days=29)):
        call_command("cleartokens")
        assert AccessToken.objects.count() == 0
        assert shop.refresh(token).status_code == 200


def test_grants_go_a_month_after_their_end(shop, customer) -> None:
    shop.logged_in(customer)
    Grant.objects.get().finish(Grant.End.DISCONNECTED)
    call_command("cleartokens")
    assert Grant.objects.count() == 1
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        forget_old(timestamp=0)
    assert Grant.objects.count() == 0
