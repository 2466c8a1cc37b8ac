"""What is found when a tariff is looked at, in words for the person who keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from .words import listed


class Level(StrEnum):
    ERROR = "error"  # it cannot be stored, or not released
    WARNING = "warning"  # it can be meant, but mostly is not
    HINT = "hint"


# By code: how bad it is, and the sentence.
_SAID: dict[str, tuple[Level, str | Promise]] = {
    "not_text": (Level.ERROR, _("The file is not text in UTF-8, UTF-16 or CP932 (Shift_JIS).")),
    "empty": (Level.ERROR, _("There are no rules in it.")),
    "too_many": (Level.ERROR, _("There are more than %(most)s rules in it.")),
    "header": (Level.ERROR, _("The first line must name the columns, in this order: %(columns)s.")),
    "header_missing": (Level.ERROR, _("The first line does not name these columns: %(missing)s.")),
    "header_unknown": (Level.ERROR, _("The first line names columns that are not known: %(unknown)s.")),
    "separator": (Level.ERROR, _("The columns are not separated by commas. Save the file as CSV with commas.")),
    "csv": (Level.ERROR, _("This row is not complete CSV: a quote is open, or a field is far too long.")),
    "columns": (Level.ERROR, _("The row has %(found)s columns; there must be %(wanted)s.")),
    "prefix": (Level.ERROR, _("“%(value)s” is no prefix: write 1 to 15 digits, the country code first.")),
    "spreadsheet": (
        Level.ERROR,
        _("A spreadsheet has rewritten the prefix as %(value)s. Set the column to text and enter it again."),
    ),
    "domestic": (
        Level.ERROR,
        _("“%(value)s” begins with 0. Write the country code first: 813 for 03, 8190 for 090."),
    ),
    "word": (
        Level.ERROR,
        _("“%(value)s” is not a name. Use up to %(most)s small letters, digits and underscores."),
    ),
    "band_name": (Level.ERROR, _("“%(value)s” is longer than %(most)s characters.")),
    "yen": (
        Level.ERROR,
        _("“%(value)s” is not an amount. Write yen such as 8 or 17.5, with up to three decimals."),
    ),
    "seconds": (
        Level.ERROR,
        _("“%(value)s” is not a number of seconds from %(least)s to %(most)s."),
    ),
    "yes_no": (Level.ERROR, _("“%(value)s” must be yes or no.")),
    "twice": (Level.ERROR, _("Line %(other)s has the same prefix and time band.")),
    "unknown_band": (Level.ERROR, _("This version has no time band called “%(value)s”.")),
    "band_empty": (Level.ERROR, _("The time band “%(band)s” has no days or no hours, so it never begins.")),
    "band_twice": (Level.ERROR, _("Two time bands are called “%(band)s”.")),
    "bands_overlap": (Level.ERROR, _("The time bands “%(band)s” and “%(other)s” overlap: %(when)s.")),
    "same_day": (
        Level.ERROR,
        _("The version “%(other)s” begins on the same day for %(usage)s. Only one can be in force."),
    ),
    "name_used": (Level.ERROR, _("Rated calls name this version as “%(value)s” already. Choose another name.")),
    "no_rules": (Level.ERROR, _("The version has no rules.")),
    "gap_country": (Level.WARNING, _("No rule reaches country code %(code)s (%(where)s).")),
    "gap_region": (
        Level.WARNING,
        _("Part of country code %(code)s has no price: %(where)s, for example +%(example)s."),
    ),
    "gap_areas": (Level.WARNING, _("%(count)s areas of Japan’s fixed lines have no price: %(where)s.")),
    "gap_japan": (Level.WARNING, _("%(where)s (%(example)s) have no price.")),
    "gap_time": (
        Level.WARNING,
        _("Numbers beginning with %(example)s have no price %(when)s (%(where)s)."),
    ),
    "covered": (Level.WARNING, _("It is never used: longer prefixes cover all its numbers.")),
    "banded": (Level.WARNING, _("It is never used: the rules with time bands cover the whole week.")),
    "too_long": (
        Level.WARNING,
        _("It is never used: numbers of country code %(code)s have at most %(most)s digits with the code."),
    ),
    "no_country": (Level.WARNING, _("No country code begins like this.")),
    "untaxed": (
        Level.WARNING,
        _("No tax rate is stored for the class “%(value)s”: such calls would be outside the tax base."),
    ),
    "late": (
        Level.WARNING,
        _("%(count)s calls since that day are rated already. They keep their price until they are rated again."),
    ),
    "same_as_parent": (Level.HINT, _("It says the same as the rule for %(parent)s and can be left out.")),
    "own_kind": (Level.HINT, _("The class “%(value)s” has no words of its own; statements show it as it is written.")),
    "band_unused": (Level.HINT, _("No rule uses the time band “%(band)s”.")),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing, and where: ``line`` of the CSV file (1 is the header), 0 for the tariff as a whole."""

    code: str
    line: int = 0
    prefix: str = ""
    args: Mapping[str, object] = field(default_factory=dict)

    @property
    def level(self) -> Level:
        return _SAID[self.code][0]

    def words(self) -> str:
        """What is wrong, in the active language, for a place that names the column itself."""
        return str(_SAID[self.code][1]) % dict(self.args)

    def sentence(self) -> str:
        """The same with its column of the CSV, where it is about one beside the prefix."""
        column = self.args.get("column", "prefix")
        if column == "prefix":
            return self.words()
        return gettext("%(where)s: %(sentence)s") % {"where": column, "sentence": self.words()}

    def __str__(self) -> str:
        where = []
        if self.line:
            where.append(gettext("line %(line)s") % {"line": self.line})
        if self.prefix:
            where.append(gettext("prefix %(prefix)s") % {"prefix": self.prefix})
        if not where:
            return self.sentence()
        return gettext("%(where)s: %(sentence)s") % {"where": listed(where), "sentence": self.sentence()}


def worst_first(findings: list[Finding]) -> list[Finding]:
    """Errors, warnings, hints; each by line."""
    order = list(Level)
    return sorted(findings, key=lambda found: (order.index(found.level), found.line, found.prefix))


def errors(findings: list[Finding]) -> list[Finding]:
    return [found for found in findings if found.level == Level.ERROR]


LEVELS = {
    Level.ERROR: gettext_lazy("Error"),
    Level.WARNING: gettext_lazy("Warning"),
    Level.HINT: gettext_lazy("Hint"),
}
