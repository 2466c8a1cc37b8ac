"""Closing a month: bills that add up, all at once, once, and never again otherwise."""

from datetime import date, datetime
from io import StringIO

import polars as pl
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from madoguchi.statements.closing import close, schedule
from madoguchi.statements.closing.parts import of_bill
from madoguchi.statements.models import Bill, BillingMonth, BillItem, Call, ClosingRun, TaxRate
from madoguchi.statements.rating import ADJUSTMENT, FEE_LINE, settle, summarise
from madoguchi.statements.statement import statement_of
from madoguchi.statements.tests.october import (
    BRANCH,
    NOVEMBER,
    OCTOBER,
    OURS,
    SEPTEMBER,
    SHOP,
    call,
    october,
    take_in,
)
from madoguchi.statements.tests.worked import table

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(datetime.fromisoformat("2026-11-22T10:00:00+09:00"))


@pytest.fixture
def home(tmp_path):
    return october(tmp_path)


def run(month="2026-10"):
    out = StringIO()
    call_command("close_month", month, stdout=out)
    return out.getvalue()


def sums(bill):
    return bill.lines, bill.discount, bill.fees, bill.adjustments, bill.tax, bill.cut, bill.total


def test_every_contract_with_something_to_pay_has_a_bill(home):
    assert "2026-10 is closed: 2 bills, ¥233 in all." in run()
    office, branch = Bill.objects.order_by("number")
    # Lines ¥240, discount ¥45, two numbers at ¥2 + ¥1, tax 10 % of ¥201, floor.
    assert (office.contract, office.number, sums(office)) == (
        *(home.office, "202610-0000001"),
        (240_000, 45_000, 6_000, 0, 20, 0, 221),
    )
    assert (branch.contract, branch.number, sums(branch)) == (
        *(home.branch, "202610-0000002"),
        (8_000, 0, 3_000, 0, 1, 0, 12),
    )
    assert {bill.customer for bill in (office, branch)} == {home.customer}
    assert office.due_on == date(2026, 11, 30)


def test_a_bill_says_line_by_line_what_it_is_for(home):
    run()
    items = Bill.objects.get(contract=home.office).items.values_list("kind", "code", "count", "amount", "tax_yen")
    assert list(items) == [
        ("calls", "fixed", 30, 240_000, 24),
        ("discount", items[1][1], 90, -45_000, -4),
        ("fee", "relay", 2, 2_000, 0),
        ("fee", "universal", 2, 4_000, 0),
        ("tax", "", 0, 201_000, 20),
    ]


def test_the_statement_of_a_closed_month_is_its_bill(home):
    before = statement_of(home.office, OCTOBER, today=date(2026, 11, 22))
    assert (before.provisional, before.closes_on, before.running) == (True, date(2026, 11, 10), False)
    run()
    TaxRate.objects.update(basis_points=2000)  # what is changed afterwards changes nothing
    after = statement_of(home.office, OCTOBER, today=date(2026, 11, 22))
    assert not after.provisional
    assert (after.total, after.taxes, after.classes) == (before.total, before.taxes, before.classes)
    assert (after.discount, [fee.charge for fee in after.fees]) == (
        before.discount,
        [fee.charge for fee in before.fees],
    )


def test_nobody_sees_a_bill_before_the_last_part_is_done(home):
    closing = close.begin(OCTOBER, now=timezone.now())
    for shard in range(7):
        close.work_part(closing, shard)
        assert not close.finish(closing, now=timezone.now())
        assert not Bill.objects.issued().exists()
    close.work_part(closing, 7)
    assert close.finish(closing, now=timezone.now())
    assert Bill.objects.issued().count() == 2


def test_again_changes_nothing(home):
    run()
    before = list(Bill.objects.order_by("pk").values())
    assert "2026-10 is closed already. Nothing was changed." in run()
    closing = ClosingRun.objects.get()
    close.work(closing)
    assert close.finish(closing, now=timezone.now())
    assert list(Bill.objects.order_by("pk").values()) == before


def test_months_are_closed_in_their_order_and_when_they_are_over(home, tmp_path):
    take_in(tmp_path, call(OURS, SHOP, 1, month=9), call(OURS, SHOP, 1, month=11))
    with pytest.raises(CommandError, match="2026-09 has calls and is not closed yet"):
        run()
    with pytest.raises(CommandError, match="2026-11 is not over yet"):
        run("2026-11")
    with pytest.raises(CommandError, match="'2026-13' is not a month"):
        run("2026-13")
    assert not BillingMonth.objects.exists()
    run("2026-09")
    run()


def test_a_closing_can_be_called_off_before_its_end(home):
    closing = close.begin(OCTOBER, now=timezone.now())
    close.work_part(closing, home.office.pk % 8)
    assert Bill.objects.count() >= 1
    close.call_off(closing, now=timezone.now())
    assert not Bill.objects.exists()
    assert Call.objects.filter(month=OCTOBER).update(talk_seconds=180) == 61
    close.work(closing)
    assert not close.finish(closing, now=timezone.now())
    run()
    assert Bill.objects.issued().count() == 2
    with pytest.raises(close.CannotClose):
        close.call_off(ClosingRun.objects.latest("pk"), now=timezone.now())


def test_late_calls_are_on_the_next_bill_and_so_is_what_they_change_in_the_discount(home, tmp_path):
    run()
    # A call of ¥8 nobody knew of, and ten minutes received, worth ¥5 of discount in October.
    take_in(tmp_path, call(OURS, SHOP, 300), call(SHOP, OURS, 310, talk=600), call(OURS, SHOP, 1, month=11))
    november = statement_of(home.office, NOVEMBER, today=date(2026, 11, 22))
    assert [(row.kind, row.month, row.charge) for row in november.later] == [
        ("adjustment", OCTOBER, 8_000),
        ("discount_adj", OCTOBER, -5_000),
    ]
    assert (november.subtotal, november.total) == (8_000 + 6_000 + 3_000, 18)
    close_november()
    bill = Bill.objects.get(month=NOVEMBER, contract=home.office)
    assert sums(bill) == (8_000, 0, 6_000, 3_000, 1, 0, 18)
    assert Bill.objects.get(month=OCTOBER, contract=home.office).total == 221


def close_november():
    begun = close.begin(NOVEMBER, now=datetime.fromisoformat("2026-12-11T00:00:00+09:00"))
    close.work(begun)
    assert close.finish(begun, now=timezone.now())


def test_credit_beyond_a_bill_is_carried_to_the_next(home, tmp_path):
    """The branch talked on the phone in October; five hours received come late, worth more than November's charges."""
    take_in(tmp_path, *(call(BRANCH, SHOP, 400 + n, talk=3000) for n in (0, 51, 102)))
    run()
    assert Bill.objects.get(contract=home.branch).lines == 8_000 + 3 * 17 * 8_000
    take_in(tmp_path, *(call(SHOP, BRANCH, 600 + n, talk=3000, day=6) for n in (0, 51, 102, 153)))
    close_november()
    bill = Bill.objects.get(month=NOVEMBER, contract=home.branch)
    assert (bill.fees, bill.adjustments, bill.carried, bill.total) == (3_000, -100_000, 97_000, 0)
    december = statement_of(home.branch, date(2026, 12, 1), today=date(2026, 12, 20))
    assert [(row.kind, row.month, row.charge) for row in december.later] == [
        ("brought", NOVEMBER, -97_000),
        ("carried", None, 94_000),
    ]
    assert december.total == 0


def test_tax_on_what_came_late_is_that_of_its_month(home, tmp_path):
    run()
    TaxRate.objects.create(tax="standard", valid_from=NOVEMBER, basis_points=2000)
    take_in(tmp_path, *(call(OURS, SHOP, 300 + n) for n in range(5)))
    november = statement_of(home.office, NOVEMBER, today=date(2026, 11, 22))
    assert [(tax.percent, tax.base, tax.amount) for tax in november.taxes] == [("20", 6_000, 1), ("10", 40_000, 4)]
    assert november.total == 51


@pytest.mark.parametrize("model", [Bill, BillItem])
def test_the_database_refuses_to_change_bills_of_a_closed_month(home, model):
    run()
    row = model.objects.all()[0]
    change = {"tax" if model is Bill else "amount": 0}
    for act in (lambda: model.objects.update(**change), row.delete, lambda: copy(row)):
        with pytest.raises(IntegrityError, match="2026-10 is closed"), transaction.atomic():
            act()


def copy(row):
    row.pk = None
    row.save(force_insert=True)


def test_the_database_refuses_a_bill_that_does_not_add_up(home):
    closing = close.begin(OCTOBER, now=timezone.now())
    close.work(closing)
    with pytest.raises(IntegrityError, match="bill_adds_up"), transaction.atomic():
        Bill.objects.update(lines=1)


def test_a_closed_month_is_never_opened_and_a_run_never_taken_back(home):
    run()
    for act, words in (
        (lambda: BillingMonth.objects.update(closed_at=None), "2026-10 is closed"),
        (BillingMonth.objects.all().delete, "2026-10 is closed"),
        (lambda: ClosingRun.objects.update(finished_at=None), "append-only"),
    ):
        with pytest.raises(IntegrityError, match=words), transaction.atomic():
            act()


def test_every_bill_adds_up_from_its_lines(home):
    run()
    assert all(of_bill(bill).adds_up() for bill in Bill.objects.all())
    wrong = of_bill(Bill.objects.all()[0])
    wrong.parts[0].amount += 1
    assert not wrong.adds_up()


@pytest.mark.parametrize("row", table("a bill with adjustments", document="closing.md"), ids=str)
def test_a_bill_totals_what_the_table_says(row):
    lines, fees, adjusted, carried, tax, cut, total = map(int, row.values())
    month = OCTOBER
    columns = {"contract": [1], "month": [month], "outgoing": [True], "kind": ["fixed"], "tax": ["standard"]}
    settled = settle(
        summarise(pl.DataFrame({**columns, "talk_seconds": [60], "charge": [lines]}), None),
        pl.DataFrame([(1, month, "fee", month, 1, fees, fees, "standard")], schema=FEE_LINE, orient="row"),
        rule=None,
        rates={"standard": 1000},
        adjustments=pl.DataFrame([(1, month, "standard", adjusted)], schema=ADJUSTMENT, orient="row"),
    )
    (found,) = settled.select("carried", "tax", "cut", "total").rows()
    assert found == (carried, tax, cut, total)


def test_the_periodic_job_closes_what_is_due_on_its_day(home, tmp_path):
    from procrastinate.contrib.django.models import ProcrastinateJob

    take_in(tmp_path, call(OURS, SHOP, 1, month=9))
    schedule.close_due(now=datetime.fromisoformat("2026-10-09T23:00:00+09:00"))
    assert not ClosingRun.objects.exists()
    schedule.close_due(now=datetime.fromisoformat("2026-11-22T10:00:00+09:00"))
    closing = ClosingRun.objects.get()
    assert closing.month == SEPTEMBER
    jobs = ProcrastinateJob.objects.filter(task_name="statements.close_part")
    assert sorted(job.args["shard"] for job in jobs) == list(range(8))
    schedule.close_due(now=datetime.fromisoformat("2026-11-22T11:00:00+09:00"))
    assert jobs.count() == 8
