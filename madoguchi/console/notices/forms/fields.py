"""The kinds of fields these forms are made of."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from madoguchi.notices.lifecycle import State

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_LONG = 4000


class Text(forms.CharField):
    """Line breaks are those of the database, not the browser's: else every text would seem to be changed."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


class Numbers(Text):
    """Contract numbers: however they are separated, the same ones are no change."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return set(_pieces(initial)) != set(_pieces(data))


def _pieces(typed: Any) -> list[str]:
    return str(typed or "").replace(",", " ").replace("、", " ").split()


def text(label: "str | _StrPromise", *, rows: int = 0, most: int = _LONG, **more: Any) -> Text:
    """A line of text, or ``rows`` lines. ``lang`` says in which language it is written."""
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    if lang := more.pop("lang", ""):
        # A placeholder that shows nothing: by it the stylesheet knows an empty field (see pair.html).
        widget.attrs |= {"lang": lang, "placeholder": " "}
    return Text(label=label, required=False, max_length=most, widget=widget, **more)


def this_century(moment: datetime) -> None:
    """The database keeps years that Python cannot read back: one slip would keep every list from being shown."""
    if not 2000 <= moment.year < 2100:
        raise ValidationError(_("Enter a year between 2000 and 2099."))


def moment(label: "str | _StrPromise", **more: Any) -> forms.DateTimeField:
    """A moment in Japan's time; seconds are not asked for."""
    return forms.DateTimeField(
        label=label,
        required=more.pop("required", False),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": _("Enter a date and a time, such as 2026-11-22 14:05.")},
        validators=[this_century],
        **more,
    )


class StateField(forms.ChoiceField):
    """The state after a report. One that may not follow is refused by its name."""

    before: State = State.DRAFT

    def validate(self, value: str) -> None:
        forms.Field.validate(self, value)
        if value and not self.valid_value(value):
            words = {"before": self.before.label, "after": State(value).label if value in State else value[:30]}
            raise ValidationError(
                _("A notice does not go from “%(before)s” to “%(after)s”. Please choose another state."),
                code="illegal_move",
                params=words,
            )
