"""The operator's dated data as the kernel's values: which tariff, discount, fees and tax rates hold when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import jpholiday
from django.conf import settings

from madoguchi.contracts.models import Contract

from . import models
from .rating import (
    Allowance,
    Band,
    Holding,
    IncomingCallDiscount,
    NumberFee,
    Rule,
    Table,
    Tariff,
    TaxRate,
    compile_tariff,
)
from .rating.allowance import in_force as allowance_in_force
from .rating.discount import in_force as discount_in_force

# Holidays are computed for as long as call records may reach back and a tariff forward.
HOLIDAY_YEARS = range(2020, 2036)


def as_tariff(version: models.TariffVersion, rules: Iterable[models.TariffRule | Rule]) -> Tariff:
    """A version with its rules, or with rules not stored yet, as the kernel's value."""
    bands = tuple(Band(b["name"], frozenset(b["days"]), frozenset(b["hours"])) for b in version.bands)
    return Tariff(
        name=version.name,
        valid_from=version.valid_from,
        rules=tuple(
            Rule(
                prefix=rule.prefix,
                kind=rule.kind,
                price=rule.price,
                block_seconds=rule.block_seconds,
                setup=rule.setup,
                free_seconds=rule.free_seconds,
                tax=rule.tax,
                carried=rule.carried,
                band=rule.band,
            )
            for rule in rules
        ),
        bands=bands,
        holidays=frozenset(day for year in HOLIDAY_YEARS for day, _ in jpholiday.year_holidays(year))
        if bands
        else frozenset(),
        zone=version.zone,
    )


def as_discount(row: models.IncomingCallDiscount) -> IncomingCallDiscount:
    return IncomingCallDiscount(
        name=str(row.pk),
        valid_from=row.valid_from,
        kinds=frozenset(row.kinds),
        unit_seconds=row.unit_seconds,
        amount=row.amount,
        rounding="up" if row.rounding == row.Rounding.UP else "down",
        not_in_base=frozenset(row.not_in_base),
        cap=row.cap,
        scope="number" if row.scope == row.Scope.NUMBER else "contract",
    )


@dataclass(frozen=True, slots=True)
class Book:
    """All versions; read once for an import or a page."""

    tables: dict[str, list[Table]]  # by kind of contract
    discounts: dict[str, list[IncomingCallDiscount]]

    @classmethod
    def of_today(cls) -> "Book":
        tables: dict[str, list[Table]] = {}
        for version in models.TariffVersion.objects.released().prefetch_related("rules"):
            table = compile_tariff(as_tariff(version, version.rules.all()))
            for kind in version.usage_kinds:
                tables.setdefault(kind, []).append(table)
        return cls(tables=tables, discounts=all_discounts())

    def discount(self, usage_kind: str, month: date) -> IncomingCallDiscount | None:
        return discount_in_force(self.discounts.get(usage_kind, []), month)


def all_discounts() -> dict[str, list[IncomingCallDiscount]]:
    """Every version of the discount, by kind of contract."""
    discounts: dict[str, list[IncomingCallDiscount]] = {}
    for row in models.IncomingCallDiscount.objects.all():
        for kind in row.usage_kinds:
            discounts.setdefault(kind, []).append(as_discount(row))
    return discounts


@dataclass(frozen=True, slots=True)
class Allowances:
    """What plans include of data, all versions; by service and plan, "" for plans without rows of their own."""

    rows: dict[tuple[int, str], list[Allowance]]

    @classmethod
    def of_today(cls) -> "Allowances":
        rows: dict[tuple[int, str], list[Allowance]] = {}
        for row in models.DataAllowance.objects.all():
            rows.setdefault((row.service_id, row.plan), []).append(as_allowance(row))
        return cls(rows)

    def of_plan(self, service: int, plan: str, month: date) -> Allowance | None:
        found = allowance_in_force(self.rows.get((service, plan), []), month)
        return found or allowance_in_force(self.rows.get((service, ""), []), month)

    def plans(self) -> dict[str, tuple[int, str]]:
        """Service and plan of each, by its name."""
        return {row.name: plan for plan, rows in self.rows.items() for row in rows}

    def all(self) -> list[Allowance]:
        return [row for rows in self.rows.values() for row in rows]


def as_allowance(row: models.DataAllowance) -> Allowance:
    return Allowance(str(row.pk), row.valid_from, row.included, row.block, row.price, row.tax)


def message_tables() -> list[Table]:
    """The prices of messages as versions of a tariff: from each month on that a price begins, all that hold then."""
    rows = list(models.MessagePrice.objects.order_by("valid_from"))
    tables = []
    for begins in sorted({row.valid_from for row in rows}):
        held = {row.prefix: row for row in rows if row.valid_from <= begins}
        rules = tuple(
            Rule(prefix=row.prefix, kind=row.kind, price=row.price, block_seconds=1, tax=row.tax)
            for row in held.values()
        )
        name = f"messages {begins:%Y-%m}"
        tables.append(compile_tariff(Tariff(name, begins, rules, zone=settings.TIME_ZONE)))
    return tables


def all_fees() -> list[NumberFee]:
    return [
        NumberFee(
            name=row.code,
            valid_from=row.valid_from,
            amount=row.amount,
            usage_kinds=frozenset(row.usage_kinds),
            free_prefixes=tuple(row.free_prefixes),
            lag_months=row.lag_months,
            tax=row.tax,
        )
        for row in models.NumberFee.objects.all()
    ]


def all_tax_rates() -> list[TaxRate]:
    return [TaxRate(row.tax, row.valid_from, row.basis_points) for row in models.TaxRate.objects.all()]


def holdings_of(contract: Contract) -> list[Holding]:
    """The contract's numbers; none is held past the contract's own end."""
    return [
        Holding(
            contract=contract.pk,
            usage_kind=contract.usage_kind,
            digits=number.number.removeprefix("+"),
            started_on=number.started_on,
            ended_on=min(filter(None, (number.ended_on, contract.ended_on)), default=None),
        )
        for number in contract.telephone_numbers.all()
    ]
