"""The statement of a contract's month: the stored lines, added up and settled by the rating kernel."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl
from django.db.models import Count, Sum

from madoguchi.contracts.models import Contract, UsageKind

from . import models
from .book import all_discounts, all_fees, all_tax_rates, holdings_of
from .models import Call, CallQuerySet
from .rating import (
    IncomingCallDiscount,
    allocate,
    month_before,
    number_fees,
    rates_in_force,
    settle,
    summarise,
    tax_classes,
)
from .rating.discount import earnings
from .rating.discount import in_force as discount_in_force

# Kinds of contract whose usage is calls.
VOICE = (UsageKind.IP050, UsageKind.OPTICAL, UsageKind.PHONE)
PAST_MONTHS = 6

Sums = list[dict[str, Any]]  # lines added up, as rows


def months_shown(today: date) -> list[date]:
    """The months a customer may look at: the current one and six before it, newest first."""
    return [month_before(today, months) for months in range(PAST_MONTHS + 1)]


@dataclass(slots=True)
class ClassTotal:
    """Outgoing calls of a class. ``charge`` milli-yen; ``tax_share`` yen for reference, None outside the tax base."""

    kind: str
    tax: str
    calls: int = 0
    seconds: int = 0
    charge: int = 0
    tax_share: int | None = None


@dataclass(slots=True)
class Discount:
    """着割 of the month; money in milli-yen. ``limited``: more was earned than there were charges to reduce."""

    rule: models.IncomingCallDiscount
    calls: int
    seconds: int
    units: int
    earned: int
    amount: int
    limited: bool
    tax_share: int | None = None

    @property
    def taken(self) -> int:
        """As it stands in the sum: negative."""
        return -self.amount


@dataclass(slots=True)
class Fee:
    """A fee for the contract's numbers; ``amount`` milli-yen a number, ``month`` the one it is for."""

    row: models.NumberFee
    month: date
    numbers: int
    amount: int
    charge: int
    tax: str
    tax_share: int | None = None


@dataclass(frozen=True, slots=True)
class Tax:
    """Tax of one rate: ``base`` milli-yen, ``amount`` yen."""

    percent: str
    base: int
    amount: int


@dataclass(frozen=True, slots=True)
class Statement:
    """lines − discount + fees + taxes − cut = total; the kernel has checked it. ``total`` is yen, ``cut`` milli-yen."""

    contract: Contract
    month: date
    provisional: bool
    calls: CallQuerySet
    outgoing: int
    incoming: int
    talk_seconds: int
    incoming_seconds: int
    classes: list[ClassTotal]
    lines: int
    discount: Discount | None
    fees: list[Fee]
    subtotal: int
    taxes: list[Tax]
    cut: int
    total: int

    @property
    def not_billed(self) -> int:
        return -self.cut

    @property
    def how_many(self) -> int:
        return self.outgoing + self.incoming


def statement_of(contract: Contract, month: date, *, today: date) -> Statement:
    """``month``: its first day. ``today``: the operator's, which tells the running month."""
    rows = _sums(contract, month)
    rule = discount_in_force(all_discounts().get(contract.usage_kind, []), month)
    settled = _Settled.of(contract, month, rows, rule)
    out = [row for row in rows if row["outgoing"]]
    return Statement(
        contract=contract,
        month=month,
        provisional=month == today.replace(day=1),
        calls=Call.objects.of_month(contract, month),
        outgoing=sum(row["calls"] for row in out),
        incoming=sum(row["calls"] for row in rows if not row["outgoing"]),
        talk_seconds=sum(row["talk_seconds"] for row in out),
        incoming_seconds=sum(row["talk_seconds"] for row in rows if not row["outgoing"]),
        classes=settled.classes,
        lines=settled.total["lines"],
        discount=settled.discount,
        fees=settled.fees,
        subtotal=settled.total["lines"] - settled.total["discount"] + settled.total["fees"],
        taxes=settled.taxes,
        cut=settled.total["cut"],
        total=settled.total["total"],
    )


def _sums(contract: Contract, month: date) -> Sums:
    """The month's lines added up by what the kernel needs to know of them."""
    calls = Call.objects.filter(contract=contract, month=month)
    by = calls.values("number", "outgoing", "kind", "tax", "earns").order_by("kind", "tax", "number")
    return [
        dict(row) for row in by.annotate(calls=Count("key"), talk_seconds=Sum("talk_seconds"), charge=Sum("charge"))
    ]


SUMS: dict[str, pl.DataType | type[pl.DataType]] = {
    "number": pl.String,
    "outgoing": pl.Boolean,
    "kind": pl.String,
    "tax": pl.String,
    "earns": pl.Boolean,
    "calls": pl.Int64,
    "talk_seconds": pl.Int64,
    "charge": pl.Int64,
}
NOTHING = {"lines": 0, "discount": 0, "fees": 0, "tax": 0, "cut": 0, "total": 0}


@dataclass
class _Settled:
    """The kernel's answers for one contract's month, as the statement's parts."""

    classes: list[ClassTotal]
    discount: Discount | None
    fees: list[Fee]
    taxes: list[Tax] = field(default_factory=list)
    total: dict[str, int] = field(default_factory=lambda: dict(NOTHING))

    @classmethod
    def of(cls, contract: Contract, month: date, rows: Sums, rule: IncomingCallDiscount | None) -> "_Settled":
        lines = pl.DataFrame(rows, schema=SUMS).with_columns(
            contract=pl.lit(contract.pk, dtype=pl.Int64), month=pl.lit(month)
        )
        summary = summarise(lines, rule)
        fee_lines = number_fees(holdings_of(contract), all_fees(), month=month)
        rates = rates_in_force(all_tax_rates(), month)
        settled = cls(
            classes=_classes(rows),
            discount=_discount(summary, rows, rule) if rule else None,
            fees=[_fee(row) for row in fee_lines.iter_rows(named=True)],
        )
        if total := settle(summary, fee_lines, rule=rule, rates=rates).rows(named=True):
            settled.total = total[0]
        for row in tax_classes(summary, fee_lines, rule=rule, rates=rates).sort("tax").iter_rows(named=True):
            if row["rate"]:
                settled.taxes.append(Tax(_percent(row["rate"]), row["base"], row["tax_yen"]))
                settled.share(row["tax"], row["tax_yen"], discount=row["discount"])
        return settled

    def share(self, tax: str, amount: int, *, discount: int) -> None:
        """Give each part of a tax class its share of the tax, for reference; the discount's is taken off."""
        classes = [part for part in self.classes if part.tax == tax]
        fees = [part for part in self.fees if part.tax == tax]
        parts: list[ClassTotal | Fee | Discount] = [*classes, *fees]
        bases = [part.charge for part in classes] + [part.charge for part in fees]
        if discount and self.discount:
            parts.append(self.discount)
            bases.append(-discount)
        for part, share in zip(parts, allocate(amount, bases), strict=True):
            part.tax_share = (part.tax_share or 0) + share


def _classes(rows: Sums) -> list[ClassTotal]:
    """Outgoing calls by class, the dearest first."""
    totals: dict[tuple[str, str], ClassTotal] = {}
    for row in rows:
        if row["outgoing"]:
            total = totals.setdefault((row["kind"], row["tax"]), ClassTotal(row["kind"], row["tax"]))
            total.calls += row["calls"]
            total.seconds += row["talk_seconds"]
            total.charge += row["charge"]
    return sorted(totals.values(), key=lambda total: (-total.charge, total.kind))


def _discount(summary: pl.DataFrame, rows: Sums, rule: IncomingCallDiscount) -> Discount:
    sums = earnings(summary, rule).select(pl.col("earned_seconds", "units", "earned", "discount").sum()).row(0)
    seconds, units, earned, amount = sums
    return Discount(
        rule=models.IncomingCallDiscount.objects.get(pk=rule.name),
        calls=sum(row["calls"] for row in rows if row["earns"]),
        seconds=seconds,
        units=units,
        earned=earned,
        amount=amount,
        limited=earned > amount,
    )


def _fee(line: dict[str, Any]) -> Fee:
    row = models.NumberFee.objects.filter(code=line["fee"], valid_from__lte=line["fee_month"]).latest("valid_from")
    return Fee(row, line["fee_month"], line["numbers"], line["amount"], line["charge"], line["tax"])


def _percent(basis_points: int) -> str:
    """1000 → "10", 850 → "8.5"."""
    whole, rest = divmod(basis_points, 100)
    return f"{whole}.{rest:02}".rstrip("0") if rest else str(whole)
