"""An October of calls to close: the worked example of docs/rating.md for one contract, a call for another."""

from datetime import date

from django.utils import timezone

from madoguchi.accounts.tests.people import alice, bob
from madoguchi.contracts.tests.household import Household, household
from madoguchi.statements.import_calls import CallFile, import_calls
from madoguchi.statements.load_tariff import load_tariff
from madoguchi.statements.models import TariffVersion
from madoguchi.statements.tests.test_import_calls import row

SEPTEMBER, OCTOBER, NOVEMBER = date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)
OURS, BRANCH, SHOP = "05000000101", "05000000201", "0300001234"


def call(caller, called, n, *, talk=180, day=5, month=10):
    """A call of October (or another month of 2026); ``n`` tells it from others."""
    begin = f"2026-{month:02}-{day:02} {9 + n // 60:02}:{n % 60:02}"
    minutes = talk // 60
    end = f"2026-{month:02}-{day:02} {9 + (n + minutes) // 60:02}:{(n + minutes) % 60:02}"
    return row(
        caller, called, f"{begin}:00", f"{end}:{talk % 60:02}", talk=str(talk), uniqueid=f"{1_790_000_000 + month}.{n}"
    )


def take_in(folder, *rows):
    """Through the real importer."""
    if not TariffVersion.objects.exists():
        load_tariff()
    path = folder / f"{len(list(folder.iterdir()))}.csv"
    path.write_text("".join(rows))
    outcome = import_calls(CallFile(path, "asterisk", "test"), now=timezone.now(), commit=True)
    assert not outcome.problems
    return outcome


def october(folder) -> Household:
    home = household(holder=alice(), colleague=bob())
    out = [call(OURS, SHOP, n) for n in range(30)]
    into = [call(SHOP, OURS, 100 + n) for n in range(30)]
    take_in(folder, *out, *into, call(BRANCH, SHOP, 200))
    return home
