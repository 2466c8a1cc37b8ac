"""``/console/months/``: how the months stand; close one, call that off, price one again with its difference first."""

import re
from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from madoguchi.accounts.models import StaffRole
from madoguchi.accounts.tests.people import sign_in, staff
from madoguchi.console.models import AuditEntry
from madoguchi.console.months import page
from madoguchi.statements import jobs
from madoguchi.statements.closing import close
from madoguchi.statements.closing.close import close_month
from madoguchi.statements.closing.months import ImportRunning
from madoguchi.statements.import_calls import CallFile
from madoguchi.statements.imports.work import import_at_once
from madoguchi.statements.models import (
    Adjustment,
    Bill,
    BillingMonth,
    Call,
    ClosingRun,
    ImportRun,
    Rerating,
    TariffRule,
)
from madoguchi.statements.tests.october import OCTOBER, OURS, SHOP, call, october, take_in

pytestmark = pytest.mark.django_db
MONTH = "/en/console/months/2026-10/"


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(datetime.fromisoformat("2026-11-22T10:00:00+09:00"))


@pytest.fixture
def home(tmp_path):
    return october(tmp_path)


@pytest.fixture
def biller(client):
    sign_in(client, staff(StaffRole.BILLING))
    return client


def text(response):
    once = re.sub(r"<span class=\"stacked__label\".*?</span>", "", response.content.decode())  # what a head says too
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", once))


def work():
    """What the workers would do."""
    tasks: dict[str, Any] = {
        "statements.close_part": jobs.close_part,
        "statements.look_again": jobs.look_again,
    }
    for job in ProcrastinateJob.objects.order_by("pk"):
        tasks[job.task_name](**job.args)


@pytest.mark.usefixtures("home")
def test_the_board_says_how_each_month_stands(biller):
    said = text(biller.get("/en/console/months/"))
    assert "October 2026 Provisional due 10 Nov 2026" in said
    assert "暫定" in text(biller.get("/console/months/"))


@pytest.mark.usefixtures("home")
def test_closing_says_what_it_means_then_does_it(biller):
    assert "This cannot be undone" in text(biller.get(f"{MONTH}close/"))
    assert not ClosingRun.objects.exists()
    assert biller.post(f"{MONTH}close/").status_code == 302
    assert "0 of 8 parts are done" in text(biller.get(MONTH))
    work()
    assert Bill.objects.issued().count() == 2
    said = text(biller.get(MONTH))
    assert "Closed" in said
    assert "¥233" in said
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.detail, ClosingRun.objects.get().begun_by) == (
        *("month.close", {"month": "2026-10"}),
        entry.actor,
    )
    assert biller.post(f"{MONTH}close/").status_code == 302
    assert AuditEntry.objects.count() == 1


@pytest.mark.usefixtures("home")
def test_a_closing_on_its_way_can_be_called_off(biller):
    biller.post(f"{MONTH}close/")
    biller.post(f"{MONTH}call-off/")
    assert BillingMonth.objects.get().state == BillingMonth.State.OPEN
    assert "Close this month" in text(biller.get(MONTH))


@pytest.mark.usefixtures("home")
def test_why_a_month_cannot_be_closed_is_said(biller, tmp_path):
    take_in(tmp_path, call(OURS, SHOP, 1, month=9), call(OURS, SHOP, 1, month=11))
    assert "September 2026 has calls and is not closed yet" in text(biller.get(MONTH))
    assert "The month is not over yet." in text(biller.get("/en/console/months/2026-11/"))
    assert biller.post(f"{MONTH}close/").status_code == 302
    assert not ClosingRun.objects.exists()


@pytest.mark.usefixtures("home")
def test_a_month_is_priced_again_with_its_difference_first(biller, monkeypatch):
    TariffRule.objects.filter(prefix="81").update(price=10_000)
    assert "A worker is at it" in text(biller.post(f"{MONTH}rerate/", follow=True))
    work()
    said = text(biller.get(MONTH))
    assert "31 of 61 lines change. Charges before tax and discount: ¥248 → ¥310." in said
    assert "C100000001 Fixed line 30 ¥240 ¥300 +¥60" in said
    assert "The first ones are listed." not in said
    monkeypatch.setattr(page, "SHOWN", 1)
    assert "All contracts together +¥62 The first ones are listed." in text(biller.get(MONTH))
    assert Call.objects.filter(charge=10_000).count() == 0
    biller.post(f"{MONTH}rerate/{Rerating.objects.get().pk}/apply/")
    jobs.apply_rerating(rerating_id=Rerating.objects.get().pk)
    assert Call.objects.filter(charge=10_000).count() == 31
    assert "Applied" in text(biller.get(MONTH))


@pytest.mark.usefixtures("home")
def test_a_month_says_that_a_worker_is_at_it_until_something_came_of_it(biller):
    TariffRule.objects.filter(prefix="81").update(price=10_000)
    for act in ("rerate/", "rerate/{}/apply/"):
        newest = Rerating.objects.order_by("pk").last()
        asked = biller.post(MONTH + act.format(newest.pk if newest else ""))["Location"]
        assert 'http-equiv="refresh"' in biller.get(asked).content.decode()
        assert "HX-Refresh" not in biller.get(asked, headers={"HX-Request": "true"})
        if newest:
            jobs.apply_rerating(rerating_id=newest.pk)
        else:
            work()
        assert "A worker is at it" not in text(biller.get(asked))
        assert 'http-equiv="refresh"' not in biller.get(asked).content.decode()
        assert biller.get(asked, headers={"HX-Request": "true"})["HX-Refresh"] == "true"


@pytest.mark.parametrize("wrong", ["2026-13", "october", "2026-10-01", "0000-01", "0001-01", "9999-12", "2026-1"])
def test_what_is_no_month_is_no_page(biller, wrong):
    assert biller.get(f"/en/console/months/{wrong}/").status_code == 404


def test_an_import_that_was_billed_is_credited_and_the_page_says_how_much_first(biller, home, tmp_path):
    path = tmp_path / "more.csv"
    path.write_text(call(OURS, SHOP, 300))
    import_at_once(CallFile(path, "asterisk", "west"), now=timezone.now())
    close_month(OCTOBER, now=timezone.now())
    undo = f"/en/console/imports/{ImportRun.objects.get().pk}/undo/"
    said = text(biller.get(undo))
    assert "October 2026 1 -¥8 ¥0 November 2026" in said
    assert "is deleted, with its charge" not in said
    assert "請求済みです" in text(biller.get(undo.removeprefix("/en")))
    assert not Adjustment.objects.exists()
    biller.post(undo)
    biller.post(undo)  # the other tab
    assert Adjustment.objects.get().difference == -8_000
    assert AuditEntry.objects.get().detail == {"lines": 0, "put_right": 1}
    assert "Withdrawn" in text(biller.get("/en/console/months/2026-11/"))


@pytest.mark.usefixtures("home")
def test_who_closes_while_a_file_is_taken_in_is_told_and_does_not_wait(biller, monkeypatch):
    def running(**_how):
        raise ImportRunning

    monkeypatch.setattr(close, "keep_imports_out", running)
    said = text(biller.post(f"{MONTH}close/", follow=True))
    assert "A file is being taken in at this moment The closing has not begun." in said
    assert not ClosingRun.objects.exists()
    assert not AuditEntry.objects.exists()
