"""Charges of the months shown as bars: places and lengths for a drawing of fixed size."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from madoguchi.shell.templatetags.shell import yen
from madoguchi.statements.reading.half_year import MonthTotal

WIDTH, HEIGHT = 700, 220
TOP, BOTTOM = 34, 184  # of the highest bar, and of all
_BAR = 0.56  # of a month's share of the width
_LETTERS = 14  # of two amounts beside one another, in the size that a phone needs


@dataclass(frozen=True, slots=True)
class Bar:
    month: MonthTotal
    x: float
    middle: float
    width: float
    y: float
    height: float
    shown: bool  # the statement's own month

    @property
    def above(self) -> float:
        return self.y - 8


@dataclass(frozen=True, slots=True)
class Chart:
    """``highest``: the most of a month, in yen; where it is nothing there is nothing to draw."""

    bars: list[Bar]
    highest: int
    width: int = WIDTH
    height: int = HEIGHT
    base: int = BOTTOM

    @property
    def crowded(self) -> bool:
        """Whether two amounts would run into one another where the drawing is small."""
        said = [len(yen(bar.month.total)) for bar in self.bars]
        return any(one + other > _LETTERS for one, other in pairwise(said))


def chart(months: Sequence[MonthTotal], *, shown: date) -> Chart:
    """``months``: from left to right."""
    share = WIDTH / len(months)
    highest = max((each.total or 0 for each in months), default=0)
    bars = []
    for place, each in enumerate(months):
        height = round((BOTTOM - TOP) * (each.total or 0) / (highest or 1), 1)
        bars.append(
            Bar(
                month=each,
                x=round(share * (place + (1 - _BAR) / 2), 1),
                middle=round(share * (place + 0.5), 1),
                width=round(share * _BAR, 1),
                y=BOTTOM - height,
                height=height,
                shown=each.month == shown,
            )
        )
    return Chart(bars, highest)
