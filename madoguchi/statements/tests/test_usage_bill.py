"""What messages and data cost: docs/usage-kinds.md's tables, a plain reference, and the way onto the bill."""

from datetime import UTC, date, datetime
from itertools import count

import polars as pl
import pytest
from django.conf import settings as django_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from madoguchi.contracts.models import Customer
from madoguchi.statements.closing.archive import archive, read
from madoguchi.statements.closing.close import close_month
from madoguchi.statements.closing.keeping import drop_old
from madoguchi.statements.closing.months import due_to_close
from madoguchi.statements.models import Bill, BillItem, DataAllowance, MessagePrice, UsageLine
from madoguchi.statements.rating import Allowance, Rule, Tariff, compile_tariff, data_lines, number_key, rate
from madoguchi.statements.rating.allowance import USED
from madoguchi.statements.rating.allowance import in_force as allowance_in_force
from madoguchi.statements.statement import statement_of
from madoguchi.statements.tests import reference_usage as reference
from madoguchi.statements.tests.mobile import HOME, NOVEMBER, OCTOBER, data, home, message, mobile, prices, take_in
from madoguchi.statements.tests.worked import table

NOW = datetime(2026, 11, 22, 1, tzinfo=UTC)
TODAY = date(2026, 11, 22)
GB = 10**9
Kind = BillItem.Kind
_EXAMPLES = count()


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


def settled(contract, month=OCTOBER):
    return statement_of(contract, month, today=TODAY).settled


def of_kind(contract, *kinds, month=OCTOBER):
    return settled(contract, month).of(*kinds)


def lines(used, *allowances):
    rows = [(n, OCTOBER, name, 1, amount) for n, (name, amount) in enumerate(used)]
    return data_lines(pl.DataFrame(rows, schema=USED, orient="row"), allowances)


@pytest.mark.parametrize("row", table("data", document="usage-kinds.md"))
def test_worked_data(row):
    included = int(row["included"]) if row["included"] else None
    terms = Allowance("a", OCTOBER, included, int(row["block"]), int(row["price m¥"]))
    found = lines([("a", int(row["bytes"]))], terms)
    assert found.select("blocks", "charge").row(0) == (int(row["blocks"]), int(row["charge m¥"]))


@pytest.mark.parametrize("row", table("messages", document="usage-kinds.md"))
def test_worked_messages(row):
    rules = [Rule(name.split()[0], "x", int(cell), 1) for name, cell in row.items() if name[:1].isdigit() and cell]
    calls = pl.DataFrame({"digits": [row["number"]], "talk_seconds": [int(row["parts"])], "outgoing": [True]})
    calls = calls.with_columns(
        other=number_key(pl.col("digits")),
        talk_seconds=pl.col("talk_seconds").cast(pl.Int32),
        started_at=pl.lit(datetime(2026, 10, 5, tzinfo=UTC)).dt.cast_time_unit("us"),
    )
    tables = [compile_tariff(Tariff("m", date(2022, 1, 1), tuple(rules)))]
    assert rate(calls, tables)["charge"].item() == int(row["charge m¥"])


@settings(max_examples=200)
@given(
    used=st.integers(0, 10**16),
    included=st.none() | st.integers(0, 10**16),
    block=st.integers(1, 10**13) | st.sampled_from([1, GB, 2**30, 2**62]),
    price=st.integers(0, 200),
)
def test_data_costs_what_the_reference_says(used, included, block, price):
    found = lines([("a", used)], Allowance("a", OCTOBER, included, block, price)).row(0, named=True)
    assert (found["blocks"], found["charge"]) == reference.data(used, included, block, price)


MONTHS = st.builds(date, st.integers(2024, 2027), st.integers(1, 12), st.just(1))


@settings(max_examples=100)
@given(rows=st.dictionaries(MONTHS, st.integers(0, 9), max_size=5), month=MONTHS)
def test_the_allowance_in_force_is_the_latest_that_has_begun(rows, month):
    kernel = [Allowance(str(included), begins, included) for begins, included in rows.items()]
    plain = [("s", "p", begins, included, 1, 0, "standard") for begins, included in rows.items()]
    found, expected = allowance_in_force(kernel, month), reference.allowance(plain, "s", "p", month)
    assert (found and found.included) == (expected and expected[3])


@settings(max_examples=12)
@given(
    amounts=st.lists(st.integers(0, 3 * GB), max_size=5),
    parts=st.lists(
        st.tuples(st.sampled_from(["09000000301", "+12025550101", "07000000201"]), st.integers(1, 9)), max_size=5
    ),
    cheap=st.booleans(),
)
def test_a_month_costs_what_the_reference_says(customer, tmp_path_factory, amounts, parts, cheap):
    # Examples share a database: each has a contract and a telephone of its own.
    ordinal = next(_EXAMPLES)
    line = f"0900{ordinal + 1000:07d}"
    contract = mobile(customer, number=f"C{ordinal:09d}", line=line)
    contract.telephone_numbers.update(started_on=date(2024, 4, 1))
    folder = tmp_path_factory.mktemp("usage")
    if cheap:
        MessagePrice.objects.get_or_create(
            prefix="8170", valid_from=OCTOBER, defaults={"kind": "mobile", "price": 1000}
        )
    source = 100 * ordinal
    if amounts:
        take_in(folder, "data", *(data(source + n, amount, line=line) for n, amount in enumerate(amounts)))
    if parts:
        rows = (message(source + n, to, sender=line, parts=count) for n, (to, count) in enumerate(parts))
        take_in(folder, "messages", *rows)
    price_rows = list(MessagePrice.objects.values_list("prefix", "kind", "valid_from", "price", "tax"))
    digits = {"09000000301": "819000000301", "+12025550101": "12025550101", "07000000201": "817000000201"}
    sent = [reference.message(price_rows, digits[to], count, OCTOBER) for to, count in parts]
    _blocks, beyond = reference.data(sum(amounts), 3 * GB, GB, 500_000)
    used = [("standard", beyond), *((tax, charge) for _kind, tax, charge in sent)]
    fees = [(part.tax_class, part.amount) for part in of_kind(contract, Kind.FEE)]
    found = settled(contract)
    assert found.lines == sum(charge for _tax, charge in used)
    assert (found.total, found.cut) == reference.total(used + fees, {"standard": 1000})
    assert found.adds_up()


def test_messages_and_data_are_lines_of_the_bill(phone, tmp_path):
    take_in(tmp_path, "data", data(1, 2 * GB), data(2, GB + 1))
    take_in(tmp_path, "messages", message(1, parts=2), message(2, "+12025550101"), message(3, own_number(phone)))
    shown = statement_of(phone, OCTOBER, today=TODAY)
    assert shown.data is not None
    assert [(row.kind, row.tax, row.calls, row.charge) for row in shown.messages] == [
        ("international", "exempt", 1, 50_000),
        ("mobile", "standard", 2, 9_000),
    ]
    assert (shown.data.used, shown.data.included, shown.data.beyond, shown.data.left) == (3 * GB + 1, 3 * GB, 1, 0)
    assert (shown.data.blocks, shown.data.charge) == (1, 500_000)
    close_month(OCTOBER, now=NOW)
    bill = Bill.objects.issued().get()
    assert (bill.lines, bill.fees, bill.tax, bill.total) == (559_000, 3_000, 51, 613)
    items = [(item.kind, item.code, item.count, item.bytes, item.amount) for item in bill.items.all()]
    assert items[:3] == [
        ("messages", "international", 1, 0, 50_000),
        ("messages", "mobile", 2, 0, 9_000),
        ("data", str(DataAllowance.objects.get(plan="3GB").pk), 1, 3 * GB + 1, 500_000),
    ]
    assert statement_of(phone, OCTOBER, today=TODAY).settled == shown.settled


def own_number(contract):
    return f"0{contract.telephone_numbers.get().number.removeprefix('+81')}"


def test_a_flat_line_is_a_line_of_nothing(customer, tmp_path):
    flat = home(customer, slug="hikari-internet", plan="ファミリー1ギガ")
    take_in(tmp_path, "sessions", data(1, 900 * GB, line=HOME))
    shown = statement_of(flat, OCTOBER, today=TODAY)
    assert shown.data is not None
    assert (shown.data.used, shown.data.included, shown.data.charge, shown.total) == (900 * GB, None, 0, 0)
    assert shown.data.left is None


def test_internet_access_against_an_allowance(customer, tmp_path):
    line = home(customer)
    take_in(tmp_path, "sessions", data(1, 100 * GB, line=HOME), data(2, 1, line=HOME))
    assert [(part.count, part.amount) for part in of_kind(line, Kind.DATA)] == [(1, 300_000)]


@pytest.mark.parametrize("row", table("late data", document="usage-kinds.md"))
def test_worked_late_data(phone, tmp_path, row):
    take_in(tmp_path, "data", data(1, int(row["billed bytes"])))
    close_month(OCTOBER, now=NOW)
    DataAllowance.objects.create(
        name_ja="後", name_en="Later", service=phone.service, plan="20GB", valid_from=NOVEMBER, included=0
    )
    phone.plan = "20GB"  # what the plan is by now does not matter
    phone.save()
    take_in(tmp_path, "data", data(2, int(row["late bytes"])))
    (part,) = of_kind(phone, Kind.DATA_ADJUSTMENT, month=NOVEMBER)
    assert (part.amount, part.month, part.bytes) == (int(row["adjustment m¥"]), OCTOBER, int(row["late bytes"]))
    assert settled(phone, NOVEMBER).adds_up()


def test_late_data_comes_on_what_came_late_before(phone, tmp_path):
    take_in(tmp_path, "data", data(1, 2_900_000_000))
    close_month(OCTOBER, now=NOW)
    take_in(tmp_path, "data", data(2, 200_000_000))
    take_in(tmp_path, "data", data(3, 800_000_000))
    (part,) = of_kind(phone, Kind.DATA_ADJUSTMENT, month=NOVEMBER)
    assert (part.amount, part.count) == (500_000, 1)


def test_a_late_message_is_on_the_next_bill(phone, tmp_path):
    take_in(tmp_path, "messages", message(1))
    close_month(OCTOBER, now=NOW)
    take_in(tmp_path, "messages", message(2, parts=3))
    (part,) = of_kind(phone, Kind.ADJUSTMENT, month=NOVEMBER)
    assert (part.code, part.count, part.amount, part.month) == ("messages", 1, 9_000, OCTOBER)


def test_a_month_of_data_alone_is_closed_archived_and_dropped(phone, tmp_path, settings, time_machine):
    settings.ARCHIVE = tmp_path / "archive"
    (folder := tmp_path / "in").mkdir()
    take_in(folder, "data", data(1, GB))
    take_in(folder, "messages", message(1))
    assert due_to_close(TODAY) == [OCTOBER]
    close_month(OCTOBER, now=NOW)
    assert archive(OCTOBER, now=NOW).calls == 0
    kept = read(OCTOBER, "usage")
    assert set(kept["records"]) == {"data", "messages"}
    assert kept["bytes"].sum() == GB
    assert read(OCTOBER, "bill_items").filter(kind="data")["bytes"].to_list() == [GB]
    much_later = NOW.replace(year=NOW.year + django_settings.CALLS_MONTHS // 12 + 2)
    assert [state.month for state in drop_old(now=much_later)] == [OCTOBER]
    assert not UsageLine.objects.exists()
