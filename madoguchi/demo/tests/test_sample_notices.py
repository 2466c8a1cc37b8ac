"""The sample operator's notices: one of everything, and news in force at whatever moment the demo starts."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from madoguchi.accounts.models import Account
from madoguchi.delivery.models import Mailing
from madoguchi.demo.sample import catalog, notices
from madoguchi.notices.lifecycle import State
from madoguchi.notices.models import Destination, Notice, Report, Subscription

NOW = datetime(2026, 11, 22, 5, 7, 31, tzinfo=UTC)


@pytest.fixture(params=[NOW, datetime(2027, 1, 1, 15, 0, tzinfo=UTC), datetime(2028, 2, 29, 23, 59, tzinfo=UTC)])
def now(request, db):
    catalog.load(now=request.param, random=Random(1))
    people = ("hanako@example.jp", "jiro@example.jp", "saburo@example.com", "new@example.jp", "somebody@example.jp")
    for email in people:
        Account.objects.create(email=email)
    notices.load(now=request.param, random=Random(1))
    return request.param


def test_thirty_notices_in_every_state(now):
    assert Notice.objects.count() == 30
    assert set(Notice.objects.values_list("state", flat=True)) == set(State.values)


def test_something_is_in_force_and_to_come_at_any_moment(now):
    in_force = Counter(Notice.objects.in_force().values_list("state", flat=True))
    assert in_force["investigating"]
    assert in_force["in_progress"]
    assert Notice.objects.in_force().filter(state="confirmed", windows__starts_at__gt=now).exists()
    for notice in Notice.objects.in_force().filter(state="in_progress"):
        assert any(window.starts_at <= now < window.ends_at for window in notice.windows.all())


def test_nothing_is_published_in_the_future_and_numbers_follow_time(now):
    assert not Report.objects.published().filter(published_at__gt=now).exists()
    for kind in ("work", "trouble"):
        told = Notice.objects.filter(kind=kind, number__isnull=False).order_by("first_published_at")
        numbers = [str(notice) for notice in told]
        assert numbers == sorted(numbers)
    assert not Notice.objects.filter(next_report_due__lt=now - timedelta(hours=1)).exists()


def test_every_report_is_told_in_both_languages_and_mailed_to_nobody(now):
    assert all(report.body_ja and report.body_en for report in Report.objects.all())
    assert not Mailing.objects.exists()


def test_customers_follow_services_and_the_new_one_none(now):
    assert Subscription.objects.filter(account__email="hanako@example.jp").count() == 3
    assert Destination.objects.get(account__email="hanako@example.jp").address == "hanako@example.jp"
    assert not Subscription.objects.filter(account__email="new@example.jp").exists()
    assert Subscription.objects.filter(account__email="somebody@example.jp").exists()
