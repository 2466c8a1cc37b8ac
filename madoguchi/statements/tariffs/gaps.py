"""What can be dialled and has no price in a tariff."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext, ngettext

from madoguchi.statements import areas
from madoguchi.statements.rating import DIGITS, Table, Tariff

from . import plan
from .findings import Finding
from .words import listed

NAMED = 5  # so many places are named in one sentence


class Look:
    """A compiled tariff by ranges: what wins where, and when."""

    def __init__(self, table: Table) -> None:
        self.tariff: Tariff = table.tariff
        self.starts = table.ranges.starts.to_list()
        self.rows = table.rows.to_list()
        self.width = table.width
        # Bands that occur: 0 is the rest of the week, which may be nothing.
        self.bands = sorted(set(table.bands.to_list())) if table.bands is not None else [0]

    def winners(self) -> set[int]:
        return {row for place in range(len(self.starts)) for row in self._at(place).values()}

    def unpriced(self, prefix: str) -> list[int] | None:
        """Bands in which some number with the prefix has no price; None when all of them have none, ever."""
        low, high = int(prefix.ljust(DIGITS, "0")), int(prefix.ljust(DIGITS, "9"))
        places = range(bisect_right(self.starts, low) - 1, bisect_left(self.starts, high + 1))
        open_: set[int] = set()
        anything = False
        for place in places:
            here = self._at(place)
            open_ |= {band for band, row in here.items() if not row}
            anything = anything or any(here.values())
        return sorted(open_) if anything else None

    def never(self, prefix: str) -> bool:
        """Whether numbers with the prefix are without a price in every part of the week."""
        open_ = self.unpriced(prefix)
        return open_ is None or len(open_) == len(self.bands)

    def _at(self, place: int) -> dict[int, int]:
        return {band: self.rows[place * self.width + band] for band in self.bands}

    def when(self, bands: Iterable[int]) -> str:
        names = [self.tariff.bands[band - 1].name if band else gettext("outside the time bands") for band in bands]
        return listed(names)


def gaps(look: Look) -> Iterator[Finding]:
    """What can be dialled and has no price."""
    by_code: dict[int, list[plan.Region]] = {}
    for region in plan.regions():
        by_code.setdefault(region.code, []).append(region)
    for code, regions in by_code.items():
        open_ = look.unpriced(str(code))
        if open_ is None:
            yield Finding("gap_country", args={"code": code, "where": _named(regions)})
        elif open_:
            yield from _partly(look, code, regions)
    yield from _japan(look)


def _partly(look: Look, code: int, regions: list[plan.Region]) -> Iterator[Finding]:
    """A code some of whose numbers have no price: said where a number that exists is among them."""
    without = [(region, number) for region in regions for number in region.examples if look.unpriced(number) is None]
    if without:
        named = _named(list(dict.fromkeys(region for region, _number in without)))
        yield Finding("gap_region", args={"code": code, "where": named, "example": without[0][1]})
        return
    for region in regions:
        for number in region.examples:
            if bands := look.unpriced(number):
                args = {"example": code, "when": look.when(bands), "where": _named([region])}
                yield Finding("gap_time", args=args)
                return


def _named(regions: list[plan.Region]) -> str:
    names = [plan.region_name(region.code, region.region) for region in regions[:NAMED]]
    more = len(regions) - NAMED
    if more > 0:
        names.append(ngettext("and %(count)s more", "and %(count)s more", more) % {"count": more})
    return listed(names)


def _japan(look: Look) -> Iterator[Finding]:
    without, at_times = [], set()
    for prefix in areas.japan():
        if look.never(prefix):
            without.append(prefix)
        else:
            at_times |= set(look.unpriced(prefix) or ())
    if without:
        names = listed(f"{plan.area_name(prefix)} (0{prefix[2:]})" for prefix in without[:NAMED])
        yield Finding("gap_areas", args={"count": len(without), "where": names + (" …" if without[NAMED:] else "")})
    if at_times:
        where = gettext("fixed lines in Japan")
        yield Finding("gap_time", args={"example": "81", "when": look.when(sorted(at_times)), "where": where})
    for words, prefixes in plan.JAPANESE:
        yield from _range(look, str(words), prefixes)


def _range(look: Look, words: str, prefixes: tuple[str, ...]) -> Iterator[Finding]:
    if never := [prefix for prefix in prefixes if look.never(prefix)]:
        yield Finding("gap_japan", args={"where": words, "example": listed(never)})
        return
    for prefix in prefixes:
        if open_ := look.unpriced(prefix):
            yield Finding("gap_time", args={"example": prefix, "when": look.when(open_), "where": words})
            return
