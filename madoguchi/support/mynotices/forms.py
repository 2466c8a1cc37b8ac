"""Which mail of a service somebody wants."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from madoguchi.catalog.regions import ABROAD, BY_CODE, PREFECTURES
from madoguchi.notices.follow import Wishes
from madoguchi.notices.lifecycle import Kind
from madoguchi.shell import languages


def _regions() -> list[tuple[str, str]]:
    name = f"name_{languages.current()}"
    return [(region.code, getattr(region, name)) for region in (*PREFECTURES, BY_CODE[ABROAD])]


class WishesForm(forms.Form):
    mail = forms.MultipleChoiceField(
        label=_("Email to receive"),
        choices=[
            (Kind.WORK, _("Work email: planned work and maintenance")),
            (Kind.TROUBLE, _("Trouble email: failures")),
        ],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose work email, trouble email or both.")},
    )
    only_my_contracts = forms.BooleanField(
        label=_("Only notices that touch my contracts"),
        required=False,
    )
    regions = forms.MultipleChoiceField(
        label=_("Regions"),
        choices=_regions,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Tick none to be told about every region."),
    )

    @staticmethod
    def initial_of(wishes: Wishes) -> dict[str, Any]:
        kinds = [kind for kind, wanted in ((Kind.WORK, wishes.work), (Kind.TROUBLE, wishes.trouble)) if wanted]
        return {"mail": kinds, "only_my_contracts": wishes.only_my_contracts, "regions": list(wishes.regions)}

    def wishes(self) -> Wishes:
        """What was chosen; call it on a valid form."""
        said = self.cleaned_data
        return Wishes(
            work=Kind.WORK in said["mail"],
            trouble=Kind.TROUBLE in said["mail"],
            only_my_contracts=said["only_my_contracts"],
            regions=tuple(said["regions"]),
        )
