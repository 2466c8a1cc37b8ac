"""What ``/notices/`` can be asked for. A wrong value is said beside its field and left out; the others still count."""

import unicodedata
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from madoguchi.catalog.models import Category, Service
from madoguchi.catalog.regions import ABROAD, NATIONWIDE, REGIONS
from madoguchi.notices.models import Notice, Report, Window
from madoguchi.notices.models.notice import NoticeQuerySet
from madoguchi.shell import languages, states

IN_FORCE = "in_force"


class DateInput(forms.DateInput):
    input_type = "date"


# Days anybody could mean; the calendar's own ends leave no room for time zones.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)


class Day(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        far = _("Choose a day between 2000 and 2099.")
        super().__init__(
            required=False,
            widget=DateInput(format="%Y-%m-%d", attrs={"min": FIRST_DAY.isoformat(), "max": LAST_DAY.isoformat()}),
            validators=[MinValueValidator(FIRST_DAY, far), MaxValueValidator(LAST_DAY, far)],
            **kwargs,
        )


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

    def found(self) -> NoticeQuerySet:
        """The notices asked for, newest report first."""
        asked = self.cleaned_data
        notices = Notice.objects.published()
        for field in ("kind", "state"):
            if (value := asked.get(field)) and value != IN_FORCE:
                notices = notices.filter(**{field: value})
        if asked.get("state") == IN_FORCE:
            notices = notices & Notice.objects.in_force()
        if service := asked.get("service"):
            notices = notices.filter(_on_services(Q(slug=service)))
        if category := asked.get("category"):
            notices = notices.filter(_on_services(Q(category__slug=category)))
        if region := asked.get("region"):
            notices = notices.filter(_in_region(region))
        if asked.get("since") or asked.get("until"):
            notices = notices.filter(_during(asked.get("since"), asked.get("until")))
        for word in unicodedata.normalize("NFKC", asked.get("q", "")).split():
            notices = notices.filter(_says(word))
        return notices


def _on_services(wanted: Q) -> Exists:
    return Exists(Service.objects.filter(wanted, notices=OuterRef("pk")))


def _in_region(code: str) -> Q:
    """A notice for the whole country, or one that names no region, concerns every prefecture."""
    everywhere = Q(regions=[]) | Q(regions__contains=[NATIONWIDE])
    named = Q(regions__contains=[code])
    return named if code == ABROAD else named | everywhere


def _during(since: date | None, until: date | None) -> Q:
    """Notices whose time touches the days from ``since`` to ``until``, both included, either open.

    The time of work is each of its windows; of trouble from its start to its end, or to now while it lasts.
    """
    window, trouble = Q(notice=OuterRef("pk")), Q(kind=Notice.Kind.TROUBLE)
    if since:
        first = _midnight(since)
        window &= Q(ends_at__gte=first)
        trouble &= Q(ended_at__gte=first) | Q(ended_at=None)
    if until:
        end = _midnight(until + timedelta(days=1))
        window &= Q(starts_at__lt=end)
        trouble &= Q(started_at__lt=end)
    return Exists(Window.objects.filter(window)) | trouble


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _says(word: str) -> Q:
    in_report = Q(body_ja__icontains=word) | Q(body_en__icontains=word)
    reports = Report.objects.filter(in_report, notice=OuterRef("pk"), published_at__isnull=False)
    return Q(number__icontains=word) | Q(title_ja__icontains=word) | Q(title_en__icontains=word) | Q(Exists(reports))
