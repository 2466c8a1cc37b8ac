"""The statement of a contract's month: its bill, or while there is none the stored lines settled as it will be."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet, prefetch_related_objects

from madoguchi.contracts.models import Contract, UsageKind

from . import models
from .closing.months import closes_on
from .closing.parts import PUT_RIGHT, Kind, Part, Settled, of_bill
from .closing.settlement import Terms, settle_contracts
from .models import Adjustment, Bill, BillingMonth, Call
from .rating import month_before
from .reading.counted import Counted, counted
from .reading.hiding import adjustments_listed, listed

# Kinds of contract whose usage is calls, and nothing else.
VOICE = (UsageKind.IP050, UsageKind.OPTICAL, UsageKind.PHONE)
PAST_MONTHS = 6


def months_shown(today: date) -> list[date]:
    """The months a customer may look at: the current one and six before it, newest first."""
    return [month_before(today, months) for months in range(PAST_MONTHS + 1)]


@dataclass(slots=True)
class ClassTotal:
    """Outgoing calls, or messages, of a class. ``charge`` milli-yen; ``tax_share`` yen, None outside the tax base."""

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

    row: Part  # with its names
    month: date
    numbers: int
    amount: int
    charge: int
    tax: str
    tax_share: int | None = None


@dataclass(frozen=True, slots=True)
class Data:
    """Data of the month against what the plan includes (bytes; ``included`` None: no limit), ``each`` begun block."""

    row: Part  # with its names
    used: int
    included: int | None
    block: int
    blocks: int
    each: int
    charge: int
    tax_share: int | None

    @property
    def beyond(self) -> int:
        return 0 if self.included is None else max(self.used - self.included, 0)

    @property
    def left(self) -> int | None:
        return None if self.included is None else max(self.included - self.used, 0)


@dataclass(frozen=True, slots=True)
class Later:
    """What a closed month's calls, or the discount they earn, turned out to cost more or less; ``charge`` milli-yen.

    ``kind``: of the bill's line; credit that is brought along or carried on is one too.
    """

    kind: str
    month: date | None
    calls: int
    charge: int
    tax_share: int | None
    code: str = ""  # "messages" where it is these


@dataclass(frozen=True, slots=True)
class Tax:
    """Tax of one rate: ``base`` milli-yen, ``amount`` yen."""

    percent: str
    base: int
    amount: int


@dataclass(frozen=True, slots=True)
class Statement:
    """lines − discount + fees + what came later + taxes − cut = total, checked. ``total`` is yen, ``cut`` milli-yen."""

    contract: Contract
    month: date
    provisional: bool  # until the month is closed
    closes_on: date
    running: bool  # the month is not over
    calls: Counted
    classes: list[ClassTotal]
    messages: list[ClassTotal]
    data: Data | None
    lines: int
    discount: Discount | None
    fees: list[Fee]
    later: list[Later]
    adjustments: QuerySet[Adjustment]  # line by line
    subtotal: int
    taxes: list[Tax]
    cut: int
    total: int
    settled: Settled

    @property
    def counts_calls(self) -> bool:
        """Whether anything of it is told in calls and talk time."""
        return bool(self.classes or self.discount)

    @property
    def sent(self) -> int:
        """Messages."""
        return sum(row.calls for row in self.messages)

    @property
    def not_billed(self) -> int:
        return -self.cut


def statement_of(contract: Contract, month: date, *, today: date, hidden: Q | None = None) -> Statement:
    """``month``: its first day. ``today``: the operator's, which tells the running month. ``hidden``: calls that are
    not to be listed (:mod:`.reading.hiding`)."""
    state = BillingMonth.objects.filter(month=month).first()
    closed = bool(state and state.closed_at)
    settled = _settled(contract, month, closed=closed)
    all_calls = Call.objects.filter(contract=contract, month=month)
    if hidden is not None:
        settled, all_calls = listed(settled, contract, month, hidden), all_calls.exclude(hidden)
    calls = counted(all_calls)
    return Statement(
        contract=contract,
        month=month,
        provisional=not closed,
        closes_on=closes_on(month),
        running=month == today.replace(day=1),
        calls=calls,
        classes=[
            ClassTotal(part.code, part.tax_class, part.count, part.seconds, part.amount, part.tax_yen)
            for part in settled.of(Kind.CALLS)
        ],
        messages=[
            ClassTotal(part.code, part.tax_class, part.count, 0, part.amount, part.tax_yen)
            for part in settled.of(Kind.MESSAGES)
        ],
        data=_data(settled),
        lines=settled.lines,
        discount=_discount(settled, calls, contract, month),
        fees=[
            Fee(part, part.month or month, part.count, part.each, part.amount, part.tax_class, part.tax_yen)
            for part in settled.of(Kind.FEE)
        ],
        later=[
            Later(part.kind, part.month, part.count, part.amount, part.tax_yen, part.code)
            for part in settled.of(*PUT_RIGHT, Kind.BROUGHT, Kind.CARRIED)
        ],
        adjustments=adjustments_listed(contract, month, hidden),
        subtotal=sum(part.amount for part in settled.parts if part.kind != Kind.TAX),
        taxes=[Tax(_percent(part.rate), part.amount, part.tax_yen or 0) for part in settled.of(Kind.TAX)],
        cut=settled.cut,
        total=settled.total,
        settled=settled,
    )


def _settled(contract: Contract, month: date, *, closed: bool) -> Settled:
    if not closed:
        prefetch_related_objects([contract], "telephone_numbers")
        return settle_contracts([contract], Terms.of(month)).get(contract.pk, Settled())
    bill = Bill.objects.issued().filter(contract=contract, month=month).first()
    return of_bill(bill) if bill else Settled()


def _data(settled: Settled) -> Data | None:
    for part in settled.of(Kind.DATA):
        row = models.DataAllowance.objects.get(pk=part.code)
        return Data(part, part.bytes, row.included, row.block, part.count, part.each, part.amount, part.tax_yen)
    return None


def _discount(settled: Settled, calls: Counted, contract: Contract, month: date) -> Discount | None:
    """The discount in force, also where nothing was earned."""
    parts = settled.of(Kind.DISCOUNT)
    if parts:
        rule = models.IncomingCallDiscount.objects.get(pk=parts[0].code)
    elif found := Terms.of(month).rule(contract.usage_kind, month):
        rule = models.IncomingCallDiscount.objects.get(pk=found.name)
    else:
        return None
    units = sum(part.count for part in parts)
    amount = -sum(part.amount for part in parts)
    earned = units * rule.amount
    shares = [part.tax_yen for part in parts if part.tax_yen is not None]
    return Discount(
        rule=rule,
        calls=calls.earning,
        seconds=sum(part.seconds for part in parts),
        units=units,
        earned=earned,
        amount=amount,
        limited=earned > amount,
        tax_share=sum(shares) if shares else None,
    )


def _percent(basis_points: int) -> str:
    """1000 → "10", 850 → "8.5"."""
    whole, rest = divmod(basis_points, 100)
    return f"{whole}.{rest:02}".rstrip("0") if rest else str(whole)
