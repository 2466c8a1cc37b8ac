"""Calls that come after their month was frozen: the month stays as it is, they go on a later bill."""

from datetime import date, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from madoguchi.accounts.tests.people import alice
from madoguchi.contracts.tests.household import household
from madoguchi.statements.closing.months import open_month_for
from madoguchi.statements.import_calls import CallFile, import_calls
from madoguchi.statements.load_tariff import SAMPLE, load_tariff
from madoguchi.statements.models import Adjustment, BillingMonth, Call, Conflict
from madoguchi.statements.tests.test_import_calls import row

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(datetime.fromisoformat("2026-11-22T10:00:00+09:00"))


@pytest.fixture
def office():
    load_tariff(SAMPLE)
    return household(holder=alice()).office


@pytest.fixture
def take(tmp_path):
    def taken(name, *rows):
        path = tmp_path / name
        path.write_text("".join(rows))
        return import_calls(CallFile(path, "asterisk", "test"), now=timezone.now(), commit=True)

    return taken


def freeze(month):
    BillingMonth.objects.create(month=month, frozen_at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("SELECT statements_guard_month(%s)", [month])


def october(n, **more):
    return row(
        start=f"2026-10-05 10:0{n}:00", end=f"2026-10-05 10:0{n}:30", talk="25", uniqueid=f"1790000000.{n}", **more
    )


def test_a_month_takes_lines_until_it_is_frozen():
    assert open_month_for(OCTOBER) == OCTOBER
    freeze(OCTOBER)
    assert (open_month_for(OCTOBER), open_month_for(NOVEMBER)) == (NOVEMBER, NOVEMBER)
    freeze(NOVEMBER)
    assert open_month_for(OCTOBER) == date(2026, 12, 1)


def test_a_late_call_goes_on_the_next_open_month_with_its_price(office, take):
    take("first.csv", october(1))
    freeze(OCTOBER)
    outcome = take("late.csv", october(2), october(1), row(uniqueid="1790000000.9"))
    assert (outcome.stored, outcome.skipped, outcome.conflicting) == (2, 1, 0)
    assert Call.objects.filter(month=OCTOBER).count() == 1
    assert Call.objects.filter(month=NOVEMBER).count() == 1
    late = Adjustment.objects.get()
    assert (late.month, late.for_month, late.contract, late.reason) == (NOVEMBER, OCTOBER, office, "late")
    assert late.new
    assert (late.old, late.new["charge"], late.new["kind"], late.difference) == (None, 8000, "fixed", 8000)


def test_a_late_call_told_again_is_left_and_a_different_one_kept_apart(office, take):
    freeze(OCTOBER)
    take("late.csv", october(1))
    again = take("again.csv", october(1), october(2))
    assert (again.stored, again.skipped) == (1, 1)
    other = take("other.csv", october(1, dst="0612345678"))
    assert (other.stored, other.conflicting) == (0, 1)
    assert (Adjustment.objects.count(), Conflict.objects.count()) == (2, 1)


def test_a_call_of_a_month_that_left_the_database_is_kept_apart(office, take):
    freeze(OCTOBER)
    BillingMonth.objects.update(dropped_at=timezone.now())
    assert take("late.csv", october(1)).conflicting == 1
    assert not Adjustment.objects.exists()


@pytest.mark.parametrize("statement", ["UPDATE {} SET charge = 1", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["statements_call", "statements_call_202610"])
def test_the_database_refuses_to_change_the_calls_of_a_frozen_month(office, take, statement, table):
    take("first.csv", october(1), row(uniqueid="1790000000.9"))
    freeze(OCTOBER)
    with pytest.raises(IntegrityError, match="2026-10 is closed"), transaction.atomic():
        connection.cursor().execute(statement.format(table))
    assert Call.objects.filter(month=NOVEMBER).update(charge=1) == 1


def test_the_database_refuses_another_call_in_a_frozen_month(office, take):
    take("first.csv", october(1))
    freeze(OCTOBER)
    call = Call.objects.get()
    call.outgoing = False
    with pytest.raises(IntegrityError, match="2026-10 is closed"), transaction.atomic():
        call.save(force_insert=True)
