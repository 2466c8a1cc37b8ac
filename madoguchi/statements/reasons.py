"""Why a record of a file was not taken, in words for the person who must mend it."""

from django.utils.translation import gettext_lazy as _


class Unreadable(ValueError):
    """A value that cannot be read; ``reason`` is a key of ``REASONS``."""

    def __init__(self, reason: str, value: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.value = value


REASONS = {
    "columns": _("The row has %(value)s columns; this format has 16 to 21."),
    "width": _("The row has another number of columns than the file says (%(value)s)."),
    "csv": _("This row is not complete CSV: a quote is open, or a field is far too long."),
    "json": _("This is not a complete JSON object."),
    "xml": _("This is not a complete XML record."),
    "missing": _("This column is missing or empty."),
    "control": _("There are control characters in the row."),
    "not_a_number": _("“%(value)s” is not a telephone number."),
    "wrong_length": _("“%(value)s” has too few or too many digits for a telephone number."),
    "spreadsheet": _(
        "A spreadsheet has rewritten the number as %(value)s. Export the file again with the column as text."
    ),
    "withheld": _("The called number is empty or withheld."),
    "time": _("“%(value)s” is not a time this format knows."),
    "future": _("The end lies in the future (%(value)s). Check the clock of the switch and the time zone."),
    "too_old": _("The end lies more than ten years back (%(value)s)."),
    "never_ended": _("There is no end. Import the record again when it has ended."),
    "backwards": _("The end is before the beginning."),
    "disposition": _("“%(value)s” is no result of a call that Asterisk writes. Have the columns shifted?"),
    "zone": _("“%(value)s” is not a time zone."),
    "direction": _("“%(value)s” is neither of the directions the mapping names."),
    "duration": _("“%(value)s” is not a duration as the mapping describes it."),
    "whole_number": _("“%(value)s” is not a whole number of seconds."),
    "negative": _("The duration is negative (%(value)s)."),
    "too_long": _("The talk time (%(value)s s) is longer than the whole call."),
    "count": _("“%(value)s” is not a whole number of parts."),
    "amount": _("“%(value)s” is not an amount of data in the unit of the mapping."),
    "unknown_line": _("No contract with usage of this kind has it on that day."),
    "no_allowance": _("Nothing says what the plan “%(value)s” includes of data in that month."),
    "unknown_number": _("Neither number belongs to a contract on that day."),
    "no_tariff": _("No tariff is in force for this kind of contract on that day."),
    "no_price": _("The tariff has no price for the number called."),
}


def sentence(reason: str, value: str = "") -> str:
    """The reason in the active language."""
    return str(REASONS[reason]) % {"value": value}


# What is wrong with a mapping file.
MAPPING = {
    "toml": _("The mapping is not TOML: %(value)s"),
    "field": _("The mapping has “%(value)s”, which no mapping has."),
    "format": _("The mapping's format must be one of those in brackets: %(value)s."),
    "unit": _("The mapping's unit must be one of those in brackets: %(value)s."),
    "records": _("The mapping's records must be one of those in brackets: %(value)s."),
    "amount": _("The mapping's amount must be one of those in brackets: %(value)s."),
    "decimal": _("The mapping's decimal sign must be one of those in brackets: %(value)s."),
    "part": _("The mapping gives a column to “%(value)s”, which no record of this kind has."),
    "needed": _("The mapping must say which column has “%(value)s”."),
    "direction": _("The mapping must say by which values incoming and outgoing calls are known."),
    "delimiter": _("The mapping's delimiter must be one character, and no quote: “%(value)s”."),
    "zone": _("The mapping's “%(value)s” is not a time zone."),
    "time": _("The mapping's time must be iso, epoch, epoch-ms or a format with %% signs: “%(value)s”."),
    "answered": _("The mapping's “answered” must have a column and its values."),
}


def wrong_mapping(reason: str, value: str = "") -> str:
    """What is wrong with a mapping, in the active language."""
    return str(MAPPING[reason]) % {"value": value}
