"""One delivery address: where, on what, on which days and hours, and what becomes of the rest."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.accounts.models import Account
from madoguchi.lib.addresses import envelope
from madoguchi.notices.destinations import AddressInUse, Preferences, check_unused
from madoguchi.notices.models import ALL_DAYS, ALL_HOURS, Destination
from madoguchi.shell.address_field import AddressField
from madoguchi.support.mynotices import grids


class AddressForm(forms.Form):
    address = AddressField(
        autocomplete="email",
        label=gettext_lazy("Email address"),
        error_messages={"required": gettext_lazy("Please enter an email address.")},
    )
    device = forms.ChoiceField(
        label=gettext_lazy("Where it is read"),
        choices=[
            (Destination.Device.PC, gettext_lazy("Computer")),
            (Destination.Device.SMARTPHONE, gettext_lazy("Smartphone")),
            (Destination.Device.MOBILE, gettext_lazy("Mobile phone (short plain text)")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose where the email is read."),
            "invalid_choice": gettext_lazy("Choose where the email is read."),
        },
    )
    with_calendar = forms.BooleanField(
        label=gettext_lazy("Attach the work calendar to work emails"),
        help_text=gettext_lazy(
            "A file with each work period and the numbers of your contracts it touches, for calendars and for the tools"
            " of network teams (iCalendar, MAINTNOTE). Not for mobile phones with short plain text."
        ),
        required=False,
    )
    days = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Days"),
        coerce=int,
        choices=list(enumerate(grids.DAYS)),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    hours = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Hours"),
        coerce=int,
        choices=[(hour, str(hour)) for hour in grids.BOXES["hours"]],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    outside = forms.ChoiceField(
        label=gettext_lazy("Notices published at other times"),
        choices=[
            (Destination.Outside.SKIP, gettext_lazy("Do not send them; they can be read on this site")),
            (Destination.Outside.HOLD, gettext_lazy("Keep them, and send them as one email at the next open hour")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose what becomes of them."),
            "invalid_choice": gettext_lazy("Choose what becomes of them."),
        },
    )
    critical_always = forms.BooleanField(
        label=gettext_lazy("Send critical trouble at any time"),
        help_text=gettext_lazy("Trouble that we call critical comes at once, whatever is ticked above."),
        required=False,
    )

    def __init__(self, *args: Any, account: Account, slot: int, **options: Any) -> None:
        super().__init__(*args, **options)
        self.account = account
        self.slot = slot

    @staticmethod
    def initial_of(address: str, preferences: Preferences) -> dict[str, Any]:
        return {
            **preferences.columns(),
            "address": address,
            "days": _ticked(preferences.days, ALL_DAYS),
            "hours": _ticked(preferences.hours, ALL_HOURS),
        }

    @classmethod
    def initial_typed(cls, typed: QueryDict, *, preset: str) -> dict[str, Any]:
        """What stands in the fields when a form comes back after the button ``preset`` of its tables."""
        ticks = grids.pressed(preset, days=typed.getlist("days"), hours=typed.getlist("hours"))
        names = ("address", "device", "outside", "critical_always", "with_calendar")
        single = {name: typed.get(name) for name in names}
        return {**single, **ticks}

    def clean_address(self) -> str:
        address = str(self.cleaned_data["address"])
        try:
            check_unused(self.account, slot=self.slot, address=envelope(address))
        except AddressInUse:
            raise ValidationError(
                _("Another of your delivery addresses is the same. Please enter a different one.")
            ) from None
        return address

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("with_calendar") and said.get("device") == Destination.Device.MOBILE:
            self.add_error(
                "with_calendar",
                _("Nothing can be attached to short plain text. Untick this, or choose another place to read it."),
            )
        if not said.get("critical_always"):
            if "days" in said and not said["days"]:
                self.add_error("days", _("Tick at least one day."))
            if "hours" in said and not said["hours"]:
                self.add_error("hours", _("Tick at least one hour."))
        return said

    def preferences(self) -> Preferences:
        """What was chosen; call it on a valid form."""
        said = self.cleaned_data
        return Preferences(
            device=said["device"],
            days=sum(1 << day for day in set(said["days"])),
            hours=sum(1 << hour for hour in set(said["hours"])),
            outside=said["outside"],
            critical_always=said["critical_always"],
            with_calendar=said["with_calendar"],
        )

    def shown_preferences(self) -> Preferences:
        """The ticks as they stand on the page, right or wrong, for the words beside them."""
        return Preferences(
            days=sum(1 << box.value for box in self.day_boxes() if box.checked),
            hours=sum(1 << box.value for part in self.hour_parts() for box in part.boxes if box.checked),
            outside=self["outside"].value() or Destination.Outside.SKIP,
            critical_always=bool(self["critical_always"].value()),
        )

    def day_boxes(self) -> list[grids.Box]:
        return grids.day_boxes(_values(self["days"].value()))

    def hour_parts(self) -> Iterator[grids.Part]:
        return grids.hour_parts(_values(self["hours"].value()))

    # The buttons for several boxes; the template cannot reach the module.
    all_days = staticmethod(grids.all_days)
    all_hours = staticmethod(grids.all_hours)
    hour_columns = staticmethod(grids.hour_columns)


def _ticked(bits: int, every: int) -> list[int]:
    return [bit for bit in range(every.bit_length()) if bits >> bit & 1]


def _values(ticked: Any) -> set[str]:
    return {str(value) for value in ticked or ()}
