"""A month priced again: first the difference, then, if wanted, what comes of it."""

from datetime import date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from madoguchi.statements.closing import close, rerate
from madoguchi.statements.models import Adjustment, Call, Rerating, TariffRule, TariffVersion
from madoguchi.statements.statement import statement_of
from madoguchi.statements.tests.october import NOVEMBER, OCTOBER, OURS, SHOP, call, october, take_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(datetime.fromisoformat("2026-11-22T10:00:00+09:00"))


@pytest.fixture
def home(tmp_path):
    return october(tmp_path)


@pytest.fixture
def dearer(home):
    """A version from October on: fixed lines at ¥10, and no price for anything else."""
    version = TariffVersion.objects.get()
    rule = TariffRule.objects.get(version=version, prefix="81", band="")
    later = TariffVersion.objects.create(
        name="値上げ 2026-10",
        usage_kinds=version.usage_kinds,
        valid_from=OCTOBER,
        released_at=timezone.now(),
    )
    rule.pk, rule.version, rule.price = None, later, 10_000
    rule.save(force_insert=True)


def run(month="2026-10", **options):
    out = StringIO()
    call_command("rerate_month", month, stdout=out, **options)
    return out.getvalue()


def total(contract, month):
    return statement_of(contract, month, today=date(2026, 11, 22)).total


def test_nothing_differs_where_nothing_changed(home):
    found = rerate.look(OCTOBER, now=timezone.now())
    assert (found.lines, found.changed, found.before) == (61, 0, found.after)
    assert not found.differences.exists()


@pytest.mark.usefixtures("dearer")
def test_the_difference_comes_first(home):
    said = run()
    assert "61  lines looked at" in said
    assert "C100000001  calls fixed  30 lines  ¥240.000 → ¥300.000" in said
    assert "¥248.000 → ¥310.000" in said
    assert "Nothing was changed" in said
    assert set(Call.objects.filter(outgoing=True).values_list("charge", flat=True)) == {8_000}
    assert Rerating.objects.get().applied_at is None


@pytest.mark.usefixtures("dearer")
def test_applied_to_an_open_month_its_lines_change(home):
    assert total(home.office, OCTOBER) == 221
    assert "Applied." in run(commit=True)
    assert set(Call.objects.filter(outgoing=True).values_list("charge", "tariff")) == {(10_000, "値上げ 2026-10")}
    assert total(home.office, OCTOBER) == 287  # ¥300 − ¥45 + ¥6, tax 26
    assert rerate.look(OCTOBER, now=timezone.now()).changed == 0


@pytest.mark.usefixtures("dearer")
def test_applied_to_a_closed_month_it_is_adjustments_in_the_next(home, tmp_path):
    TariffVersion.objects.filter(name="値上げ 2026-10").update(valid_from=date(2027, 1, 1))
    close.close_month(OCTOBER, now=timezone.now())
    take_in(tmp_path, call(OURS, SHOP, 400))  # came late, and is priced again as well
    TariffVersion.objects.filter(name="値上げ 2026-10").update(valid_from=OCTOBER)
    assert "32  changed" in run(commit=True)
    assert set(Call.objects.filter(outgoing=True).values_list("charge", flat=True)) == {8_000}
    assert total(home.office, OCTOBER) == 221
    again = Adjustment.objects.filter(reason="rerated")
    assert {(row.month, row.for_month, row.before, row.after) for row in again} == {(NOVEMBER, OCTOBER, 8_000, 10_000)}
    # 30 calls and the late one at ¥2 more, and the late one itself; two fees, ¥6.
    november = statement_of(home.office, NOVEMBER, today=date(2026, 11, 22))
    assert [(row.kind, row.charge) for row in november.later] == [("adjustment", 31 * 2_000 + 8_000)]
    assert rerate.look(OCTOBER, now=timezone.now()).changed == 0


@pytest.mark.usefixtures("dearer")
def test_what_was_looked_at_is_what_is_applied(home, tmp_path):
    found = rerate.look(OCTOBER, now=timezone.now())
    take_in(tmp_path, call(OURS, SHOP, 400))
    TariffRule.objects.update(price=11_000)
    with pytest.raises(rerate.CannotRerate, match="stale"):
        rerate.apply(found, now=timezone.now())
    assert Call.objects.get(call_id__endswith=".400").charge == 10_000
    assert not Call.objects.filter(charge=11_000).exists()
    found = rerate.look(OCTOBER, now=timezone.now())
    rerate.apply(found, now=timezone.now())
    with pytest.raises(rerate.CannotRerate, match="applied"):
        rerate.apply(found, now=timezone.now())


@pytest.mark.usefixtures("dearer")
def test_calls_without_a_price_today_are_left_as_they_are(home):
    TariffRule.objects.all().delete()
    found = rerate.look(OCTOBER, now=timezone.now())
    assert (found.changed, found.unpriced, found.before) == (30, 31, found.after)  # callers received lost their class


@pytest.mark.parametrize("command", ["rerate_month", "close_month"])
@pytest.mark.parametrize("month", ["2026-13", "october", "9999-12", "0001-01"])
def test_what_is_no_month_is_said_in_a_sentence(command, month):
    with pytest.raises(CommandError, match=f"'{month}' is not a month such as 2026-10"):
        call_command(command, month)


@pytest.mark.usefixtures("home", "dearer")
def test_what_changed_while_the_command_waited_is_said(monkeypatch):
    def waited(**_how):
        TariffRule.objects.filter(price=10_000).update(price=12_000)

    monkeypatch.setattr(rerate, "keep_imports_out", waited)
    with pytest.raises(CommandError, match=r"changed meanwhile\. Nothing was applied"):
        run(commit=True)
    assert set(Call.objects.filter(outgoing=True).values_list("charge", flat=True)) == {8_000}
    assert Rerating.objects.get().applied_at is None
