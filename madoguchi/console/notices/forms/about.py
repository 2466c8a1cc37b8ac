"""What stays for a notice's life: its title, the services, the regions, the contracts."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from madoguchi.catalog.models import Service
from madoguchi.console.notices.forms import choices
from madoguchi.console.notices.forms.fields import Numbers, text
from madoguchi.notices.content import NoticeContent

CONTRACTS_MOST = 100_000


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
    external_reference = text(_("Reference of your own"), most=60)

    def show_services(self, *, matching: str, ticked: Iterable[str]) -> None:
        """Leave only the services that ``matching`` finds, and those ticked."""
        field = self.fields["services"]
        field.choices = choices.only(choices.services(), matching=matching, ticked=ticked)  # type: ignore[attr-defined]

    def clean_regions(self) -> tuple[str, ...]:
        return choices.codes_of(self.cleaned_data["regions"])

    def clean_contract_numbers(self) -> tuple[str, ...]:
        found = self.cleaned_data["contract_numbers"].split()
        if len(found) > CONTRACTS_MOST:
            raise forms.ValidationError(
                _("At most %(most)s contract numbers can be given.") % {"most": f"{CONTRACTS_MOST:,}"}
            )
        if long := next((number for number in found if len(number) > 20), None):
            raise forms.ValidationError(_("“%(number)s” is too long for a contract number.") % {"number": long[:30]})
        return tuple(found)

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
