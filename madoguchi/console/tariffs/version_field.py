"""A field to choose a version, each with its state: a draft rates no call, and its name does not say so."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from madoguchi.statements.models import TariffVersion
from madoguchi.statements.tariffs import versions
from madoguchi.statements.tariffs.versions import State

STATE_WORDS: dict[State, str | Promise] = {
    State.DRAFT: pgettext_lazy("tariff", "Draft"),
    State.COMING: pgettext_lazy("tariff", "Coming"),
    State.IN_FORCE: pgettext_lazy("tariff", "In force"),
    State.PAST: pgettext_lazy("tariff", "Past"),
}


class VersionField(forms.ModelChoiceField):
    def __init__(self, **options: Any) -> None:
        super().__init__(
            queryset=TariffVersion.objects.all(), **{"empty_label": gettext_lazy("Please choose"), **options}
        )

    def label_from_instance(self, version: TariffVersion) -> str:
        """A list asks once for each version: there are few."""
        state = versions.states(TariffVersion.objects.all(), timezone.localdate())[version.pk]
        return _("%(name)s (%(state)s)") % {"name": version.name, "state": STATE_WORDS[state]}
