"""What a bill is made of: its sums, and its lines in their order."""

from dataclasses import dataclass, field
from datetime import date

from .models import Bill, BillItem

Kind = BillItem.Kind
# The order of lines on a bill. The share of a tax goes to lines of its class in this order too.
ORDER = {
    kind: place
    for place, kind in enumerate(
        (
            Kind.CALLS,
            Kind.MESSAGES,
            Kind.DATA,
            Kind.DISCOUNT,
            Kind.FEE,
            Kind.ADJUSTMENT,
            Kind.DISCOUNT_ADJUSTMENT,
            Kind.DATA_ADJUSTMENT,
            Kind.BROUGHT,
            Kind.CARRIED,
            Kind.TAX,
        )
    )
}


USED = (Kind.CALLS, Kind.MESSAGES, Kind.DATA)
PUT_RIGHT = (Kind.ADJUSTMENT, Kind.DISCOUNT_ADJUSTMENT, Kind.DATA_ADJUSTMENT)


@dataclass(slots=True)
class Part:
    """A line of a bill; the fields are those of :class:`BillItem`."""

    kind: str
    amount: int
    code: str = ""
    name_ja: str = ""
    name_en: str = ""
    month: date | None = None
    tax_class: str = ""
    rate: int = 0
    count: int = 0
    seconds: int = 0
    bytes: int = 0
    each: int = 0
    tax_yen: int | None = None


@dataclass(slots=True)
class Settled:
    """A contract's month, added up: lines − discount + fees + adjustments + brought + carried + tax − cut = total."""

    lines: int = 0
    discount: int = 0
    fees: int = 0
    adjustments: int = 0
    brought: int = 0
    carried: int = 0
    tax: int = 0
    cut: int = 0
    total: int = 0
    parts: list[Part] = field(default_factory=list)

    def of(self, *kinds: str) -> list[Part]:
        return [part for part in self.parts if part.kind in kinds]

    def adds_up(self) -> bool:
        """The invariant, from the lines themselves, and that the sums are those of the lines."""
        amounts = {
            "lines": sum(part.amount for part in self.of(*USED)),
            "discount": -sum(part.amount for part in self.of(Kind.DISCOUNT)),
            "fees": sum(part.amount for part in self.of(Kind.FEE)),
            "adjustments": sum(part.amount for part in self.of(*PUT_RIGHT)),
            "brought": sum(part.amount for part in self.of(Kind.BROUGHT)),
            "carried": sum(part.amount for part in self.of(Kind.CARRIED)),
            "tax": sum(part.tax_yen or 0 for part in self.of(Kind.TAX)),
        }
        before_tax = sum(part.amount for part in self.parts if part.kind != Kind.TAX)
        return (
            all(getattr(self, name) == amount for name, amount in amounts.items())
            and before_tax + self.tax * 1000 - self.cut == self.total * 1000
            and 0 <= self.cut < 1000
            and self.total >= 0
        )


SUMS = ("lines", "discount", "fees", "adjustments", "brought", "carried", "tax", "cut", "total")
ITEM = (
    "kind",
    "amount",
    "code",
    "name_ja",
    "name_en",
    "month",
    "tax_class",
    "rate",
    "count",
    "seconds",
    "bytes",
    "each",
)


def as_items(bill: Bill, settled: Settled) -> list[BillItem]:
    return [
        BillItem(bill=bill, ordinal=n, tax_yen=part.tax_yen, **{name: getattr(part, name) for name in ITEM})
        for n, part in enumerate(settled.parts, start=1)
    ]


def of_bill(bill: Bill) -> Settled:
    """An issued bill as it was settled."""
    parts = [
        Part(tax_yen=item.tax_yen, **{name: getattr(item, name) for name in ITEM})
        for item in bill.items.order_by("ordinal")
    ]
    return Settled(parts=parts, **{name: getattr(bill, name) for name in SUMS})
