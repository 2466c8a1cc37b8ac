"""A bill's lines in words, in the active language: the page and the invoice show the very same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from madoguchi.shell.templatetags.shell import duration, in_language_plain, milliyen
from madoguchi.statements import kinds
from madoguchi.statements.closing.parts import Kind, Part, Settled
from madoguchi.statements.usage.amounts import bytes_words

# The class of the sample tariff, and of the law, whose rate is reduced.
REDUCED = "reduced"


def month_words(month: date) -> str:
    """2026年11月 / November 2026."""
    return date_format(month, "YEAR_MONTH_FORMAT")


def percent(basis_points: int) -> str:
    """1000 → 10%, 850 → 8.5%."""
    whole, rest = divmod(basis_points, 100)
    return f"{whole}.{rest:02}".rstrip("0") + "%" if rest else f"{whole}%"


@dataclass(frozen=True, slots=True)
class Line:
    """``amount`` milli-yen before tax; ``rate`` basis points, None outside the tax base; ``tax_share`` yen."""

    kind: str
    words: str
    below: str
    amount: int
    rate: int | None
    reduced: bool
    tax_share: int | None

    @property
    def rate_words(self) -> str:
        """The rate, marked where it is the reduced one."""
        if self.rate is None:
            return _("not taxed")
        return percent(self.rate) + ("※" if self.reduced else "")


@dataclass(frozen=True, slots=True)
class RateSum:
    """What is taxed at one rate: ``base`` milli-yen, ``tax`` yen. ``rate`` None: outside the tax base."""

    rate: int | None
    reduced: bool
    base: int
    tax: int

    @property
    def words(self) -> str:
        if self.rate is None:
            return _("Not taxed")
        shown = _("Taxed at %(rate)s") % {"rate": percent(self.rate)}
        return f"{shown}※" if self.reduced else shown


def lines_of(settled: Settled, month: date) -> list[Line]:
    """Every line but those of tax, in the bill's order; ``month`` is the bill's."""
    return [
        Line(
            kind=str(part.kind),
            words=_words(part),
            below=_below(part, month),
            amount=part.amount,
            rate=part.rate or None,
            reduced=_reduced(part),
            tax_share=part.tax_yen,
        )
        for part in settled.parts
        if part.kind != Kind.TAX
    ]


def sums_of(settled: Settled) -> list[RateSum]:
    """The bases and taxes of each rate, the highest first; last what is outside the tax base, where there is such."""
    taxes = [RateSum(part.rate, _reduced(part), part.amount, part.tax_yen or 0) for part in settled.of(Kind.TAX)]
    outside = [part.amount for part in settled.parts if part.kind != Kind.TAX and not part.rate]
    taxes.sort(key=lambda tax: -(tax.rate or 0))
    return [*taxes, RateSum(None, False, sum(outside), 0)] if any(outside) else taxes


def any_reduced(lines: Sequence[Line]) -> bool:
    return any(line.reduced for line in lines)


def _reduced(part: Part) -> bool:
    return part.tax_class.partition("@")[0] == REDUCED


# By the kind of a line, and of one of several kinds of record by that too.
_WORDS = {
    (Kind.CALLS, ""): gettext_lazy("Calls: %(kind)s"),
    (Kind.MESSAGES, ""): gettext_lazy("Messages (SMS): %(kind)s"),
    (Kind.ADJUSTMENT, ""): gettext_lazy("Calls of %(month)s, put right"),
    (Kind.ADJUSTMENT, "messages"): gettext_lazy("Messages (SMS) of %(month)s, put right"),
    (Kind.DISCOUNT_ADJUSTMENT, ""): gettext_lazy("Incoming-call discount of %(month)s, put right"),
    (Kind.DATA_ADJUSTMENT, ""): gettext_lazy("Data of %(month)s, put right"),
    (Kind.BROUGHT, ""): gettext_lazy("Credit from the bill of %(month)s"),
    (Kind.CARRIED, ""): gettext_lazy("Credit for a later bill"),
}


def _words(part: Part) -> str:
    if named := in_language_plain(part, "name"):
        return named
    kind, class_words = Kind(part.kind), kinds.words(part.code)
    said = _WORDS.get((kind, part.code)) or _WORDS.get((kind, ""))
    month = month_words(part.month) if part.month else ""
    return str(said) % {"kind": class_words, "month": month} if said else class_words


def _used(part: Part) -> str:
    if not part.each or not part.count:
        return bytes_words(part.bytes)
    beyond = {"used": bytes_words(part.bytes), "blocks": f"{part.count:,}", "each": milliyen(part.each)}
    return _("%(used)s used: %(blocks)s × %(each)s") % beyond


def _below(part: Part, month: date) -> str:
    match part.kind:
        case Kind.CALLS if part.count:
            calls = ngettext("%(n)s call", "%(n)s calls", part.count) % {"n": f"{part.count:,}"}
            return _("%(calls)s, %(duration)s") % {"calls": calls, "duration": duration(part.seconds)}
        case Kind.MESSAGES:
            return ngettext("%(n)s message", "%(n)s messages", part.count) % {"n": f"{part.count:,}"}
        case Kind.DATA | Kind.DATA_ADJUSTMENT:
            return _used(part)
        case Kind.DISCOUNT if part.count:
            shown = {"seconds": f"{part.seconds:,}", "units": f"{part.count:,}", "each": milliyen(part.each)}
            return _("%(seconds)s s received: %(units)s units at %(each)s") % shown
        case Kind.FEE:
            of = {"each": milliyen(part.each), "n": f"{part.count:,}", "month": month_words(part.month or month)}
            return (
                ngettext(
                    "%(each)s × %(n)s number, for %(month)s", "%(each)s × %(n)s numbers, for %(month)s", part.count
                )
                % of
            )
    return ""
