"""``madoguchi undo_import``: the calls of an import go, unless they are on a bill or a later file relied on them."""

from datetime import date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from madoguchi.accounts.tests.people import alice
from madoguchi.contracts.tests.household import household
from madoguchi.statements.import_calls import CallFile, import_calls
from madoguchi.statements.load_tariff import SAMPLE, load_tariff
from madoguchi.statements.models import Adjustment, BillingMonth, Call, Conflict, UsageImport
from madoguchi.statements.tests.test_import_calls import row

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _office(time_machine):
    time_machine.move_to(datetime.fromisoformat("2026-11-22T10:00:00+09:00"))
    load_tariff(SAMPLE)
    household(holder=alice())


@pytest.fixture
def take(tmp_path):
    def taken(name, *rows, source="east"):
        path = tmp_path / name
        path.write_text("".join(rows))
        return import_calls(CallFile(path, "asterisk", source), now=timezone.now(), commit=True)

    return taken


def undo(number, language="en", commit=True):
    out = StringIO()
    call_command("undo_import", number, language=language, commit=commit, stdout=out)
    return out.getvalue()


def freeze(month, *, closed):
    now = timezone.now()
    BillingMonth.objects.create(month=month, frozen_at=now, closed_at=now if closed else None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT statements_guard_month(%s)", [month])


A, B = row(uniqueid="1793494800.1"), row(uniqueid="1793494800.2")


def test_its_calls_go_and_no_others_and_the_file_can_be_taken_in_again(take):
    kept, undone = take("first.csv", A), take("second.csv", B)
    assert "Nothing was changed" in undo(undone.number, commit=False)
    assert Call.objects.count() == 2
    assert "1 lines deleted, 0 put right" in undo(undone.number)
    assert list(Call.objects.values_list("usage_import", flat=True)) == [kept.number]
    assert UsageImport.objects.get(pk=undone.number).undone_at
    assert take("second.csv", B).stored == 1
    assert Call.objects.count() == 2


def test_conflicts_of_the_import_go_too(take):
    take("first.csv", A)
    other = take("second.csv", row(uniqueid="1793494800.1", talk="60"))
    undo(other.number)
    assert not Conflict.objects.exists()


def test_not_while_a_month_is_being_closed(take):
    done = take("first.csv", A, row(start="2026-10-05 10:00:00", end="2026-10-05 10:04:00"))
    freeze(date(2026, 10, 1), closed=False)
    with pytest.raises(CommandError, match="October 2026, with lines of the import, is being closed"):
        undo(done.number)
    with pytest.raises(CommandError, match="2026年10月は締め処理中"):
        undo(done.number, language="ja")
    assert Call.objects.count() == 2


def test_late_calls_go_while_the_month_of_their_bill_is_open(take):
    freeze(date(2026, 10, 1), closed=True)
    late = take("late.csv", row(start="2026-10-05 10:00:00", end="2026-10-05 10:04:00"))
    assert Adjustment.objects.count() == 1
    undo(late.number)
    assert not Adjustment.objects.exists()


def test_not_before_a_later_import_of_the_switch_that_left_calls_out(take):
    first = take("first.csv", A)
    take("west.csv", A + A, source="west")
    later = take("again.csv", A, B)
    with pytest.raises(CommandError, match=f"Import {later.number} left out calls"):
        undo(first.number)
    undo(later.number)
    undo(first.number)
    assert set(Call.objects.values_list("usage_import__source", flat=True)) == {"west"}


def test_once_and_only_what_there_is(take):
    done = take("first.csv", A)
    undo(done.number)
    with pytest.raises(CommandError, match="undone before"):
        undo(done.number)
    with pytest.raises(CommandError, match="no such import"):
        undo(done.number + 1)
