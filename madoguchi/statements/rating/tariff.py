"""What a call costs, as the operator writes it: rules by number prefix. Plain data, read by :mod:`.table`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

# Tax classes. Their rates are dated data (see tax.py); what is outside the tax base has a class of its own.
STANDARD = "standard"
EXEMPT = "exempt"

HOLIDAY = 7  # after Monday = 0 … Sunday = 6


class WrongTariff(ValueError):
    """The tariff contradicts itself; the message says where."""


@dataclass(frozen=True, slots=True)
class Band:
    """A part of the week with prices of its own.

    ``days``: 0 Monday … 6 Sunday, 7 a holiday (a holiday is only that, whatever its weekday). ``hours``: 0–23, local.
    """

    name: str
    days: frozenset[int]
    hours: frozenset[int]


@dataclass(frozen=True, slots=True)
class Rule:
    """The price of calls to numbers that begin with ``prefix`` (digits, country code first, no plus sign).

    Money is milli-yen before tax, time is seconds. ``carried`` False: another carrier takes and bills the call.
    ``band`` names the part of the week it holds in; a rule without one holds whenever no banded rule of the same
    prefix does.
    """

    prefix: str
    kind: str  # class of destination: fixed, mobile, international …
    price: int = 0
    block_seconds: int = 60
    setup: int = 0
    free_seconds: int = 0
    tax: str = STANDARD
    carried: bool = True
    band: str = ""


@dataclass(frozen=True, slots=True)
class Tariff:
    """One version. ``valid_from`` is the first local day it holds; the next version ends it."""

    name: str
    valid_from: date
    rules: tuple[Rule, ...]
    bands: tuple[Band, ...] = ()
    holidays: frozenset[date] = frozenset()
    zone: str = "Asia/Tokyo"


def check(tariff: Tariff) -> None:
    """Raise :class:`WrongTariff` with the first thing that cannot be meant."""
    bands = {band.name for band in tariff.bands}
    seen: set[tuple[str, str]] = set()
    for rule in tariff.rules:
        where = f"{tariff.name}, prefix {rule.prefix}"
        if not (rule.prefix.isascii() and rule.prefix.isdigit() and len(rule.prefix) <= 15):
            raise WrongTariff(f"{tariff.name}: {rule.prefix!r} is no prefix of 1 to 15 digits")
        if rule.block_seconds < 1:
            raise WrongTariff(f"{where}: a block has at least one second")
        if min(rule.price, rule.setup, rule.free_seconds) < 0:
            raise WrongTariff(f"{where}: prices and free seconds are not negative")
        if rule.band and rule.band not in bands:
            raise WrongTariff(f"{where}: no time band is called {rule.band!r}")
        if (rule.prefix, rule.band) in seen:
            raise WrongTariff(f"{where}: two rules for the same prefix and time")
        seen.add((rule.prefix, rule.band))
    _check_bands(tariff)


def _check_bands(tariff: Tariff) -> None:
    taken: dict[tuple[int, int], str] = {}
    for band in tariff.bands:
        for day in band.days:
            for hour in band.hours:
                if (other := taken.setdefault((day, hour), band.name)) != band.name:
                    raise WrongTariff(f"{tariff.name}: bands {other} and {band.name} overlap on day {day}, {hour}:00")


def in_force(tariffs: Iterable[Tariff], on: date) -> Tariff | None:
    """The version that holds on a local day; None before the first."""
    return max((t for t in tariffs if t.valid_from <= on), key=lambda t: t.valid_from, default=None)
