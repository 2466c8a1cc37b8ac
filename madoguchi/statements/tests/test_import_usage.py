"""Messages, mobile data and internet access, taken in through a mapping that names the kind of record."""

from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from madoguchi.contracts.models import Customer
from madoguchi.statements.closing.close import close_month
from madoguchi.statements.import_calls import import_calls
from madoguchi.statements.models import Adjustment, Call, Conflict, RejectedRow, UsageImport, UsageLine
from madoguchi.statements.tests.mobile import (
    HOME,
    MOBILE,
    NOVEMBER,
    OCTOBER,
    data,
    home,
    message,
    mobile,
    prices,
    usage_file,
)
from madoguchi.statements.undo_import import CannotUndo, undo_import

SAMPLES = Path(__file__).parents[1] / "samples"
NOW = datetime(2026, 11, 22, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOW)


@pytest.fixture
def customer(db):
    prices()
    return Customer.objects.create(number="N123456789", name="青木 花子", name_kana="アオキ ハナコ")


@pytest.fixture
def phone(customer):
    return mobile(customer)


@pytest.fixture
def line(customer):
    return home(customer)


def taken(folder, records, *rows):
    return import_calls(usage_file(folder, records, *rows), now=timezone.now(), commit=True)


def reasons(outcome):
    return [(problem.line, problem.column, problem.reason) for problem in outcome.problems]


def shipped(kind, suffix="csv"):
    out = StringIO()
    file, mapping = SAMPLES / f"mapped-{kind}.{suffix}", SAMPLES / f"mapped-{kind}.toml"
    call_command("import_calls", file, mapping=mapping, language="en", commit=True, stdout=out)
    return out.getvalue()


def test_the_shipped_messages_import(phone):
    assert "5  stored" in shipped("messages")
    lines = UsageLine.objects.order_by("given_id")
    assert [(m.given_id, m.outgoing, m.other, m.segments, m.kind, m.charge, m.tax) for m in lines] == [
        ("m-1001", True, "+819000000301", 1, "mobile", 3000, "standard"),
        ("m-1002", True, "+819000000301", 3, "mobile", 9000, "standard"),
        ("m-1003", False, "+819000000301", 1, "mobile", 0, "standard"),
        ("m-1004", False, "AOBA INFO", 1, "other", 0, ""),
        ("m-1005", True, "+12025550101", 2, "international", 100000, "exempt"),
    ]
    assert {m.month for m in lines} == {OCTOBER}
    assert not Call.objects.exists()


def test_the_shipped_data_imports_and_belongs_to_the_month_it_ended_in(phone):
    assert "3  stored" in shipped("data")
    assert list(UsageLine.objects.order_by("given_id").values_list("month", "bytes", "up_bytes", "network")) == [
        (OCTOBER, 500_000_000, 20_000_000, "aoba.example"),
        (OCTOBER, 2_700_000_000, 300_000_000, "aoba.example"),
        (NOVEMBER, 100_000_000, 1_000_000, "aoba.example"),
    ]
    assert UsageImport.objects.get().records == "data"


def test_the_shipped_sessions_import_by_contract_number(line):
    assert "2  stored" in shipped("sessions", "jsonl")
    assert [(s.contract_id, s.number, s.bytes, s.up_bytes) for s in UsageLine.objects.order_by("started_at")] == [
        (line.pk, HOME, 5_200_000_000, None),
        (line.pk, HOME, 730_000_000, None),
    ]


def test_a_message_between_two_of_ours_is_a_line_for_each(phone, tmp_path):
    other = mobile(phone.customer, number="C000000202", line="09000000102")
    taken(tmp_path, "messages", message(1, to="09000000102"))
    assert set(UsageLine.objects.values_list("contract", "outgoing", "charge")) == {
        (phone.pk, True, 3000),
        (other.pk, False, 0),
    }


def test_told_again_it_is_left_and_told_differently_kept_apart(phone, tmp_path):
    taken(tmp_path, "data", data(1, 100))
    again = taken(tmp_path, "data", data(1, 100), data(2, 100), data(2, 100))
    assert (again.stored, again.skipped, again.conflicting) == (1, 2, 0)
    other = taken(tmp_path, "data", data(1, 999))
    assert (other.stored, other.conflicting) == (0, 1)
    conflict = Conflict.objects.get()
    assert (conflict.records, conflict.payload["bytes"]) == ("data", 999)
    assert sorted(UsageLine.objects.values_list("bytes", flat=True)) == [100, 100]


def test_ids_are_of_a_kind_of_record(phone, tmp_path):
    """The same id of the same source names a message, and data, and neither hides the other."""
    assert taken(tmp_path, "data", data(1, 100)).stored == 1
    assert taken(tmp_path, "messages", message(1)).stored == 1
    assert Conflict.objects.count() == 0


def test_the_same_file_again_changes_nothing(phone, tmp_path):
    file = usage_file(tmp_path, "messages", message(1))
    assert import_calls(file, now=NOW, commit=True).stored == 1
    assert import_calls(file, now=NOW, commit=True).before == UsageImport.objects.get()


def test_checked_first_nothing_is_stored(phone, tmp_path):
    file = usage_file(tmp_path, "messages", message(1))
    assert import_calls(file, now=NOW, commit=False).stored == 1
    assert not UsageLine.objects.exists()
    assert not UsageImport.objects.exists()


def test_what_is_wrong_is_said_by_line_and_column(phone, line, tmp_path):
    bad = [
        data(1, 100, line="08099999999"),
        data(2, 100, line="5.41144E+11"),
        "10-3,,2026-10-05 09:00:00,2026-10-05 09:00:30,100",
        f"10-4,{MOBILE},2026-10-05 09:00:00,,100",
        f"10-5,{MOBILE},2026-10-05 09:00:30,2026-10-05 09:00:00,100",
        f"10-6,{MOBILE},2026-10-05 09:00:00,2026-10-05 09:00:30,-1",
        f"10-7,{MOBILE},2026-10-05 09:00:00,2026-10-05 09:00:30,1e99",
        f"10-8,{MOBILE},2027-10-05 09:00:00,2027-10-05 09:00:30,100",
        f"10-9,{MOBILE},2026-10-05 09:00:00",
        data(10, 100),
        data(11, "5.41144E+11"),
    ]
    outcome = taken(tmp_path, "data", *bad)
    assert reasons(outcome) == [
        (2, "line", "unknown_line"),
        (3, "line", "spreadsheet"),
        (4, "line", "missing"),
        (5, "end", "never_ended"),
        (6, "start", "backwards"),
        (7, "bytes", "amount"),
        (8, "bytes", "spreadsheet"),
        (9, "end", "future"),
        (10, "", "width"),
        (12, "bytes", "spreadsheet"),
    ]
    assert (outcome.read, outcome.stored) == (11, 1)
    assert RejectedRow.objects.count() == 10
    strangers = taken(tmp_path, "sessions", data(1, 1, line="C999999999"), data(2, 1, line=f" {HOME.lower()} "))
    assert reasons(strangers) == [(2, "line", "unknown_line")]
    parts = taken(tmp_path, "messages", message(1, parts=0), message(2, to=""), message(3, sender="0312345678"))
    assert reasons(parts) == [(2, "parts", "count"), (3, "to", "withheld"), (4, "from", "unknown_line")]


def test_data_of_a_plan_nobody_priced_is_not_taken(customer, tmp_path):
    mobile(customer, plan="新プラン")  # of a service that has a row for every plan
    assert not reasons(taken(tmp_path, "data", data(1, 100)))
    elsewhere = mobile(customer, number="C000000209", line="09000000109")
    elsewhere.service = home(customer, slug="other-mobile").service
    elsewhere.save()
    outcome = taken(tmp_path, "data", data(1, 100, line="09000000109"))
    assert [(problem.reason, problem.value) for problem in outcome.problems] == [("no_allowance", "3GB")]


def test_a_message_without_a_price_is_not_taken(phone, tmp_path):
    outcome = taken(tmp_path, "messages", message(1, to="+800 1234 5678"), message(2, to="+81 80 0000 0201"))
    assert reasons(outcome) == [(2, "to", "no_price")]


def test_an_import_of_usage_is_undone_whole(phone, tmp_path):
    outcome = taken(tmp_path, "messages", message(1), message(2))
    assert undo_import(outcome.number, now=NOW).lines == 2
    assert not UsageLine.objects.exists()
    assert taken(tmp_path, "messages", message(1), message(2)).stored == 2


def test_a_closed_month_takes_no_lines_and_what_comes_late_is_put_aside(phone, tmp_path):
    first = taken(tmp_path, "data", data(1, 100))
    close_month(OCTOBER, now=NOW)
    late = taken(tmp_path, "data", data(1, 100), data(2, 200))
    assert (late.stored, late.skipped) == (1, 1)
    assert UsageLine.objects.count() == 1
    adjustment = Adjustment.objects.get()
    assert (adjustment.records, adjustment.for_month, adjustment.month) == ("data", OCTOBER, NOVEMBER)
    assert adjustment.shown["bytes"] == 200
    assert taken(tmp_path, "data", data(2, 200), data(3, 1)).skipped == 1
    with pytest.raises(CannotUndo, match="later"):
        undo_import(first.number, now=NOW)
    with pytest.raises(DatabaseError, match="2026-10 is closed"), transaction.atomic():
        UsageLine.objects.all().delete()


def test_partitions_are_opened_together(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT statements_open_month(%s)", [date(2027, 5, 1)])
        cursor.execute("SELECT to_regclass('statements_usageline_202705'), to_regclass('statements_call_202705')")
        assert None not in cursor.fetchone()


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ('records = "letters"\nformat = "csv"', r"records must be one of those in brackets: letters \(data, mess"),
        ('records = "data"\nformat = "csv"\n[columns]\nnumber = "n"\nstarted_at = "s"', "which column has “bytes”"),
        ('records = "data"\nformat = "csv"\n[columns]\ncaller = "n"', "“caller”, which no record of this kind has"),
        ('records = "sessions"\nformat = "csv"\n[columns]\nstarted_at = "s"', "which column has “contract”"),
        ('records = "messages"\nformat = "csv"\n[columns]\nstarted_at = "s"', "which column has “caller”"),
        ('records = "data"\nformat = "csv"\namount = "bits"', "amount must be one of those in brackets"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused(db, tmp_path, mapping, words):
    (tmp_path / "m.toml").write_text(mapping, encoding="utf-8")
    (tmp_path / "f.csv").write_text("a,b\n")
    with pytest.raises(CommandError, match=words):
        call_command("import_calls", tmp_path / "f.csv", mapping=tmp_path / "m.toml", language="en")


def test_amounts_in_a_unit_of_the_mapping(phone, tmp_path):
    file = usage_file(tmp_path, "data", data(1, "1.5"), data(2, "0.0000001"))
    text = (tmp_path / "data.toml").read_text().replace("[columns]", 'amount = "MB"\n[columns]')
    (tmp_path / "data.toml").write_text(text)
    out = StringIO()
    call_command("import_calls", file.path, mapping=tmp_path / "data.toml", commit=True, stdout=out)
    assert sorted(UsageLine.objects.values_list("bytes", flat=True)) == [1, 1_500_000]


def test_rejected_rows_are_written_to_be_mended(phone, tmp_path):
    file = usage_file(tmp_path, "messages", message(1, parts=0), message(2))
    rejects = tmp_path / "bad.csv"
    call_command(
        "import_calls", file.path, mapping=tmp_path / "messages.toml", commit=True, rejects=rejects, stdout=StringIO()
    )
    assert rejects.read_text().splitlines() == ["id,from,to,at,parts", message(1, parts=0)]
