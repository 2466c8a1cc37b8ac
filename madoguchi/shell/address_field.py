"""A mail address in a form, the same words beside it on every page."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from madoguchi.lib.addresses import BadAddress, normal_address


class AddressField(forms.CharField):
    """A mail address, brought to its one spelling (:func:`~madoguchi.lib.addresses.normal_address`).

    ``autocomplete``: ``username``, ``email`` for another one, ``off`` for somebody else's. No e-mail keyboard check by
    the browser: ours says what is wrong.
    """

    def __init__(self, *, autocomplete: str = "username", **options: Any) -> None:
        typing = {
            "autocomplete": autocomplete,
            "inputmode": "email",
            "autocapitalize": "none",
            "spellcheck": "false",
        }
        super().__init__(widget=forms.TextInput(attrs=typing), **options)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        if not typed:
            return typed
        try:
            return normal_address(typed)
        except BadAddress as bad:
            raise ValidationError(what_is_wrong(bad)) from None


def what_is_wrong(bad: BadAddress) -> str:
    """Words for the reader who typed it."""
    if bad.why == "length":
        return _("This email address is too long. An address has at most 254 characters, 64 of them before the @.")
    if bad.why == "characters":
        return _("This email address contains characters that cannot be seen. Please type it again.")
    if bad.why == "dots":
        return _(
            "Before the @ there are two dots in a row, or a dot at the beginning or the end. Only old mobile addresses"
            " (docomo.ne.jp, ezweb.ne.jp, au.com) can have them. Please check the address."
        )
    if bad.why == "international":
        return _(
            "We cannot send email to addresses with letters other than English ones before the @. Please enter another"
            " address."
        )
    return _("Please enter an email address in the form name@example.jp.")
