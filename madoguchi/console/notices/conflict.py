"""Two people at one draft: who saves second sees what stands now beside what they typed, and loses nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django import forms
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from madoguchi.console.notices.forms.report import Said
from madoguchi.console.templatetags.console import person
from madoguchi.notices.models import Report
from madoguchi.shell.templatetags.shell import datetime_zone

# Of a long list of contract numbers, so many are shown.
LIST_SHOWN = 20
TEXT_SHOWN = 4000
# Not of the draft itself: a file is read into the contract numbers.
_UNSEEN = {"revision", "form_key", "next_report_in", "contract_file"}


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which both versions differ, in words."""

    label: str | Promise
    field: str
    stands: str
    typed: str


def refuse(form: Said, *, standing: Report) -> list[Difference]:
    """Make ``form``, whose initial values are what stands, ask again: pressed once more it replaces ``standing``."""
    found = differences(form)
    words = {"who": person(standing.written_by), "when": datetime_zone(standing.written_at)}
    form.add_error(
        None,
        _("%(who)s saved this draft on %(when)s, after you had opened it. Nothing of yours is stored yet.") % words,
    )
    form.now_at(standing.revision)
    return found


def differences(form: Said) -> list[Difference]:
    def words(name: str, value: Any) -> str:
        return _shown(form.fields[name], value)

    return [
        Difference(form[name].label, name, words(name, form[name].initial), words(name, form.cleaned_data.get(name)))
        for name in form.changed_data
        if name not in _UNSEEN
    ]


def changes(form: Said) -> bool:
    """Whether saving would change anything of the draft."""
    return bool(set(form.changed_data) - _UNSEEN)


def _shown(field: forms.Field, value: Any) -> str:
    """A value of ``field`` as it reads."""
    if isinstance(field, forms.BooleanField):
        return _("Yes") if value else _("No")
    if isinstance(field, forms.ChoiceField):
        words = dict(_flat(cast(Iterable[Any], field.choices)))
        values = value if isinstance(value, list | tuple) else [value]
        return "\n".join(str(words.get(one, one)) for one in values if one not in (None, ""))
    if isinstance(value, datetime):
        return datetime_zone(value)
    if isinstance(value, list | tuple):
        more = f"\n… ({len(value):,})" if len(value) > LIST_SHOWN else ""
        return "\n".join(map(str, value[:LIST_SHOWN])) + more
    return Truncator(str(value or "")).chars(TEXT_SHOWN)


def _flat(choices: Iterable[Any]) -> Iterable[tuple[Any, Any]]:
    for value, words in choices:
        if isinstance(words, list | tuple):
            yield from words
        else:
            yield value, words
