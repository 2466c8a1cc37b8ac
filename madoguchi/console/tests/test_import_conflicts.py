"""``/console/imports/<id>/conflicts/``: a record beside the stored one it contradicts, and what is decided."""

import re
from datetime import date, datetime

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from madoguchi.accounts.models import StaffRole
from madoguchi.accounts.tests.people import alice, sign_in, staff
from madoguchi.console.models import AuditEntry
from madoguchi.contracts.tests.household import household
from madoguchi.statements import jobs
from madoguchi.statements.closing.months import ImportRunning
from madoguchi.statements.import_calls import CallFile
from madoguchi.statements.imports import conflicts
from madoguchi.statements.imports.work import import_at_once
from madoguchi.statements.load_tariff import SAMPLE, load_tariff
from madoguchi.statements.models import Adjustment, BillingMonth, Call, Conflict, ImportRun
from madoguchi.statements.tests.test_import_calls import row
from madoguchi.statements.undo_import import undo_import

pytestmark = pytest.mark.django_db
IMPORTS = "/en/console/imports/"
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


@pytest.fixture(autouse=True)
def _office(time_machine, settings, tmp_path):
    time_machine.move_to(datetime.fromisoformat("2026-11-22T10:00:00+09:00"))
    settings.RECEIVED = tmp_path / "received"
    load_tariff(SAMPLE)
    household(holder=alice())


@pytest.fixture
def take(tmp_path):
    def taken(*rows):
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.csv"
        path.write_text("".join(rows))
        return import_at_once(CallFile(path, "asterisk", "east"), now=timezone.now())

    return taken


@pytest.fixture
def biller(client):
    sign_in(client, staff(StaffRole.BILLING))
    return client


def text(response):
    once = re.sub(r"<span class=\"stacked__label\".*?</span>", "", response.content.decode())  # what a head says too
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", once))


def said(n, month=11, **more):
    """A call of five seconds less than half a minute, unless ``more`` says otherwise."""
    times = {"start": f"2026-{month}-05 10:0{n}:00", "end": f"2026-{month}-05 10:0{n}:30", "talk": "25"}
    return row(uniqueid=f"1790000000.{n}", **{**times, **more})


def freeze(month):
    BillingMonth.objects.create(month=month, frozen_at=timezone.now(), closed_at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("SELECT statements_guard_month(%s)", [month])


def opened(client):
    """The pages of the newest import's conflicts, with the reason given."""
    run = ImportRun.objects.latest("pk")
    where = f"{IMPORTS}{run.pk}/"
    client.post(f"{where}look/", {"reason": "A customer asked"})
    return where


def test_both_sides_are_shown_with_a_reason_and_each_look_recorded(biller, take):
    take(said(1))
    take(said(1, talk="20"))
    where = f"{IMPORTS}{ImportRun.objects.latest('pk').pk}/"
    assert biller.get(f"{where}conflicts/")["Location"] == f"{where}look/"
    opened(biller)
    conflict = Conflict.objects.get()
    assert "Decide about 1 line" in text(biller.get(where))
    assert "Compare line 1" in text(biller.get(f"{where}conflicts/"))
    shown = biller.get(f"{where}conflicts/{conflict.pk}/")
    assert "Talk time 25 s 20 s" in text(shown)
    assert "<mark>20 s</mark>" in shown.content.decode()
    assert "****" in text(shown)
    assert "0001234" not in re.sub(r"\D", "", text(shown))
    look = AuditEntry.objects.get(act="conflict.look")
    assert look.detail == {"conflict": conflict.pk, "line": 1}


def test_numbers_that_differ_in_what_is_hidden_are_told_apart(biller, take):
    take(said(1, dst="0300001234"))
    take(said(1, dst="0300009999"))
    shown = biller.get(f"{opened(biller)}conflicts/{Conflict.objects.get().pk}/").content.decode()
    assert "**** (other last digits)</mark>" in shown
    assert "9999" not in shown


def test_the_stored_one_is_kept(biller, take):
    take(said(1))
    take(said(1, talk="20"))
    where, conflict = opened(biller), Conflict.objects.get()
    biller.post(f"{where}conflicts/{conflict.pk}/", {"decision": "kept"})
    assert Call.objects.get().talk_seconds == 25
    assert "The stored one was kept" in text(biller.get(f"{where}conflicts/{conflict.pk}/"))
    biller.post(f"{where}conflicts/{conflict.pk}/", {"decision": "taken"})  # somebody's old page
    assert Call.objects.get().talk_seconds == 25
    assert AuditEntry.objects.filter(act__in=["conflict.kept", "conflict.taken"]).count() == 1
    assert "All have been decided about" in text(biller.get(where))


def test_the_new_one_takes_its_place_in_an_open_month_and_comes_back_with_an_undo(biller, take):
    take(said(1))
    later = take(said(1, talk="20", dst="09000001234"))
    where, conflict = opened(biller), Conflict.objects.get()
    biller.post(f"{where}conflicts/{conflict.pk}/", {"decision": "taken"})
    call = Call.objects.get()
    assert (call.talk_seconds, call.kind, call.usage_import_id, call.charge) == (20, "mobile", later.number, 16000)
    again = take(said(1, talk="20", dst="09000001234"), said(2))
    assert (again.stored, again.skipped, again.conflicting) == (1, 1, 0)
    undo_import(again.number, now=timezone.now())
    undo_import(later.number, now=timezone.now())
    assert Call.objects.get().talk_seconds == 25


def test_in_a_closed_month_the_difference_goes_on_the_next_bill(biller, take):
    take(said(1, month=10))
    freeze(OCTOBER)
    other = said(1, month=10, talk="20", dst="09000001234")
    later = take(other)
    where, conflict = opened(biller), Conflict.objects.get()
    biller.post(f"{where}conflicts/{conflict.pk}/", {"decision": "taken"})
    put_right = Adjustment.objects.get()
    assert (put_right.reason, put_right.month, put_right.for_month) == ("corrected", NOVEMBER, OCTOBER)
    assert (put_right.before, put_right.after, Call.objects.get().talk_seconds) == (8000, 16000, 25)
    # What stands is what was put right: the same again is known, the older record is a conflict.
    assert (take(other + "\n").skipped, take(said(1, month=10) + "\n").conflicting) == (1, 1)
    assert [line["talk_seconds"] for line in conflicts.sides(Conflict.objects.latest("pk")).standing] == [20]
    with pytest.raises(Exception, match="later"):
        undo_import(later.number, now=timezone.now())


def test_a_record_that_moves_out_of_a_closed_month_is_withdrawn_there(biller, take):
    take(said(1, month=10))
    freeze(OCTOBER)
    take(said(1, month=11))
    where, conflict = opened(biller), Conflict.objects.get()
    biller.post(f"{where}conflicts/{conflict.pk}/", {"decision": "taken"})
    gone = Adjustment.objects.get()
    assert (gone.reason, gone.for_month, gone.new, gone.difference) == ("withdrawn", OCTOBER, None, -8000)
    assert sorted(Call.objects.values_list("month", flat=True)) == [OCTOBER, NOVEMBER]
    assert take(said(1, month=11) + "\n").skipped == 1


def test_a_call_between_two_of_ours_is_decided_about_once(biller, take):
    inside = {"src": "05000000101", "dst": "05000000201"}
    take(said(1, **inside))
    take(said(1, talk="20", **inside))
    assert Conflict.objects.count() == 2
    where = opened(biller)
    biller.post(f"{where}conflicts/{Conflict.objects.earliest('pk').pk}/", {"decision": "taken"})
    assert list(Call.objects.values_list("talk_seconds", flat=True)) == [20, 20]
    assert not Conflict.objects.filter(decision="").exists()


@pytest.mark.parametrize(("decision", "seconds"), [("kept", 25), ("taken", 20)])
def test_all_of_an_import_at_once(biller, take, decision, seconds):
    take(*[said(n) for n in range(5)])
    take(*[said(n, talk="20") for n in range(5)])
    where = opened(biller)
    assert "5 records of this file" in text(biller.get(f"{where}conflicts/all/{decision}/"))
    assert set(Call.objects.values_list("talk_seconds", flat=True)) == {25}
    biller.post(f"{where}conflicts/all/{decision}/")
    for job in ProcrastinateJob.objects.filter(task_name="statements.decide_conflicts"):
        jobs.decide_conflicts(**job.args)
    assert list(Call.objects.values_list("talk_seconds", flat=True)) == [seconds] * 5
    assert "Nothing waits for a decision" in text(biller.get(f"{where}conflicts/"))
    assert biller.get(f"{where}conflicts/all/burnt/").status_code == 404


def test_while_a_file_is_taken_in_the_page_says_so(biller, take, monkeypatch):
    take(said(1))
    take(said(1, talk="20"))
    where, conflict = opened(biller), Conflict.objects.get()

    def running(**_):
        raise ImportRunning

    monkeypatch.setattr(conflicts, "keep_imports_out", running)
    answer = biller.post(f"{where}conflicts/{conflict.pk}/", {"decision": "taken"})
    assert (answer.status_code, "being taken in at this moment" in text(answer)) == (409, True)
    assert Call.objects.get().talk_seconds == 25


def test_the_conflicts_of_another_import_are_not_found_under_this_one(biller, take):
    take(said(1))
    take(said(1, talk="20"))
    first = ImportRun.objects.earliest("pk")
    opened(biller)
    biller.post(f"{IMPORTS}{first.pk}/look/", {"reason": "A customer asked"})
    assert biller.get(f"{IMPORTS}{first.pk}/conflicts/{Conflict.objects.get().pk}/").status_code == 404
