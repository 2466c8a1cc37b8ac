"""What an inquiry asks for, and a further message."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.catalog.models import Service
from madoguchi.inquiries.open import BODY_LONGEST, NAME_LONGEST, SUBJECT_LONGEST, plain
from madoguchi.shell.address_field import AddressField
from madoguchi.shell.templatetags.shell import in_language_plain


class ServiceChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return in_language_plain(obj, "name")


def text_field(*, label: Any, required: Any, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=BODY_LONGEST,
        widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={
            "required": required,
            "max_length": gettext_lazy("The text can have at most %(limit_value)d characters (it has %(show_value)d)."),
        },
        **options,
    )


class InquiryForm(forms.Form):
    service = ServiceChoice(
        label=gettext_lazy("Service"),
        queryset=Service.objects.none(),
        required=False,
        to_field_name="slug",
        empty_label=gettext_lazy("Not about one service"),
        error_messages={"invalid_choice": gettext_lazy("Please choose a service from the list.")},
    )
    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        max_length=SUBJECT_LONGEST,
        error_messages={
            "required": gettext_lazy("Please enter a subject."),
            "max_length": gettext_lazy("The subject can have at most 100 characters."),
        },
    )
    text = text_field(
        label=gettext_lazy("What you want to ask"),
        required=gettext_lazy("Please enter what you want to ask."),
        help_text=gettext_lazy(
            "Please do not write passwords or credit card numbers. At most 5,000 characters; line breaks are kept."
        ),
    )
    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=NAME_LONGEST,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"max_length": gettext_lazy("The name can have at most 60 characters.")},
    )
    email = AddressField(
        autocomplete="email",
        label=gettext_lazy("Email address"),
        help_text=gettext_lazy("We answer to this address. Please check it well."),
        error_messages={"required": gettext_lazy("Please enter your email address.")},
    )
    # Nobody sees it; a program that fills in whatever it finds gives itself away. Whoever did by mistake is told.
    website = forms.CharField(
        label=gettext_lazy("Please leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, *args: Any, signed_in: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["service"].queryset = Service.objects.offered().by_name()  # type: ignore[attr-defined]
        if signed_in:
            del self.fields["email"]

    def clean_subject(self) -> str:
        if subject := plain(self.cleaned_data["subject"]):
            return subject
        raise ValidationError(_("Please enter a subject."))

    def clean_text(self) -> str:
        if text := plain(self.cleaned_data["text"]):
            return text
        raise ValidationError(_("Please enter what you want to ask."))

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise ValidationError(_("This field is against automatic entries. Please empty it and go on."))
        return ""


class FurtherForm(forms.Form):
    text = text_field(
        label=gettext_lazy("Write further"), required=gettext_lazy("Please enter what you want to write.")
    )

    def clean_text(self) -> str:
        if text := plain(self.cleaned_data["text"]):
            return text
        raise ValidationError(_("Please enter what you want to write."))
