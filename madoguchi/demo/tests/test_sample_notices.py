"""The sample operator's notices: one of everything, and news in force at whatever moment the demo starts."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
import time_machine
from django.db import transaction

from madoguchi.accounts.models import Account
from madoguchi.delivery.models import Mailing
from madoguchi.demo.sample import catalog, notices
from madoguchi.notices.course import move_due
from madoguchi.notices.lifecycle import State
from madoguchi.notices.models import Destination, Notice, Report, Subscription
from madoguchi.notices.remind import remind_due
from madoguchi.notices.schedule import publish_due

NOW = datetime(2026, 11, 22, 5, 7, 31, tzinfo=UTC)


@pytest.fixture(params=[NOW, datetime(2027, 1, 1, 15, 0, tzinfo=UTC), datetime(2028, 2, 29, 23, 59, tzinfo=UTC)])
def now(request, db):
    catalog.load(now=request.param, random=Random(1))
    people = ("hanako@example.jp", "jiro@example.jp", "saburo@example.com", "new@example.jp", "somebody@example.jp")
    for email in people:
        Account.objects.create(email=email)
    Account.objects.create(email="publisher@aoba.example", staff_role="publisher")
    with time_machine.travel(request.param, tick=False):
        notices.load(now=request.param, random=Random(1))
        yield request.param


def notices_in_every_state(now):
    assert Notice.objects.count() == 32
    assert set(Notice.objects.values_list("state", flat=True)) == set(State.values)


def something_is_in_force_and_to_come_at_any_moment(now):
    in_force = Counter(Notice.objects.in_force().values_list("state", flat=True))
    assert in_force["investigating"]
    assert in_force["in_progress"]
    assert Notice.objects.in_force().filter(state="confirmed", windows__starts_at__gt=now).exists()
    for notice in Notice.objects.in_force().filter(state="in_progress"):
        assert any(window.starts_at <= now < window.ends_at for window in notice.windows.all())


def nothing_is_published_in_the_future_and_numbers_follow_time(now):
    assert not Report.objects.published().filter(published_at__gt=now).exists()
    for kind in ("work", "trouble"):
        told = Notice.objects.filter(kind=kind, number__isnull=False).order_by("first_published_at")
        numbers = [str(notice) for notice in told]
        assert numbers == sorted(numbers)
    assert not Notice.objects.in_force().filter(next_report_due__lt=now - timedelta(hours=1)).exists()


def every_report_is_told_in_both_languages_and_mailed_to_nobody(now):
    assert all(report.body_ja and report.body_en for report in Report.objects.all())
    assert not Mailing.objects.exists()


def one_is_scheduled_one_withdrawn_and_some_go_on_by_themselves(now):
    assert Report.objects.filter(scheduled_by__email="publisher@aoba.example", publish_at__gt=now).count() == 1
    assert Notice.objects.get(withdrawn_at__lt=now).withdrawn_reason_en
    soon = Notice.objects.get(title_en="Maintenance of the customer portal")
    assert now < soon.first_begin <= now + timedelta(hours=1)
    # Reminders are of another day: a demo that starts mails nobody.
    assert Report.objects.published().exclude(remind_hours=[]).exists()
    assert (publish_due(), move_due(), remind_due()) == (0, 0, 0)
    assert move_due(at=soon.first_begin) == 1
    assert move_due(at=soon.last_end) >= 1
    assert not Mailing.objects.exists()


def customers_follow_services_and_the_new_one_none(now):
    assert Subscription.objects.filter(account__email="hanako@example.jp").count() == 3
    assert Destination.objects.get(account__email="hanako@example.jp").address == "hanako@example.jp"
    assert not Subscription.objects.filter(account__email="new@example.jp").exists()
    assert Subscription.objects.filter(account__email="somebody@example.jp").exists()


def test_the_notices_at_any_moment(now):
    """Loaded once a moment, since that is what takes long; each looks at them as they were loaded."""
    for look in (
        notices_in_every_state,
        something_is_in_force_and_to_come_at_any_moment,
        nothing_is_published_in_the_future_and_numbers_follow_time,
        every_report_is_told_in_both_languages_and_mailed_to_nobody,
        one_is_scheduled_one_withdrawn_and_some_go_on_by_themselves,
        customers_follow_services_and_the_new_one_none,
    ):
        before = transaction.savepoint()
        look(now)
        transaction.savepoint_rollback(before)
