"""What stays for a notice's life: its title, the services, the regions, the contracts."""

from collections.abc import Iterable
from typing import cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from madoguchi.catalog.models import Service
from madoguchi.console.notices.forms import choices
from madoguchi.console.notices.forms.fields import Numbers, text
from madoguchi.notices import affected
from madoguchi.notices.content import NoticeContent

# A wrong file has a problem in every line.
PROBLEMS_SHOWN = 5


class AboutFields(forms.Form):
    title_ja = text(_("Title in Japanese"), most=120, lang="ja")
    title_en = text(_("Title in English"), most=120, lang="en")
    services = forms.MultipleChoiceField(
        label=_("Services"), required=False, choices=choices.services, widget=choices.ServiceBoxes
    )
    regions = forms.MultipleChoiceField(
        label=pgettext_lazy("console", "Regions"),
        required=False,
        choices=choices.regions,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked means everywhere."),
    )
    contract_numbers = Numbers(
        label=_("Contract numbers affected"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Separated by line breaks, spaces or commas. None means everybody on the services."),
    )
    contract_file = forms.FileField(
        label=_("File with contract numbers"),
        required=False,
        help_text=_("A list or a table in UTF-8, UTF-16 or Shift_JIS, 100,000 numbers at most. It replaces the list."),
    )
    external_reference = text(_("Reference of your own"), most=60)

    def show_services(self, *, matching: str, ticked: Iterable[str]) -> None:
        """Leave only the services that ``matching`` finds, and those ticked."""
        field = self.fields["services"]
        field.choices = choices.only(choices.services(), matching=matching, ticked=ticked)  # type: ignore[attr-defined]

    def clean_regions(self) -> tuple[str, ...]:
        return choices.codes_of(self.cleaned_data["regions"])

    def clean_contract_numbers(self) -> tuple[str, ...]:
        # What a file replaces is not judged.
        return () if self.files.get("contract_file") else self._read(self.cleaned_data["contract_numbers"])

    def clean_contract_file(self) -> None:
        """A file takes the place of what stood in the field, and is shown there: browsers forget which file it was."""
        if file := self.cleaned_data["contract_file"]:
            found = self._read(file.read())
            self.cleaned_data["contract_numbers"] = found
            data = cast(QueryDict, self.data).copy()
            data["contract_numbers"] = "\n".join(found)
            self.data = data

    def _read(self, given: str | bytes) -> tuple[str, ...]:
        found = affected.read(given)
        if found.problems:
            raise forms.ValidationError([_sentence(line, words) for line, words in found.problems[:PROBLEMS_SHOWN]])
        return found.numbers

    def notice_content(self) -> NoticeContent:
        said = self.cleaned_data
        return NoticeContent(
            title_ja=said["title_ja"],
            title_en=said["title_en"],
            services=tuple(Service.objects.filter(slug__in=said["services"])),
            regions=tuple(said["regions"]),
            contract_numbers=said["contract_numbers"],
            external_reference=said["external_reference"],
        )


def _sentence(line: int, words: str) -> str:
    """A problem and where it is; line 0 is the whole."""
    return gettext("Line %(line)s: %(problem)s") % {"line": line, "problem": words} if line else words
