"""What ``/notices/`` can be asked for. A wrong value is said beside its field and left out; the others still count."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from madoguchi.catalog.models import Category, Service
from madoguchi.catalog.regions import REGIONS
from madoguchi.notices import search
from madoguchi.notices.models import Notice
from madoguchi.notices.models.notice import NoticeQuerySet
from madoguchi.notices.search import FIRST_DAY, LAST_DAY
from madoguchi.shell import languages, states
from madoguchi.shell.templatetags.shell import date_long

IN_FORCE = "in_force"


class DateInput(forms.DateInput):
    input_type = "date"


class Day(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        far = _("Choose a day between 2000 and 2099.")
        super().__init__(
            required=False,
            widget=DateInput(format="%Y-%m-%d", attrs={"min": FIRST_DAY.isoformat(), "max": LAST_DAY.isoformat()}),
            validators=[MinValueValidator(FIRST_DAY, far), MaxValueValidator(LAST_DAY, far)],
            **kwargs,
        )


@dataclass(frozen=True, slots=True)
class Chosen:
    """A condition as the page says it, and the address (query alone) without it."""

    label: str
    said: str
    without: str


class NoticeFilter(forms.Form):
    # Shown folded away until one of them is used.
    FURTHER = ("category", "service", "region", "since", "until")

    q = forms.CharField(label=_("Words or notice number"), max_length=100, required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    category = forms.ChoiceField(label=_("Category"), required=False)
    service = forms.ChoiceField(label=_("Service"), required=False)
    region = forms.ChoiceField(label=_("Region"), required=False)
    since = Day(label=pgettext_lazy("period", "From"))
    until = Day(label=pgettext_lazy("period", "To"))

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self._asked = data
        name = f"name_{languages.current()}"
        public_states = [state for state in Notice.State if state != Notice.State.DRAFT]
        choices = {
            "kind": [("", _("Work and trouble")), *Notice.Kind.choices],
            "state": [
                ("", _("All states")),
                (IN_FORCE, _("Posted now")),
                *((state.value, states.look(state).word) for state in public_states),
            ],
            "category": [("", _("All categories")), *Category.objects.values_list("slug", name)],
            "service": [("", _("All services")), *Service.objects.by_name().values_list("slug", name)],
            "region": [("", _("All regions")), *((region.code, getattr(region, name)) for region in REGIONS)],
        }
        for field, offered in choices.items():
            self.fields[field].choices = offered  # type: ignore[attr-defined]

    def clean(self) -> None:
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error("until", _("Choose a day that is not before the first one."))

    def chosen(self) -> list[Chosen]:
        """The conditions that count, in the order of the fields."""
        return [
            Chosen(str(field.label), self._said(field.name, value), self._without(field.name))
            for field in self
            if (value := self.cleaned_data.get(field.name))
        ]

    def _said(self, name: str, value: Any) -> str:
        choices = dict(getattr(self.fields[name], "choices", ()))
        return date_long(value) if isinstance(value, date) else str(choices.get(value, value))

    def _without(self, name: str) -> str:
        rest = {key: values for key, values in self._asked.lists() if key not in {name, "page"} and any(values)}
        return "?" + urlencode(rest, doseq=True)

    def found(self) -> NoticeQuerySet:
        """The notices asked for, newest report first."""
        asked = {name: value for name, value in self.cleaned_data.items() if value}
        text, state = asked.pop("q", ""), asked.pop("state", "")
        posted = state == IN_FORCE
        return search.find(search.Asked(text=text, in_force=posted, state="" if posted else state, **asked))
