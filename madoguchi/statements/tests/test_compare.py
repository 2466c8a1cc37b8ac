"""Two versions over a month: every difference to the milli-yen, and nothing stored."""

from datetime import date, datetime, timedelta

import pytest

from madoguchi.contracts.models import Customer
from madoguchi.contracts.tests.household import contract
from madoguchi.statements.import_calls import CallFile, import_calls
from madoguchi.statements.load_tariff import load_tariff
from madoguchi.statements.models import Call, TariffVersion
from madoguchi.statements.tariffs import compare as comparing
from madoguchi.statements.tariffs.compare import compare
from madoguchi.statements.tariffs.versions import copy_rules

pytestmark = pytest.mark.django_db
MONTH = date(2026, 10, 1)
NOW = datetime.fromisoformat("2026-11-01T00:00+09:00")
CALLED = ["0312345678", "0312345678", "09012345678", "05000901234", "010442079460999"]


@pytest.fixture
def first(tmp_path):
    version = load_tariff()
    customer = Customer.objects.create(number="N000000018")
    rows = []
    for place in range(3):
        ours = f"0501234567{place}"
        contract(customer, f"C00000000{place}", held=(f"+81{ours[1:]}",))
        for ordinal, number in enumerate(CALLED[: 5 - place]):
            start = NOW - timedelta(days=9, minutes=ordinal)
            times = [f"{moment:%Y-%m-%d %H:%M:%S}" for moment in (start, start, start + timedelta(seconds=190))]
            cells = ["", ours, number, "x", "", "a", "b", "Dial", "", *times, "190", "181", "ANSWERED"]
            rows.append(",".join([*cells, "3", f"17900000{place}.{ordinal}", ""]))
    path = tmp_path / "calls.csv"
    path.write_text("\n".join(rows) + "\n")
    assert not import_calls(CallFile(path, "asterisk", "test"), now=NOW, commit=True).problems
    return version


def second_of(first, **changes):
    version = TariffVersion.objects.create(name="次", usage_kinds=["ip050"], valid_from=date(2027, 4, 1))
    copy_rules(version, first)
    for prefix, price in changes.items():
        rules = version.rules.filter(prefix=prefix[1:])
        rules.update(price=price) if price is not None else rules.delete()
    return version


def test_a_version_and_its_copy_differ_in_nothing(first):
    found = compare(first, second_of(first), month=MONTH)
    assert (found.total["calls"], found.total["difference"], found.total["changed"]) == (12, 0, 0)
    assert found.total["before"] == sum(Call.objects.values_list("charge", flat=True))


def test_differences_are_told_by_class_and_by_contract(first):
    stored = list(Call.objects.order_by("pk").values())
    found = compare(first, second_of(first, p81=8500, p8190=None), month=MONTH)
    kinds = {row["kind"]: row for row in found.kinds.to_dicts()}
    assert (kinds["fixed"]["before"], kinds["fixed"]["after"], kinds["fixed"]["changed"]) == (96_000, 102_000, 6)
    # Without their own rule, mobiles fall back to that of fixed lines.
    assert kinds["mobile"]["difference"] == 3 * (2 * 8500 - 4 * 16000)
    assert kinds["international"]["difference"] == 0
    contracts = found.contracts.to_dicts()
    assert [row["calls"] for row in contracts] == [5, 4, 3] or contracts[0]["difference"] == contracts[1]["difference"]
    assert sum(row["difference"] for row in contracts) == found.total["difference"] == 6000 - 3 * 47_000
    assert list(Call.objects.order_by("pk").values()) == stored


def test_calls_a_version_has_no_price_for_are_counted(first):
    found = compare(first, second_of(first, p44=None), month=MONTH)
    assert (found.total["unpriced_after"], found.total["unpriced_before"]) == (1, 0)
    assert found.total["difference"] == -80_000


def test_batches_add_up_to_the_same(first, monkeypatch):
    second = second_of(first, p81=8500)
    whole = compare(first, second, month=MONTH)
    monkeypatch.setattr(comparing, "BATCH", 1)
    parts = compare(first, second, month=MONTH)
    assert (parts.total, parts.kinds.rows()) == (whole.total, whole.kinds.rows())
    assert parts.contracts.rows() == whole.contracts.rows()


def test_a_month_without_calls_is_nought(first):
    found = compare(first, second_of(first), month=date(2020, 1, 1))
    assert (found.total["calls"], found.kinds.height, found.contracts.height) == (0, 0, 0)
