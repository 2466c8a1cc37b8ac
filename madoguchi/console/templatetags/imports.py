"""``{% load imports %}``: words of the pages of imports."""

import re

from django import template

from madoguchi.statements.formats import FORMATS
from madoguchi.statements.imports.refusals import words
from madoguchi.statements.models import ImportRun, RejectedRow
from madoguchi.statements.reasons import sentence

register = template.Library()

_TONES = {
    ImportRun.State.CHECKED: ("watch", "alert"),
    ImportRun.State.DONE: ("good", "check"),
    ImportRun.State.REFUSED: ("alert", "cross"),
    ImportRun.State.DROPPED: ("plan", "cross"),
}
# Values that may be somebody's number; enough of it is left to be found by.
_NUMBERS = {"not_a_number", "wrong_length"}


@register.filter
def tone(run: ImportRun) -> tuple[str, str]:
    """Colour and icon of its state."""
    return _TONES.get(ImportRun.State(run.state), ("act", "clock"))


@register.filter
def format_words(name: str) -> str:
    return (FORMATS[name].label if name in FORMATS else "") or name


@register.filter
def why(run: ImportRun) -> str:
    """Why the whole file was not taken."""
    return words(run.reason, run.value) if run.reason else ""


@register.filter
def why_rejected(row: RejectedRow) -> str:
    """Why a record was not taken; of what may be a number the last four digits are left out."""
    value = re.sub(r"\d{4}(?=\D*$)", "****", row.value) if row.reason in _NUMBERS and len(row.value) > 6 else row.value
    return sentence(row.reason, value)
