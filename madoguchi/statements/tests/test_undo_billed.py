"""An import whose lines were billed is taken back: the bills stay, the next ones credit it, and that is shown first."""

from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from madoguchi.accounts.models import StaffRole
from madoguchi.accounts.tests.people import staff
from madoguchi.contracts.models import Customer
from madoguchi.statements.closing import rerate
from madoguchi.statements.closing.archive import archive
from madoguchi.statements.closing.close import close_month
from madoguchi.statements.closing.keeping import drop_old
from madoguchi.statements.imports import conflicts
from madoguchi.statements.models import (
    Adjustment,
    Bill,
    BillingMonth,
    BillItem,
    Call,
    Conflict,
    TariffRule,
    UsageImport,
    UsageLine,
)
from madoguchi.statements.statement import statement_of
from madoguchi.statements.tests import mobile as usage
from madoguchi.statements.tests.october import BRANCH, NOVEMBER, OCTOBER, OURS, SHOP, call, october, take_in
from madoguchi.statements.undo_import import outlook, undo_import

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 1, tzinfo=UTC)
DECEMBER = date(2026, 12, 1)
Kind = BillItem.Kind


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOW)


@pytest.fixture
def home(tmp_path):
    return october(tmp_path)


@pytest.fixture
def billed(home):
    """The number of the import whose lines are on October's bills."""
    close_month(OCTOBER, now=NOW)
    return UsageImport.objects.get().pk


def undo(number, **options):
    out = StringIO()
    call_command("undo_import", number, stdout=out, language="en", **options)
    return out.getvalue()


def put_right(contract, month=NOVEMBER):
    kinds = (Kind.ADJUSTMENT, Kind.DISCOUNT_ADJUSTMENT, Kind.DATA_ADJUSTMENT, Kind.CARRIED)
    settled = statement_of(contract, month, today=date(2026, 11, 22)).settled
    assert settled.adds_up()
    return [(part.kind, part.count, part.amount) for part in settled.of(*kinds)]


def test_the_difference_comes_first_and_nothing_changes_by_it(billed):
    said = undo(billed)
    assert "0  lines that are deleted" in said
    assert "61  lines billed for October 2026: charges -¥248 and discount ¥45 before tax, put right" in said
    assert "Nothing was changed. Run it again with --commit" in said
    assert not Adjustment.objects.exists()
    assert UsageImport.objects.get().undone_at is None


def test_the_next_bills_credit_what_was_billed_and_closed_ones_stay(home, billed):
    bill = Bill.objects.issued().get(contract=home.office)
    assert "0 lines deleted, 61 put right" in undo(billed, commit=True)
    assert (Call.objects.count(), Adjustment.objects.filter(reason="withdrawn").count()) == (61, 61)
    # ¥240 less, ¥45 of discount back; what goes beyond November's fees (¥6) is carried on.
    assert put_right(home.office) == [
        ("adjustment", -60, -240_000),
        ("discount_adj", 0, 45_000),
        ("carried", 0, 189_000),
    ]
    bill.refresh_from_db()
    assert bill.total == 221
    with pytest.raises(CommandError, match="undone before"):
        undo(billed)


def test_the_file_taken_in_again_is_billed_again_and_all_adds_up_to_nothing(home, billed, tmp_path):
    rows = next(tmp_path.glob("0.csv")).read_text()
    undo(billed, commit=True)
    again = take_in(tmp_path, rows)
    assert (again.stored, again.conflicting) == (61, 0)
    assert put_right(home.office) == [("adjustment", 0, 0)]
    assert undo_import(again.number, now=NOW).lines == 61
    assert put_right(home.office)[0] == ("adjustment", -60, -240_000)


def test_lines_of_open_months_are_deleted_with_it(home, tmp_path):
    both = take_in(tmp_path, call(BRANCH, SHOP, 300), call(BRANCH, SHOP, 1, month=11))
    close_month(OCTOBER, now=NOW)
    found = outlook(both.number)
    assert (found.lines, [(row.month, row.on, row.lines, row.charges) for row in found.credits]) == (
        1,
        [(OCTOBER, NOVEMBER, 1, -8_000)],
    )
    undone = undo_import(both.number, now=NOW)
    assert (undone.lines, undone.put_right) == (1, 1)
    assert not Call.objects.filter(month=NOVEMBER).exists()


def test_late_lines_that_were_billed_and_what_priced_them_again(home, billed, tmp_path):
    late = take_in(tmp_path, call(OURS, SHOP, 400))
    TariffRule.objects.filter(prefix="81", band="").update(price=10_000)
    rerate.apply(rerate.look(OCTOBER, now=NOW), now=NOW)
    assert undo_import(late.number, now=NOW).lines == 2  # the line and its new price
    assert put_right(home.office)[0] == ("adjustment", 0, 60_000)
    late = take_in(tmp_path, call(OURS, SHOP, 401))
    close_month(NOVEMBER, now=NOW.replace(month=12))
    assert undo_import(late.number, now=NOW).put_right == 1
    assert put_right(home.office, DECEMBER)[0] == ("adjustment", -1, -10_000)
    # What was priced again and billed is taken back at the price it has by now.
    assert undo_import(billed, now=NOW).put_right == 61
    assert put_right(home.office, DECEMBER)[0] == ("adjustment", -61, -310_000)


@pytest.mark.parametrize("month", [NOVEMBER, DECEMBER], ids=["not billed", "billed"])
@pytest.mark.parametrize("moved", [False, True], ids=["other", "moved"])
def test_what_a_record_took_the_place_of_comes_back(home, billed, tmp_path, month, moved):
    """``moved``: the record says November now, so that October's line was withdrawn."""
    other = call(OURS, SHOP, 0, talk=400)
    if moved:
        other = call(OURS, SHOP, 0, month=11).replace("1790000011.0", "1790000010.0")
    taken = take_in(tmp_path, other)
    by = staff(StaffRole.BILLING)
    conflicts.decide(Conflict.objects.get(), Conflict.Decision.TAKEN, by=by, now=NOW)
    assert put_right(home.office)[0][2] == (-8_000 if moved else 16_000)
    if month == DECEMBER:
        close_month(NOVEMBER, now=NOW.replace(month=12))
    undo_import(taken.number, now=NOW)
    assert sum(amount for kind, _n, amount in put_right(home.office, month) if kind == "adjustment") == (
        0 if month == NOVEMBER else -16_000 if not moved else 8_000 - 8_000
    )
    assert outlook(billed).credits[0].charges == -248_000


def test_messages_and_data(tmp_path):
    usage.prices()
    phone = usage.mobile(Customer.objects.create(number="N123456789", name="青木 花子", name_kana="アオキ ハナコ"))
    messages = usage.take_in(tmp_path, "messages", usage.message(1, parts=2), usage.message(2, "+12025550101"))
    usage.take_in(tmp_path, "data", usage.data(1, 2_500_000_000))
    more = usage.take_in(tmp_path, "data", usage.data(2, 10**9), usage.data(3, 10**9))
    close_month(OCTOBER, now=NOW)
    assert [row.charges for row in outlook(messages.number).credits] == [-56_000]
    assert [(row.lines, row.charges) for row in outlook(more.number).credits] == [(2, -1_000_000)]
    undo_import(messages.number, now=NOW)
    undo_import(more.number, now=NOW)
    assert sum(amount for kind, _n, amount in put_right(phone) if kind != "carried") == -1_056_000
    assert UsageLine.objects.count() == 5


def test_not_where_lines_are_in_the_archive_alone(billed, tmp_path, settings):
    settings.ARCHIVE = tmp_path / "archive"
    archive(OCTOBER, now=NOW)
    much_later = NOW.replace(year=NOW.year + settings.CALLS_MONTHS // 12 + 2)
    assert drop_old(now=much_later)
    with pytest.raises(CommandError, match="October 2026, and in the archive alone"):
        undo(billed, commit=True)
    late = UsageImport.objects.create(digest="x", file_name="x", format="asterisk", source="x", zone="Asia/Tokyo")
    assert outlook(late.pk).lines == 0
    (tmp_path / "archive" / "2026-10" / "calls.parquet").unlink()
    with pytest.raises(CommandError, match="archive alone"):
        undo(late.pk)
    assert BillingMonth.objects.get().dropped_at
