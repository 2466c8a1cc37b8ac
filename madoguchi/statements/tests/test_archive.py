"""The Parquet archive of a closed month, and the partitions of the table of calls."""

from datetime import date, datetime

import polars as pl
import pyarrow.parquet as pq
import pytest
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from madoguchi.statements.closing import archive as archiving
from madoguchi.statements.closing import close, keeping
from madoguchi.statements.closing.months import stored_months
from madoguchi.statements.models import Bill, BillingMonth, BillItem, Call, MonthArchive
from madoguchi.statements.tests.october import NOVEMBER, OCTOBER, october

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(time_machine, settings, tmp_path):
    settings.ARCHIVE = tmp_path / "archive"
    settings.CALLS_MONTHS = 6
    time_machine.move_to(datetime.fromisoformat("2026-11-22T10:00:00+09:00"))


@pytest.fixture
def closed(tmp_path):
    (tmp_path / "files").mkdir()
    home = october(tmp_path / "files")
    close.close_month(OCTOBER, now=timezone.now())
    return home


def test_what_is_archived_reads_back_as_it_was_stored(closed):
    made = archiving.archive(OCTOBER, now=timezone.now())
    assert made.calls == 61
    manifest = archiving.verify(OCTOBER)
    assert {file["name"]: file["rows"] for file in manifest["files"]} == {
        "calls.parquet": 61,
        "usage.parquet": 0,
        "adjustments.parquet": 0,
        "bills.parquet": 2,
        "bill_items.parquet": BillItem.objects.count(),
    }
    calls = archiving.read(OCTOBER, "calls")
    fields = ("contract_id", "outgoing", "other", "started_at", "talk_seconds", "kind", "charge", "earns", "call_id")
    stored = Call.objects.order_by("contract__number", "started_at", "key", "outgoing").values_list(*fields)
    assert calls.select(fields).rows() == list(stored)
    assert calls["contract"].is_sorted()
    assert calls["charge"].sum() == Call.objects.aggregate(Sum("charge"))["charge__sum"]
    assert archiving.read(OCTOBER, "bills").select("number", "total").rows() == list(
        Bill.objects.order_by("number").values_list("number", "total")
    )
    group = pq.ParquetFile(archiving.folder(OCTOBER) / "calls.parquet").metadata.row_group(0)
    assert group.column(0).compression == "ZSTD"


def test_nobody_else_on_the_machine_may_read_it(closed):
    archiving.archive(OCTOBER, now=timezone.now())
    assert {path.stat().st_mode & 0o777 for path in archiving.folder(OCTOBER).iterdir()} == {0o600}
    assert archiving.folder(OCTOBER).stat().st_mode & 0o777 == 0o700


def test_it_is_made_once_and_never_of_an_open_month(closed):
    made = archiving.archive(OCTOBER, now=timezone.now())
    assert archiving.archive(OCTOBER, now=timezone.now()) == made
    with pytest.raises(archiving.NotArchived, match="2026-11 is not closed"):
        archiving.archive(NOVEMBER, now=timezone.now())


def test_partitions_are_there_before_their_month():
    keeping.open_ahead(now=timezone.now())
    assert {NOVEMBER, date(2026, 12, 1), date(2027, 1, 1)} <= set(stored_months())


def in_june():
    return datetime.fromisoformat("2027-06-01T03:00:00+09:00")


def test_calls_past_their_time_are_dropped_once_they_are_archived(closed):
    keeping.archive_closed(now=timezone.now())
    connection.check_constraints()  # a partition with deferred checks waiting cannot be dropped
    assert keeping.drop_old(now=datetime.fromisoformat("2027-04-30T03:00:00+09:00")) == []
    assert [state.month for state in keeping.drop_old(now=in_june())] == [OCTOBER]
    assert OCTOBER not in stored_months()
    assert not Call.objects.exists()
    assert BillingMonth.objects.get().dropped_at == in_june()
    assert Bill.objects.issued().count() == 2
    assert archiving.read(OCTOBER, "calls").height == 61
    assert keeping.drop_old(now=in_june()) == []


def test_they_are_never_dropped_without_an_archive(closed):
    assert keeping.drop_old(now=in_june()) == []
    keeping.archive_closed(now=timezone.now())
    path = archiving.folder(OCTOBER) / "calls.parquet"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + b"X")
    assert keeping.drop_old(now=in_june()) == []
    path.unlink()
    assert keeping.drop_old(now=in_june()) == []
    assert Call.objects.count() == 61
    path.write_bytes(whole)
    assert len(keeping.drop_old(now=in_june())) == 1


def test_an_archive_says_what_is_wrong_with_it(closed):
    with pytest.raises(archiving.NotArchived, match="is not archived"):
        archiving.verify(OCTOBER)
    archiving.archive(OCTOBER, now=timezone.now())
    manifest = archiving.folder(OCTOBER) / "manifest.json"
    manifest.write_text("{}")
    with pytest.raises(archiving.NotArchived, match=r"manifest\.json is not the one written"):
        archiving.verify(OCTOBER)
    assert MonthArchive.objects.count() == 1
    assert pl.read_parquet(archiving.folder(OCTOBER) / "bills.parquet").height == 2
