"""The periods of planned work: as many main and spare ones as somebody asks for, each two fields of the form."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from madoguchi.console.notices.forms.fields import moment
from madoguchi.notices.content import Period

# More than any work has; it bounds what a forged form can make the server draw.
MOST = 20
ENDS = ("starts", "ends")
_FIELD = re.compile(r"(main|spare)_([1-9][0-9]?)_(?:starts|ends)")
_NAMES = {
    "main_1": pgettext_lazy("console", "Period"),
    "main_2": _("Second period"),
    "spare_1": _("Spare period"),
    "spare_2": _("Second spare period"),
}


@dataclass(frozen=True, slots=True)
class Places:
    """How many pairs of fields the form has for periods of each sort."""

    main: int = 1
    spare: int = 0

    @classmethod
    def for_(cls, names: Iterable[str]) -> "Places":
        """As many as the names of fields speak of."""
        most = {"main": 1, "spare": 0}
        for found in filter(None, map(_FIELD.fullmatch, names)):
            most[found[1]] = max(most[found[1]], min(int(found[2]), MOST))
        return cls(**most)

    def more(self, sort: str) -> "Places":
        """One more of ``sort``, main or spare."""
        return replace(self, **{sort: min(getattr(self, sort) + 1, MOST)})

    @property
    def names(self) -> list[tuple[str, bool]]:
        """``main_1`` …, ``spare_1`` …, each with whether it is a spare one."""
        return [
            *((f"main_{place}", False) for place in range(1, self.main + 1)),
            *((f"spare_{place}", True) for place in range(1, self.spare + 1)),
        ]


def _label(name: str) -> Any:
    if name in _NAMES:
        return _NAMES[name]
    sort, _underscore, place = name.partition("_")
    words = _("Spare period %(place)s") if sort == "spare" else _("Period %(place)s")
    return words % {"place": place}


def add_fields(form: forms.Form, places: Places) -> None:
    for name, _spare in places.names:
        form.fields[f"{name}_starts"] = moment(_("%(period)s: from") % {"period": _label(name)})
        form.fields[f"{name}_ends"] = moment(_("%(period)s: until") % {"period": _label(name)})


def check(form: forms.Form, places: Places) -> None:
    """Put what is wrong with a period beside its field: half of it missing, or its end before its beginning."""
    for name, _spare in places.names:
        starts, ends = form.cleaned_data.get(f"{name}_starts"), form.cleaned_data.get(f"{name}_ends")
        if bool(starts) != bool(ends) and f"{name}_ends" not in form.errors and f"{name}_starts" not in form.errors:
            form.add_error(f"{name}_{'ends' if starts else 'starts'}", _("Enter both the beginning and the end."))
        elif starts and ends and ends <= starts:
            form.add_error(f"{name}_ends", _("The end has to be after the beginning."))


def given(said: Mapping[str, Any], places: Places) -> Iterable[Period]:
    for name, spare in places.names:
        starts: datetime | None = said.get(f"{name}_starts")
        ends: datetime | None = said.get(f"{name}_ends")
        if starts and ends:
            yield Period(starts_at=starts, ends_at=ends, spare=spare)


def typed(periods: Iterable[Period]) -> dict[str, datetime]:
    """``periods`` as initial values of the fields."""
    counted = {"main": 0, "spare": 0}
    found: dict[str, datetime] = {}
    for period in periods:
        sort = "spare" if period.spare else "main"
        counted[sort] += 1
        name = f"{sort}_{counted[sort]}"
        found |= {f"{name}_starts": period.starts_at, f"{name}_ends": period.ends_at}
    return found
