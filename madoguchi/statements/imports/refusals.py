"""Why a whole file was not taken, in words."""

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from madoguchi.shell.templatetags.shell import datetime_zone
from madoguchi.statements.formats.files import Damaged, NotText
from madoguchi.statements.formats.mapped import NotParquet
from madoguchi.statements.formats.mapping import MissingColumns, WrongMapping
from madoguchi.statements.reasons import wrong_mapping

MAPPING = "mapping"  # its sentences are reasons.MAPPING; of a watched folder, whose mapping nobody checked before
REFUSALS = {
    "known": _("This very file was imported on %(value)s. Nothing was changed."),
    "empty": _("The file holds no records."),
    "not_text": _("The file is not text in UTF-8, UTF-16 or CP932 (Shift_JIS)."),
    "damaged": _("The file cannot be unpacked: it is damaged, or not complete."),
    "not_parquet": _("The file is not a complete Parquet file."),
    "columns": _("The file must have each of these columns once: %(value)s. It has: %(found)s."),
    "changed": _("The file changed after it was checked."),
    "gone": _("The file is not there any more."),
    "interrupted": _("A worker began three times and was interrupted each time. Nothing was stored."),
    "stopped": _("The command was interrupted. Nothing was stored."),
    "too_old": _("Nobody decided in time; the file was deleted."),
}


_PLAIN = {NotText: "not_text", Damaged: "damaged", NotParquet: "not_parquet", FileNotFoundError: "gone"}


def refusal(error: Exception) -> tuple[str, str] | None:
    """Reason and value of what reading a file raised; None for what is no fault of the file."""
    match error:
        case MissingColumns():
            return "columns", f"{', '.join(error.missing)}\n{', '.join(error.found) or '–'}"
        case WrongMapping():
            return MAPPING, f"{error.reason}\n{error.value}"
    plain = next((reason for kind, reason in _PLAIN.items() if isinstance(error, kind)), None)
    return (plain, "") if plain else None


def words(reason: str, value: str = "") -> str:
    """The reason in the active language; the value of ``known`` is when that was."""
    at = parse_datetime(value) if reason == "known" else None
    value, _line_end, found = value.partition("\n")  # of columns: those it must have, and those it has
    if reason == MAPPING:
        return wrong_mapping(value, found)
    return str(REFUSALS[reason]) % {"value": datetime_zone(at) if at else value, "found": found}
