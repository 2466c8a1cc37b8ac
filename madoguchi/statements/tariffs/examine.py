"""Everything that is wrong or odd about a tariff, found at once (docs/tariffs.md says what and why)."""

from collections.abc import Iterator, Sequence

from madoguchi.statements.book import as_tariff
from madoguchi.statements.kinds import KINDS
from madoguchi.statements.models import TariffVersion, TaxRate
from madoguchi.statements.rating import EXEMPT, Band, Rule, compile_tariff

from . import plan
from .findings import Finding, errors, worst_first
from .gaps import Look, gaps
from .rules_csv import Read, Row
from .words import hours_text, listed_days


def examine(version: TariffVersion, rows: Sequence[Row]) -> list[Finding]:
    """The rules as those of the version (its bands, its day); worst first."""
    tariff = as_tariff(version, [row.rule for row in rows])
    found = [*_bands(tariff.bands), *_twice(rows), *_unknown_bands(rows, tariff.bands)]
    if not rows:
        found.append(Finding("no_rules"))
    if not errors(found):
        table = compile_tariff(tariff)
        look = Look(table)
        found += [*_unused(rows, look), *gaps(look), *_same_as_parent(rows)]
    return worst_first([*found, *_words(rows)])


def examine_file(version: TariffVersion, read: Read) -> list[Finding]:
    """The same for rules in a file, with what cannot be read in it; worst first.

    Where rows cannot be read, only what is wrong for sure is said: a gap may be one of theirs.
    """
    found = examine(version, read.rows)
    if errors(read.findings):
        found = [one for one in errors(found) if one.code != "no_rules"]
    return worst_first([*read.findings, *found])


def _bands(bands: Sequence[Band]) -> Iterator[Finding]:
    taken: dict[tuple[int, int], str] = {}
    seen: set[str] = set()
    for band in bands:
        if band.name in seen:
            yield Finding("band_twice", args={"band": band.name})
        seen.add(band.name)
        if not band.days or not band.hours:
            yield Finding("band_empty", args={"band": band.name})
        clashes: dict[str, list[tuple[int, int]]] = {}
        for cell in ((day, hour) for day in sorted(band.days) for hour in sorted(band.hours)):
            if (other := taken.setdefault(cell, band.name)) != band.name:
                clashes.setdefault(other, []).append(cell)
        for other, cells in clashes.items():
            days, hours = {day for day, _hour in cells}, {hour for _day, hour in cells}
            when = f"{listed_days(days)} {hours_text(hours)}"
            yield Finding("bands_overlap", args={"band": other, "other": band.name, "when": when})


def _twice(rows: Sequence[Row]) -> Iterator[Finding]:
    first: dict[tuple[str, str], int] = {}
    for row in rows:
        where = (row.rule.prefix, row.rule.band)
        if where in first:
            yield Finding("twice", row.line, row.rule.prefix, {"other": first[where]})
        first.setdefault(where, row.line)


def _unknown_bands(rows: Sequence[Row], bands: Sequence[Band]) -> Iterator[Finding]:
    names = {band.name for band in bands}
    used = set()
    for row in rows:
        used.add(row.rule.band)
        if row.rule.band and row.rule.band not in names:
            yield Finding("unknown_band", row.line, row.rule.prefix, {"value": row.rule.band})
    for band in bands:
        if band.name not in used:
            yield Finding("band_unused", args={"band": band.name})


def _unused(rows: Sequence[Row], look: Look) -> Iterator[Finding]:
    winners = look.winners()
    own_bands: dict[str, set[str]] = {}
    for row in rows:
        own_bands.setdefault(row.rule.prefix, set()).add(row.rule.band)
    for number, row in enumerate(rows, start=1):
        prefix = row.rule.prefix
        most = plan.longest(prefix)
        if not plan.begins_a_code(prefix):
            yield Finding("no_country", row.line, prefix)
        elif most is not None and len(prefix) > most:
            yield Finding("too_long", row.line, prefix, {"code": plan.country_code(prefix), "most": most})
        elif number not in winners:
            # Without the rest of the week, a rule without a band has nothing left where all bands have their own.
            banded = not row.rule.band and {band.name for band in look.tariff.bands} <= own_bands[prefix]
            yield Finding("banded" if banded and 0 not in look.bands else "covered", row.line, prefix)


def _same_as_parent(rows: Sequence[Row]) -> Iterator[Finding]:
    by_prefix: dict[str, dict[str, Rule]] = {}
    for row in rows:
        by_prefix.setdefault(row.rule.prefix, {}).setdefault(row.rule.band, row.rule)
    for row in rows:
        parent = _parent(row.rule, by_prefix)
        if parent and _price(parent) == _price(row.rule):
            said = parent.prefix + (f" ({parent.band})" if parent.band else "")
            yield Finding("same_as_parent", row.line, row.rule.prefix, {"parent": said})


def _parent(rule: Rule, by_prefix: dict[str, dict[str, Rule]]) -> Rule | None:
    """The rule that would hold everywhere and always in place of this one; None where it is not one rule."""
    here = by_prefix[rule.prefix]
    if rule.band and "" in here:
        return here[""]
    if not rule.band and len(here) > 1:
        return None
    for length in range(len(rule.prefix) - 1, 0, -1):
        if above := by_prefix.get(rule.prefix[:length]):
            if rule.band:
                return above.get(rule.band) or above.get("")
            return above[""] if set(above) == {""} else None
    return None


def _price(rule: Rule) -> tuple[object, ...]:
    return (
        rule.kind,
        rule.price,
        rule.block_seconds,
        rule.setup,
        rule.free_seconds,
        rule.tax,
        rule.carried,
    )


def _words(rows: Sequence[Row]) -> Iterator[Finding]:
    """Classes without words, tax classes without a rate: each said once, where it first stands."""
    taxed = {EXEMPT, *TaxRate.objects.values_list("tax", flat=True)}
    kinds, taxes = set(KINDS), set(taxed)
    for row in rows:
        if row.rule.kind not in kinds:
            kinds.add(row.rule.kind)
            yield Finding("own_kind", row.line, row.rule.prefix, {"value": row.rule.kind})
        if row.rule.tax not in taxes:
            taxes.add(row.rule.tax)
            yield Finding("untaxed", row.line, row.rule.prefix, {"value": row.rule.tax})
