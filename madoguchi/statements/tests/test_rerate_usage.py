"""Messages and data priced again: in an open month on their lines, in a closed one as adjustments, shown first."""

from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import call_command

from madoguchi.contracts.models import Customer
from madoguchi.statements.closing import rerate
from madoguchi.statements.closing.close import close_month
from madoguchi.statements.imports.conflicts import decide
from madoguchi.statements.models import (
    Adjustment,
    Bill,
    BillItem,
    Conflict,
    DataAllowance,
    MessagePrice,
    Rerating,
    UsageImport,
    UsageLine,
)
from madoguchi.statements.statement import statement_of
from madoguchi.statements.tests.mobile import HOME, NOVEMBER, OCTOBER, data, home, message, mobile, prices, take_in
from madoguchi.statements.tests.worked import table
from madoguchi.statements.undo_import import undo_import

NOW = datetime(2026, 11, 22, 1, tzinfo=UTC)
TODAY = date(2026, 11, 22)
GB = 10**9
Kind = BillItem.Kind


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOW)


@pytest.fixture
def customer(db):
    prices()
    return Customer.objects.create(number="N123456789", name="青木 花子", name_kana="アオキ ハナコ")


@pytest.fixture
def phone(customer, tmp_path):
    """October of a mobile: three messages sent (one abroad), two received (one from a name), 4 GB of a plan of 3."""
    made = mobile(customer)
    ours = f"0{made.telephone_numbers.get().number.removeprefix('+81')}"
    sent = [message(1, parts=2), message(2, "+12025550101"), message(3, "07000000201")]
    take_in(tmp_path, "messages", *sent, message(4, ours, sender="09000000301"), message(5, ours, sender="AOBA INFO"))
    take_in(tmp_path, "data", data(1, 2 * GB), data(2, 2 * GB))
    return made


def run(**options):
    out = StringIO()
    call_command("rerate_month", "2026-10", stdout=out, **options)
    return out.getvalue()


def put_right(contract, month=NOVEMBER):
    return [
        (part.kind, part.code, part.count, part.bytes, part.amount)
        for part in statement_of(contract, month, today=TODAY).settled.of(Kind.ADJUSTMENT, Kind.DATA_ADJUSTMENT)
    ]


def cheaper_messages():
    MessagePrice.objects.create(prefix="8170", kind="mobile", valid_from=OCTOBER, price=1_000)


def larger_plan(plan="3GB", **terms):
    """From October on the plan includes 3.5 GB, and a block beyond costs ¥200."""
    terms = {"included": 3_500_000_000, "price": 200_000, **terms}
    service = DataAllowance.objects.filter(plan="3GB").latest("pk").service
    return DataAllowance.objects.create(
        name_ja="新", name_en="New", service=service, plan=plan, valid_from=OCTOBER, **terms
    )


def test_nothing_differs_where_nothing_changed(phone):
    found = rerate.look(OCTOBER, now=NOW)
    assert (found.lines, found.changed, found.unpriced, found.before, found.after) == (5, 0, 0, 59_000, 59_000)
    close_month(OCTOBER, now=NOW)
    found = rerate.look(OCTOBER, now=NOW)
    assert (found.lines, found.changed, found.before, found.after) == (6, 0, 559_000, 559_000)  # with the data


def test_messages_of_an_open_month_change_on_their_lines(phone):
    cheaper_messages()
    said = run()
    assert "C000000201  messages mobile  1 line  ¥3.000 → ¥1.000" in said
    assert "Nothing was changed" in said
    assert UsageLine.objects.filter(charge=1_000).count() == 0
    assert "Applied." in run(commit=True)
    line = UsageLine.objects.get(charge=1_000)
    assert (line.prefix, line.price, line.tariff) == ("8170", 1_000, "messages 2026-10")
    assert statement_of(phone, OCTOBER, today=TODAY).lines == 57_000 + 500_000
    assert rerate.look(OCTOBER, now=NOW).changed == 0
    assert not Adjustment.objects.exists()


def test_messages_of_a_closed_month_are_put_right_on_the_next_bill(phone, tmp_path):
    close_month(OCTOBER, now=NOW)
    take_in(tmp_path, "messages", message(9, "07000000201", parts=3))  # came late, and is priced again as well
    cheaper_messages()
    run(commit=True)
    again = Adjustment.objects.filter(reason="rerated").order_by("pk")
    assert sorted((row.records, row.before, row.after) for row in again) == [
        ("messages", 3_000, 1_000),
        ("messages", 9_000, 3_000),
    ]
    assert put_right(phone) == [("adjustment", "messages", 1, 0, -2_000 + 3_000)]
    assert rerate.look(OCTOBER, now=NOW).changed == 0
    assert set(UsageLine.objects.filter(outgoing=True, other="+817000000201").values_list("charge", flat=True)) == {
        3_000
    }


def test_data_of_an_open_month_counts_by_todays_plan_at_once(phone):
    larger_plan()
    assert statement_of(phone, OCTOBER, today=TODAY).lines == 59_000 + 200_000
    assert rerate.look(OCTOBER, now=NOW).changed == 0


def test_data_of_a_closed_month_is_priced_by_the_plan_it_was_billed_by(phone, tmp_path):
    close_month(OCTOBER, now=NOW)
    phone.plan = "20GB"  # changed since: it says nothing about October
    phone.save()
    assert rerate.look(OCTOBER, now=NOW).changed == 0
    larger_plan()
    assert "C000000201  data  1 line  ¥500.000 → ¥200.000" in run()
    assert "Applied." in run(commit=True)
    assert put_right(phone) == [("data_adj", "", 0, 0, -300_000)]
    assert rerate.look(OCTOBER, now=NOW).changed == 0
    # What comes late now, or is priced a third time, goes by the allowance that was put right.
    take_in(tmp_path, "data", data(3, GB))
    assert put_right(phone) == [("data_adj", "", 1, GB, -100_000)]
    close_month(NOVEMBER, now=NOW.replace(month=12))
    assert Bill.objects.issued().get(month=NOVEMBER).adjustments == -100_000
    larger_plan(plan="").delete()
    DataAllowance.objects.filter(plan="3GB", valid_from=OCTOBER).update(valid_from=date(2027, 1, 1))
    run(commit=True)
    assert put_right(phone, date(2026, 12, 1)) == [("data_adj", "", 0, 0, 600_000)]


@pytest.mark.parametrize("row", table("data of a closed month priced again", document="usage-kinds.md"))
def test_worked_data_priced_again(customer, tmp_path, row):
    phone = mobile(customer)
    take_in(tmp_path, "data", data(1, int(row["used bytes"])))
    close_month(OCTOBER, now=NOW)
    included = int(row["included now"]) if row["included now"] else None
    larger_plan(included=included, price=int(row["price now m¥"]))
    run(commit=True)
    assert sum(amount for *_names, amount in put_right(phone)) == int(row["adjustment m¥"])


@pytest.mark.parametrize("row", table("late data priced again", document="usage-kinds.md"))
def test_worked_late_data_priced_again(customer, tmp_path, row):
    """Of a month that was billed without any data: all of it came late, and each part is on the bill after it."""
    phone = mobile(customer)
    take_in(tmp_path, "messages", message(1))
    close_month(OCTOBER, now=NOW)
    take_in(tmp_path, "data", data(2, int(row["late bytes"])))
    on = NOVEMBER
    if row["November"] == "closed":
        close_month(NOVEMBER, now=NOW.replace(month=12))
        on = date(2026, 12, 1)
    included = int(row["included now"]) if row["included now"] else None
    larger_plan(included=included, price=int(row["price now m¥"]))
    phone.plan = "20GB"  # what the plan is by now does not matter
    phone.save()
    before = sum(amount for *_names, amount in put_right(phone, on))
    assert before == (int(row["first m¥"]) if on == NOVEMBER else 0)  # nothing differs until it is applied
    said = run(commit=True)
    assert ("  data  1 line" in said) == (int(row["adjustment m¥"]) != 0)
    assert sum(amount for *_names, amount in put_right(phone, on)) == before + int(row["adjustment m¥"])
    assert rerate.look(OCTOBER, now=NOW).changed == 0


def test_late_data_counts_by_what_the_first_of_it_came_in_by(customer, tmp_path):
    phone = mobile(customer)
    take_in(tmp_path, "messages", message(1))
    close_month(OCTOBER, now=NOW)
    first = take_in(tmp_path, "data", data(2, GB))
    larger_plan(included=0)
    take_in(tmp_path, "data", data(3, 3 * GB))
    assert put_right(phone) == [("data_adj", "", 1, 4 * GB, 500_000)]
    undo_import(first.number, now=NOW)
    assert put_right(phone) == [("data_adj", "", 0, 3 * GB, 0)]
    undo_import(UsageImport.objects.latest("pk").pk, now=NOW)
    assert rerate.look(OCTOBER, now=NOW).changed == 0
    take_in(tmp_path, "data", data(4, GB))  # nothing is left of it: the first anew
    assert put_right(phone) == [("data_adj", "", 1, GB, 200_000)]


def test_data_moved_into_a_month_billed_without_any(customer, tmp_path):
    phone = mobile(customer)
    take_in(tmp_path, "messages", message(1))
    take_in(tmp_path, "data", data(2, 4 * GB, month=11))
    close_month(OCTOBER, now=NOW)
    _id, moved = data(2, 4 * GB).split(",", 1)
    take_in(tmp_path, "data", f"11-2,{moved}")  # it was in October
    decide(Conflict.objects.get(), "taken", by=None, now=NOW)
    assert put_right(phone) == [("data_adj", "", 1, 4 * GB, 500_000)]
    larger_plan()
    run(commit=True)
    assert put_right(phone) == [("data_adj", "", 1, 4 * GB, 200_000)]


def test_internet_access_of_a_closed_month(customer, tmp_path):
    line = home(customer)
    take_in(tmp_path, "sessions", data(1, 100 * GB, line=HOME), data(2, 1, line=HOME))
    close_month(OCTOBER, now=NOW)
    flat = DataAllowance.objects.get(service=line.service)
    flat.pk, flat.valid_from, flat.included = None, OCTOBER, None
    flat.save(force_insert=True)
    run(commit=True)
    adjustment = Adjustment.objects.get()
    assert (adjustment.records, adjustment.before, adjustment.after) == ("sessions", 300_000, 0)
    assert put_right(line) == [("data_adj", "", -1, 0, -300_000)]


def test_what_was_looked_at_is_what_is_applied(phone, tmp_path):
    close_month(OCTOBER, now=NOW)
    larger_plan()
    found = rerate.look(OCTOBER, now=NOW)
    take_in(tmp_path, "data", data(3, GB))
    with pytest.raises(rerate.CannotRerate, match="stale"):
        rerate.apply(found, now=NOW)
    assert Adjustment.objects.filter(reason="rerated").count() == 0
    assert Rerating.objects.get().applied_at is None


def test_messages_without_a_price_today_are_left_as_they_are(phone):
    MessagePrice.objects.all().delete()
    found = rerate.look(OCTOBER, now=NOW)
    assert (found.changed, found.unpriced, found.before, found.after) == (1, 3, 59_000, 59_000)  # a sender's class
