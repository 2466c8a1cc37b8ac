"""``/notices/preview/<report>/``: the public page as a draft will make it."""

from datetime import timedelta

import pytest
import time_machine
from procrastinate.contrib.django.models import ProcrastinateJob

from madoguchi.accounts.tests import people
from madoguchi.delivery.models import Mailing
from madoguchi.notices import write
from madoguchi.notices.content import Period
from madoguchi.notices.models import Notice, NumberSeries, Report
from madoguchi.notices.tests import make
from madoguchi.notices.tests.make import NOW
from madoguchi.notices.withdraw import withdraw
from madoguchi.support.public.tests import posted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def staff(client):
    people.sign_in(client, people.publisher())
    return client


def test_the_page_of_a_first_report_and_nothing_stays_of_it(staff, hikari):
    report = make.trouble(hikari)
    page = staff.get(f"/notices/preview/{report.pk}/").content.decode()
    for words in (
        "T-0000-000000",
        "通信しづらい状況",
        "現在、原因を調査しています。",
        "第1報",
        "2026年11月22日（日）15:05 JST",
    ):
        assert words in page
    assert "We are investigating." in staff.get(f"/en/notices/preview/{report.pk}/").content.decode()
    assert Notice.objects.get().number is None
    assert Report.objects.get().ordinal is None
    assert not NumberSeries.objects.exists()
    assert not Mailing.objects.exists()
    assert not ProcrastinateJob.objects.exists()


def test_a_further_report_stands_above_the_others_with_what_it_moves(staff, hikari):
    notice = posted.work(hikari)
    content = write.further_content(notice)
    night = Period(starts_at=NOW + timedelta(days=3), ends_at=NOW + timedelta(days=3, hours=2))
    for name, value in {"body_ja": "延期します。", "windows": (night,)}.items():
        object.__setattr__(content, name, value)
    report = write.add_report(notice, content=content, by=None)
    page = staff.get(f"/notices/preview/{report.pk}/").content.decode()
    assert notice.number in page
    assert page.index("第2報") < page.index("第1報")
    assert "2026年11月25日（水）14:05〜16:05 JST" in page
    assert "延期します。" not in staff.get(f"/notices/{notice.number}/").content.decode()


def test_it_may_stand_in_a_frame_of_ours_and_is_kept_by_nobody(staff, hikari):
    answer = staff.get(f"/notices/preview/{make.trouble(hikari).pk}/")
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]


def test_what_is_published_has_its_page_and_what_is_withdrawn_none(staff, hikari):
    notice = posted.trouble(hikari)
    path = f"/notices/preview/{notice.reports.get().pk}/"
    assert staff.get(path)["Location"] == f"/notices/{notice.number}/"
    withdraw(notice, reason_ja="誤って掲載", notify=False, by=None)
    assert staff.get(path).status_code == 404


def test_for_staff_alone(client, hikari):
    path = f"/notices/preview/{make.trouble(hikari).pk}/"
    assert client.get(path)["Location"].startswith("/id/login/")
    people.sign_in(client, people.alice())
    assert client.get(path).status_code == 403
