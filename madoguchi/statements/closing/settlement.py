"""Contracts' months settled by the rating kernel, many contracts at once: for the statement and the bill alike."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from django.conf import settings

from madoguchi.contracts.models import Contract
from madoguchi.statements import models
from madoguchi.statements.book import Allowances, all_discounts, all_fees, all_tax_rates, holdings_of
from madoguchi.statements.rating import (
    ADJUSTMENT,
    IncomingCallDiscount,
    TaxRate,
    Unbalanced,
    allocate,
    number_fees,
    rates_in_force,
    settle,
    summarise,
    tax_classes,
)
from madoguchi.statements.rating import NumberFee as Fee
from madoguchi.statements.rating.discount import discounts, earnings
from madoguchi.statements.rating.discount import in_force as discount_in_force

from .adjusting import discount_changes, of_month, signed_sums, stored_sums
from .models import Bill, BillItem
from .parts import ORDER, Kind, Part, Settled
from .usage import data_changes, data_of, message_changes, message_sums, with_usage


@dataclass(frozen=True)
class Terms:
    """The dated tables a settlement goes by; read once for a closing or a page."""

    month: date
    discounts: dict[str, list[IncomingCallDiscount]]
    fees: list[Fee]
    rates: list[TaxRate]
    allowances: Allowances
    names: dict[str, dict[str, tuple[str, str]]]  # of discounts and allowances by key, of fees by code

    @classmethod
    def of(cls, month: date) -> "Terms":
        fees = models.NumberFee.objects.order_by("valid_from").values_list("code", "name_ja", "name_en")
        rules = models.IncomingCallDiscount.objects.values_list("pk", "name_ja", "name_en")
        plans = models.DataAllowance.objects.values_list("pk", "name_ja", "name_en")
        return cls(
            month=month,
            discounts=all_discounts(),
            fees=all_fees(),
            rates=all_tax_rates(),
            allowances=Allowances.of_today(),
            names={
                "fee": {code: (ja, en) for code, ja, en in fees},
                "discount": {str(key): (ja, en) for key, ja, en in rules},
                "data": {str(key): (ja, en) for key, ja, en in plans},
            },
        )

    def rule(self, usage_kind: str, month: date) -> IncomingCallDiscount | None:
        return discount_in_force(self.discounts.get(usage_kind, []), month)


def settle_contracts(contracts: Sequence[Contract], terms: Terms) -> dict[int, Settled]:
    """By contract, its settled month; contracts with nothing to settle are left out. Raises :class:`Unbalanced`.

    ``contracts`` have their ``telephone_numbers`` prefetched. A few thousand at a time: everything of them is held.
    """
    kinds: defaultdict[str, list[Contract]] = defaultdict(list)
    for contract in contracts:
        kinds[contract.usage_kind].append(contract)
    settled: dict[int, Settled] = {}
    for kind, some in kinds.items():
        settled |= _OfOneKind(some, kind, terms).settled()
    return settled


class _OfOneKind:
    """Contracts of one kind of usage, and so of one discount."""

    def __init__(self, contracts: list[Contract], kind: str, terms: Terms) -> None:
        self.terms = terms
        self.month = terms.month
        self.rule = terms.rule(kind, self.month)
        keys = [contract.pk for contract in contracts]
        self.contracts = {contract.pk: contract for contract in contracts}
        self.sums = stored_sums(keys, [self.month])
        self.messages = message_sums(keys, self.month)
        self.data = data_of(self.contracts, self.month, terms.allowances)
        self.summary = with_usage(summarise(self.sums, self.rule), self.messages, self.data)
        held = (holding for contract in contracts for holding in holdings_of(contract))
        self.fees = number_fees(held, terms.fees, month=self.month)
        self.rates = dict(rates_in_force(terms.rates, self.month))
        self.parts: defaultdict[int, list[Part]] = defaultdict(list)
        self._adjust(keys, kind)
        self._bring(keys)

    def settled(self) -> dict[int, Settled]:
        self._calls()
        self._messages()
        self._data()
        self._discounts()
        self._fees()
        later = [
            (contract, self.month, part.tax_class, part.amount)
            for contract, parts in self.parts.items()
            for part in parts
            if part.kind in _LATER
        ]
        terms: dict[str, Any] = {
            "rule": self.rule,
            "rates": self.rates,
            "rounding": settings.TAX_ROUNDING,
            "adjustments": pl.DataFrame(later, schema=ADJUSTMENT, orient="row"),
        }
        totals = settle(self.summary, self.fees, **terms)
        self._taxes(tax_classes(self.summary, self.fees, **terms))
        return {row["contract"]: self._one(row) for row in totals.iter_rows(named=True)}

    def _one(self, row: dict[str, Any]) -> Settled:
        parts = sorted(self.parts[row["contract"]], key=lambda part: ORDER[Kind(part.kind)])
        brought = sum(part.amount for part in parts if part.kind == Kind.BROUGHT)
        settled = Settled(
            **{name: row[name] for name in ("lines", "discount", "fees", "carried", "tax", "cut", "total")},
            adjustments=row["adjustments"] - brought,
            brought=brought,
            parts=parts,
        )
        if not settled.adds_up():
            raise Unbalanced(f"the lines of contract {row['contract']} in {self.month:%Y-%m} do not make its total")
        return settled

    def _calls(self) -> None:
        classes = (
            self.sums.filter("outgoing")
            .group_by("contract", "kind", "tax")
            .agg(pl.col("calls", "talk_seconds", "charge").sum())
            .sort("contract", pl.col("charge"), "kind", descending=[False, True, False])
        )
        for contract, kind, tax, calls, seconds, charge in classes.iter_rows():
            part = Part(Kind.CALLS, charge, code=kind, tax_class=tax, count=calls, seconds=seconds)
            self.parts[contract].append(part)

    def _messages(self) -> None:
        classes = (
            self.messages.filter("outgoing")
            .group_by("contract", "kind", "tax")
            .agg(pl.col("messages", "charge").sum())
            .sort("contract", "charge", "kind", descending=[False, True, False])
        )
        for contract, kind, tax, messages, charge in classes.iter_rows():
            part = Part(Kind.MESSAGES, charge, code=kind, tax_class=tax, count=messages)
            self.parts[contract].append(part)

    def _data(self) -> None:
        for row in self.data.iter_rows(named=True):
            name_ja, name_en = self.terms.names["data"][row["allowance"]]
            part = Part(Kind.DATA, row["charge"], row["allowance"], name_ja, name_en, tax_class=row["tax"])
            part.count, part.each, part.bytes = row["blocks"], row["price"], row["bytes"]
            self.parts[row["contract"]].append(part)

    def _discounts(self) -> None:
        """What was earned stands on the first line of it."""
        if self.rule is None:
            return
        taken: defaultdict[int, list[tuple[str, int]]] = defaultdict(list)
        classes = discounts(self.summary, self.rule).filter(pl.col("discount") > 0).sort("contract", "tax")
        for contract, tax, amount in classes.select("contract", "tax", "discount").iter_rows():
            taken[contract].append((tax, amount))
        earned = earnings(self.summary, self.rule).group_by("contract").agg(pl.col("earned_seconds", "units").sum())
        name_ja, name_en = self.terms.names["discount"][self.rule.name]
        for contract, seconds, units in earned.filter(pl.col("units") > 0).iter_rows():
            for n, (tax, amount) in enumerate(taken[contract] or [("", 0)]):
                part = Part(Kind.DISCOUNT, -amount, self.rule.name, name_ja, name_en, tax_class=tax)
                part.each = self.rule.amount
                part.count, part.seconds = (0, 0) if n else (units, seconds)
                self.parts[contract].append(part)

    def _fees(self) -> None:
        for row in self.fees.iter_rows(named=True):
            name_ja, name_en = self.terms.names["fee"][row["fee"]]
            self.parts[row["contract"]].append(
                Part(
                    *(Kind.FEE, row["charge"], row["fee"], name_ja, name_en),
                    month=row["fee_month"],
                    tax_class=row["tax"],
                    count=row["numbers"],
                    each=row["amount"],
                )
            )

    def _adjust(self, keys: list[int], kind: str) -> None:
        every = of_month(keys, self.month)
        if not every.exists():
            return
        usage = list(every.exclude(records="calls"))
        for row in message_changes(usage):
            part = self._later(Kind.ADJUSTMENT, row)
            part.code, part.count = "messages", row["messages"]
        for row in data_changes(self.contracts, self.month, usage, self.terms.allowances):
            part = self._later(Kind.DATA_ADJUSTMENT, row)
            part.count, part.bytes = row["blocks"], row["bytes"]
        adjusted = signed_sums(every)
        calls = (
            adjusted.group_by("contract", "month", "tax")
            .agg(pl.col("calls", "talk_seconds", "charge").sum())
            .filter((pl.col("charge") != 0) | (pl.col("tax") != ""))
            .sort("contract", "month", "tax")
        )
        for row in calls.iter_rows(named=True):
            part = self._later(Kind.ADJUSTMENT, row)
            part.count, part.seconds = row["calls"], row["talk_seconds"]
        rules = {month: self.terms.rule(kind, month) for month in sorted(set(adjusted["month"]))}
        for row in discount_changes(self.month, adjusted, rules):
            self._later(Kind.DISCOUNT_ADJUSTMENT, row)

    def _later(self, kind: BillItem.Kind, row: dict[str, Any]) -> Part:
        part = Part(kind, row["charge"], month=row["month"], tax_class=self._class_of(row["tax"], row["month"]))
        self.parts[row["contract"]].append(part)
        return part

    def _class_of(self, tax: str, month: date) -> str:
        """Tax is due at the rate of the month the call was in: a class of its own where that differs."""
        rate = rates_in_force(self.terms.rates, month).get(tax, 0)
        if rate == self.rates.get(tax, 0):
            return tax
        named = f"{tax}@{month:%Y-%m}"
        self.rates[named] = rate
        return named

    def _bring(self, keys: list[int]) -> None:
        """Credit of the last bill before, where there is a bill now."""
        billed = {*self.summary["contract"], *self.fees["contract"], *self.parts}
        last = Bill.objects.issued().filter(contract__in=billed, month__lt=self.month)
        newest = {bill.contract_id: bill for bill in last.order_by("month").only("contract", "month", "carried")}
        with_credit = [bill.pk for bill in newest.values() if bill.carried]
        items = BillItem.objects.filter(bill__in=with_credit, kind=Kind.CARRIED).select_related("bill")
        for item in items.order_by("bill", "ordinal"):
            tax = item.tax_class.partition("@")[0]
            for_rate = item.tax_class if "@" in item.tax_class else self._class_of(tax, item.bill.month)
            self.rates.setdefault(for_rate, item.rate)
            self.parts[item.bill.contract_id].append(
                Part(Kind.BROUGHT, -item.amount, month=item.bill.month, tax_class=for_rate)
            )

    def _taxes(self, classes: pl.DataFrame) -> None:
        """The tax of each rate, its shares for reference, and the credit that is carried on."""
        for row in classes.sort("contract", "tax").iter_rows(named=True):
            parts = self.parts[row["contract"]]
            if row["carried"]:
                parts.append(Part(Kind.CARRIED, row["carried"], tax_class=row["tax"], rate=row["rate"]))
            if row["rate"]:
                self._share(parts, row["tax"], row["tax_yen"], rate=row["rate"])
                parts.append(
                    Part(Kind.TAX, row["base"], tax_class=row["tax"], rate=row["rate"], tax_yen=row["tax_yen"])
                )

    @staticmethod
    def _share(parts: Iterable[Part], tax: str, amount: int, *, rate: int) -> None:
        taxed = [part for part in parts if part.tax_class == tax and part.kind != Kind.TAX]
        taxed.sort(key=lambda part: ORDER[Kind(part.kind)])
        for part, share in zip(taxed, allocate(amount, [part.amount for part in taxed]), strict=True):
            part.tax_yen, part.rate = share, rate


_LATER = {Kind.ADJUSTMENT, Kind.DISCOUNT_ADJUSTMENT, Kind.DATA_ADJUSTMENT, Kind.BROUGHT}
