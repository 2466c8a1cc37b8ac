"""Which range of numbers each of many numbers lies in: two looks into tables instead of a search.

Ranges begin where a tariff's prefixes begin, and few prefixes are long. So the first six digits of most numbers tell
the range, and a table with an entry for each of them answers at once. Where they do not, a table for the next three
digits mostly does. Only what nine digits leave open is searched for.
"""

from functools import cached_property

import polars as pl

# A number has 15 digits: six, three more, and six that follow.
_AFTER_SIX, _AFTER_NINE = 10**9, 10**6
_SIX, _THREE = 10**6, 10**3
# Below so many numbers, making the tables costs more than they save.
MANY = 50_000
# So many beginnings of six digits may have a table of the next three (4 KB each); what goes beyond is searched for.
BEGINNINGS = 20_000
_SEARCH = -1


class Ranges:
    """Disjoint ranges by where they begin: ``starts``, Int64, ascending, the first 0."""

    def __init__(self, starts: pl.Series) -> None:
        self.starts = starts

    def of(self, numbers: pl.Series) -> pl.Series:
        """The position of the range of each number (Int64, not negative, no nulls): Int64."""
        if len(numbers) < MANY or (numbers >= _SIX * _AFTER_SIX).any():
            return self._search(numbers)
        by_six, by_nine = self._tables
        found = by_six.gather(numbers // _AFTER_SIX)
        longer = (found < _SEARCH).arg_true()
        table = (_SEARCH - 1 - found.gather(longer)).cast(pl.Int64)
        found = found.scatter(longer, by_nine.gather(table * _THREE + numbers.gather(longer) // _AFTER_NINE % _THREE))
        longest = (found == _SEARCH).arg_true()
        return found.cast(pl.Int64).scatter(longest, self._search(numbers.gather(longest)))

    def _search(self, numbers: pl.Series) -> pl.Series:
        return self.starts.search_sorted(numbers, side="right").cast(pl.Int64) - 1

    @cached_property
    def _tables(self) -> tuple[pl.Series, pl.Series]:
        """By six digits: the range, or which table of the other column (-2 the first, -3 the second …), or _SEARCH.

        By three more, one table after the other: the range, or _SEARCH.
        """
        sixes = pl.int_range(_SIX, dtype=pl.Int64, eager=True)
        by_six = self._whole(sixes * _AFTER_SIX, _AFTER_SIX)
        several = (by_six == _SEARCH).arg_true().head(BEGINNINGS)
        by_six = by_six.scatter(several, _SEARCH - 1 - pl.int_range(len(several), dtype=pl.Int32, eager=True))
        nines = pl.int_range(len(several) * _THREE, dtype=pl.Int64, eager=True)
        begins = several.cast(pl.Int64).gather(nines // _THREE) * _AFTER_SIX + nines % _THREE * _AFTER_NINE
        return by_six, self._whole(begins, _AFTER_NINE)

    def _whole(self, begins: pl.Series, length: int) -> pl.Series:
        """The one range all numbers of each piece lie in (Int32), _SEARCH if there are several.

        ``begins`` ascend. There are far more pieces than ranges: the ranges are searched for among the pieces.
        """
        first, last = _begun(self.starts, begins), _begun(self.starts - (length - 1), begins)
        return first.set(first != last, _SEARCH)


def _begun(starts: pl.Series, at: pl.Series) -> pl.Series:
    """The position of the last of ``starts`` that is not beyond each of ``at`` (Int32); both ascend."""
    places = at.search_sorted(starts, side="left").value_counts(name="starts")
    places = places.filter(pl.nth(0) < len(at))
    none = pl.zeros(len(at), dtype=pl.Int32, eager=True)
    return none.scatter(places.to_series(0), places["starts"].cast(pl.Int32)).cum_sum() - 1
