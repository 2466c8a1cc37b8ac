"""Which texts have no English yet: readers in English are shown the Japanese instead."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from madoguchi.notices.models import Notice, Report

_OF_NOTICE = (("title", _("Title")),)
_OF_REPORT = (
    ("body", _("Text")),
    ("emergency_calls", _("Emergency calls")),
    ("alternatives", _("What to use instead")),
)


def missing_english(notice: Notice, report: Report) -> list[str | Promise]:
    """The names of the texts that are there in Japanese and not in English."""
    parts = [(notice, *one) for one in _OF_NOTICE] + [(report, *one) for one in _OF_REPORT]
    return [label for owner, name, label in parts if getattr(owner, f"{name}_ja") and not getattr(owner, f"{name}_en")]
