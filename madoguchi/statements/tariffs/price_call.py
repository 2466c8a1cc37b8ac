"""What a call would cost, and why: one call through the kernel that rates them all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import polars as pl

from madoguchi.statements import numbers
from madoguchi.statements.book import Book, all_tax_rates, as_tariff
from madoguchi.statements.models import TariffVersion
from madoguchi.statements.rating import (
    HOLIDAY,
    Rule,
    Table,
    Tariff,
    compile_tariff,
    number_key,
    rate,
    rates_in_force,
)

_CALL: dict[str, pl.DataType | type[pl.DataType]] = {
    "digits": pl.String,
    "outgoing": pl.Boolean,
    "talk_seconds": pl.Int32,
    "started_at": pl.Datetime("us", "UTC"),
}


@dataclass(frozen=True, slots=True)
class Price:
    """An outgoing call as the statement would show it; money in milli-yen before tax.

    ``tariff`` is empty when no version is in force, ``prefix`` when it has no rule for the number. ``rule`` is the one
    that won, ``band`` the time band of the moment (empty outside all), ``percent`` the tax rate, None outside the base.
    """

    called: numbers.Number
    area_ja: str
    area_en: str
    talk_seconds: int
    tariff: str
    prefix: str
    kind: str
    blocks: int
    block_seconds: int
    price: int
    setup: int
    charge: int
    tax: str
    carried: bool
    rule: Rule | None
    band: str
    percent: str | None

    @property
    def billed_seconds(self) -> int:
        return self.blocks * self.block_seconds

    @property
    def for_blocks(self) -> int:
        return self.blocks * self.price


def price_call(
    called: str, *, usage_kind: str, at: datetime, talk_seconds: int, version: TariffVersion | None = None
) -> Price:
    """The price of a call from a contract of ``usage_kind`` to ``called``, as a switch or a person writes it.

    ``version``: this one, a draft too, whatever the day; None for the one in force. Raises
    :class:`~madoguchi.statements.reasons.Unreadable`.
    """
    number = numbers.normalise(called)
    tables = [_always(version)] if version else Book.of_today().tables.get(usage_kind, [])
    digits = numbers.digits(number.e164)
    frame = pl.DataFrame([(digits, True, talk_seconds, at)], schema=_CALL, orient="row")
    line = rate(frame.with_columns(other=number_key(pl.col("digits"))), tables).row(0, named=True)
    tariff = next((table.tariff for table in tables if table.tariff.name == line["tariff"]), None)
    band = _band(tariff, at) if tariff else ""
    japanese, english = numbers.area(number.e164)
    return Price(
        called=number,
        area_ja=japanese,
        area_en=english,
        talk_seconds=talk_seconds,
        tariff=line["tariff"] or "",
        prefix=line["prefix"] or "",
        kind=line["kind"] or "",
        blocks=line["blocks"],
        block_seconds=line["block_seconds"],
        price=line["price"],
        setup=line["setup"],
        charge=line["charge"],
        tax=line["tax"] or "",
        carried=line["carried"] is not False,
        rule=_rule(tariff, line["prefix"], band) if tariff else None,
        band=band,
        percent=_percent(line["tax"], at.date()),
    )


def _always(version: TariffVersion) -> Table:
    """A version as if it had always been in force."""
    tariff = as_tariff(version, version.rules.all())
    return compile_tariff(from_ever(tariff))


def from_ever(tariff: Tariff) -> Tariff:
    return Tariff(
        name=tariff.name,
        valid_from=date(1990, 1, 1),
        rules=tariff.rules,
        bands=tariff.bands,
        holidays=tariff.holidays,
        zone=tariff.zone,
    )


def _band(tariff: Tariff, at: datetime) -> str:
    local = at.astimezone(ZoneInfo(tariff.zone))
    day = HOLIDAY if local.date() in tariff.holidays else local.weekday()
    return next((band.name for band in tariff.bands if day in band.days and local.hour in band.hours), "")


def _rule(tariff: Tariff, prefix: str | None, band: str) -> Rule | None:
    here: Sequence[Rule] = [rule for rule in tariff.rules if rule.prefix == prefix and rule.band in {band, ""}]
    return max(here, key=lambda rule: rule.band == band, default=None)


def _percent(tax: str | None, day: date) -> str | None:
    points = rates_in_force(all_tax_rates(), day.replace(day=1)).get(tax or "")
    return f"{points // 100}" + (f".{points % 100:02}".rstrip("0") if points % 100 else "") if points else None
