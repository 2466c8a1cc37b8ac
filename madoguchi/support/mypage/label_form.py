"""Labels of the numbers on one page, each a field of its own."""

from collections.abc import Mapping, Sequence

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from madoguchi.contracts.models import TelephoneNumber
from madoguchi.contracts.models.labels import LONGEST
from madoguchi.shell.templatetags.shell import phone


class LabelsForm(forms.Form):
    use_required_attribute = False

    def __init__(
        self, sent: QueryDict | None, *, numbers: Sequence[TelephoneNumber], labels: Mapping[int, str]
    ) -> None:
        super().__init__(sent)
        self._numbers = numbers
        for number in numbers:
            self.fields[self.field_of(number)] = forms.CharField(
                label=_("Label of %(number)s") % {"number": phone(number.number)},
                required=False,
                max_length=LONGEST,
                initial=labels.get(number.pk, ""),
                error_messages={"max_length": _("Please use at most 40 characters.")},
                widget=forms.TextInput(attrs={"autocomplete": "off", "size": 20}),
            )

    @staticmethod
    def field_of(number: TelephoneNumber) -> str:
        return f"label_{number.pk}"

    def labels(self) -> dict[TelephoneNumber, str]:
        """What was typed for each number; only without errors."""
        return {number: self.cleaned_data[self.field_of(number)] for number in self._numbers}
