"""What the staff enter at an inquiry."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from madoguchi.accounts.models import Account, StaffRole
from madoguchi.inquiries.open import plain

LONGEST = 10_000  # characters


class _Body(forms.CharField):
    def __init__(self, *, rows: int, **options: Any) -> None:
        super().__init__(
            max_length=LONGEST,
            widget=forms.Textarea(attrs={"rows": rows}),
            error_messages={
                "required": gettext_lazy("Please enter the text."),
                "max_length": gettext_lazy("The text can have at most 10,000 characters."),
            },
            **options,
        )

    def clean(self, value: Any) -> str:
        text = plain(super().clean(value))
        if not text:
            raise ValidationError(_("Please enter the text."))
        return text


class AnswerForm(forms.Form):
    body = _Body(
        label=gettext_lazy("Answer"),
        help_text=gettext_lazy("It is mailed to the writer in these words, with a link to write back."),
        rows=10,
    )
    # The last message the page showed, and a digest of the text whose mail it showed.
    seen = forms.IntegerField(min_value=0, max_value=2**62, widget=forms.HiddenInput)
    shown = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


class NoteForm(forms.Form):
    note = _Body(label=gettext_lazy("Note for colleagues"), rows=3)


class AssignForm(forms.Form):
    to = forms.ModelChoiceField(
        label=pgettext_lazy("inquiry", "Assigned to"),
        queryset=Account.objects.none(),
        required=False,
        empty_label=gettext_lazy("Nobody"),
        error_messages={"invalid_choice": gettext_lazy("Please choose somebody from the list.")},
    )
    instead_of = forms.IntegerField(required=False, min_value=0, max_value=2**62, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        colleagues = Account.objects.filter(
            staff_role__in=[StaffRole.SUPPORT, StaffRole.ADMINISTRATOR], is_active=True
        ).order_by("email")
        self.fields["to"].queryset = colleagues  # type: ignore[attr-defined]
        self.fields["to"].label_from_instance = lambda account: account.email  # type: ignore[attr-defined]
