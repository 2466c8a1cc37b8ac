"""Which texts are there in which language: readers are shown the other language where their own is missing."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from madoguchi.notices.models import Notice, Report

_OF_NOTICE = (("title", _("Title")),)
_OF_REPORT = (
    ("body", _("Text")),
    ("emergency_calls", _("Emergency calls")),
    ("alternatives", _("What to use instead")),
)


@dataclass(frozen=True, slots=True)
class Pair:
    """A text in two languages; ``has`` is ``both``, ``ja`` or ``en``."""

    label: str | Promise
    has: str


def pairs(notice: Notice, report: Report) -> list[Pair]:
    """Every text that is there in some language."""
    parts = [(notice, *one) for one in _OF_NOTICE] + [(report, *one) for one in _OF_REPORT]
    found = []
    for owner, name, label in parts:
        japanese, english = (bool(getattr(owner, f"{name}_{language}").strip()) for language in ("ja", "en"))
        if japanese or english:
            found.append(Pair(label, "both" if japanese and english else "ja" if japanese else "en"))
    return found


def missing_english(notice: Notice, report: Report) -> list[str | Promise]:
    """The names of the texts that are there in Japanese and not in English."""
    return [pair.label for pair in pairs(notice, report) if pair.has == "ja"]
