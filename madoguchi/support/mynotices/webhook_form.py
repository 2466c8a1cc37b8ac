"""A webhook as a customer describes it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from madoguchi.delivery import outside
from madoguchi.notices.lifecycle import Kind
from madoguchi.notices.models import Webhook
from madoguchi.notices.webhooks import Wanted, url_of

_FAULTS = {
    "form": _("Enter the whole address, such as https://example.com/notices."),
    "scheme": _("The address has to begin with https://."),
    "name": _("Enter an address that can be reached from the internet."),
    "port": _("This port is not called. Use the usual one for https."),
    "credentials": _("Leave the name and password out of the address. What we send is signed."),
    "inside": _("Enter an address that can be reached from the internet."),
}


class WebhookForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        help_text=_("What you call it, such as “Network monitoring”."),
        error_messages={"required": _("Enter a name.")},
    )
    # No URLField: it would put a scheme before what has none, and quote back what it made of it.
    url = forms.CharField(
        label=_("Address of your program"),
        max_length=500,
        help_text=_("It begins with https:// and can be reached from the internet."),
        error_messages={"required": _("Enter the address of your program.")},
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    kinds = forms.MultipleChoiceField(
        label=_("What it is told"),
        choices=[(Kind.WORK, _("Planned work")), (Kind.TROUBLE, _("Trouble"))],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose planned work, trouble or both.")},
    )

    @staticmethod
    def initial_of(webhook: Webhook) -> dict[str, Any]:
        kinds = [kind for kind, wanted in ((Kind.WORK, webhook.work), (Kind.TROUBLE, webhook.trouble)) if wanted]
        return {"name": webhook.name, "url": url_of(webhook) or "", "kinds": kinds}

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        try:
            outside.check(url)
        except outside.Unfit as error:
            raise ValidationError(_FAULTS[str(error)]) from None
        return url

    def wanted(self) -> Wanted:
        """What was entered; call it on a valid form."""
        said = self.cleaned_data
        return Wanted(
            name=said["name"],
            url=said["url"],
            work=Kind.WORK in said["kinds"],
            trouble=Kind.TROUBLE in said["kinds"],
        )
