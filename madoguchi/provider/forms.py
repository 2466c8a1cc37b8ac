"""What is typed about a site, on the command line or in the console, checked by the same rules."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from madoguchi.provider import uris
from madoguchi.provider.models import Site

MOST_ADDRESSES = 10


def wrong(reason: str, address: str) -> str:
    """Why ``address`` cannot be registered, for a person."""
    told = {
        "long": gettext("%(address)s… is longer than 500 characters."),
        "characters": gettext("%(address)s has characters that an address cannot have."),
        "wildcard": gettext("%(address)s: please give each address in full; a * is not allowed."),
        "fragment": gettext("%(address)s: please leave out the # and what follows it."),
        "scheme": gettext("%(address)s: please begin with https://. Only this computer (127.0.0.1) may use http://."),
        "host": gettext("%(address)s names no host that could be reached."),
        "user": gettext("%(address)s: please leave out the user name before the @."),
        "path": gettext("%(address)s: please write the path without . and .. steps."),
    }
    return told[reason] % {"address": address[:60]}


class Addresses(forms.CharField):
    """Addresses, one a line; a list of them once clean."""

    widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocapitalize": "none"})

    def clean(self, value: Any) -> list[str]:
        found = list(dict.fromkeys(super().clean(value).split()))
        if len(found) > MOST_ADDRESSES:
            raise forms.ValidationError(_("At most %(most)s addresses."), params={"most": MOST_ADDRESSES})
        errors = []
        for address in found:
            try:
                uris.checked(address)
            except uris.WrongAddress as error:
                errors.append(wrong(error.reason, address))
        if errors:
            raise forms.ValidationError(errors)
        return found

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value


class SiteForm(forms.Form):
    """A site as the operator describes it. Its name for programs and its sector are given once and stay."""

    client_id = forms.CharField(
        label=_("Client ID"),
        max_length=40,
        validators=[RegexValidator(r"\A[a-z][a-z0-9-]{2,39}\Z", _("Small letters, digits and hyphens, 3 to 40."))],
        help_text=_(
            "The name programs use, such as aoba-mall. Small letters, digits and hyphens; it cannot be changed."
        ),
    )
    name_ja = forms.CharField(label=_("Name in Japanese"), max_length=60)
    name_en = forms.CharField(label=_("Name in English"), max_length=60)
    home_url = forms.CharField(
        label=_("Where it begins"), max_length=uris.LONGEST, required=False, help_text=_("Customers get it as a link.")
    )
    redirect_uris = Addresses(
        label=_("Addresses to return to after the login"),
        help_text=_("One a line, in full. They are compared character by character."),
    )
    post_logout_redirect_uris = Addresses(
        label=_("Addresses to return to after the logout"), required=False, help_text=_("One a line, in full.")
    )
    sector = forms.CharField(
        label=_("Sector"),
        max_length=200,
        required=False,
        validators=[RegexValidator(r"\A[a-z0-9.-]+\Z", _("Small letters, digits, dots and hyphens."))],
        help_text=_(
            "Sites of one sector know a customer by the same number, others by another. If left empty, the host of "
            "the first address; it cannot be changed."
        ),
    )
    silent = forms.BooleanField(
        label=_("May ask without showing a page (prompt=none)"),
        required=False,
        help_text=_("Only customers who are logged in and have allowed the site are let through."),
    )
    offline = forms.BooleanField(
        label=_("May ask while the customer is away (offline_access)"),
        required=False,
        help_text=_("The site gets refresh tokens, good for at most 90 days after a login."),
    )

    def __init__(self, *args: Any, site: Site | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.site = site
        if site is not None:
            del self.fields["client_id"], self.fields["sector"]

    def clean_client_id(self) -> str:
        client_id: str = self.cleaned_data["client_id"]
        if Site.objects.filter(client_id=client_id).exists():
            raise forms.ValidationError(_("There is a site of this name already."))
        return client_id

    def clean_home_url(self) -> str:
        address: str = self.cleaned_data["home_url"]
        if address:
            try:
                uris.checked(address)
            except uris.WrongAddress as error:
                raise forms.ValidationError(wrong(error.reason, address)) from None
        return address

    def add(self) -> tuple[Site, str]:
        """The new site and its secret, once the form is valid."""
        return Site.objects.add(**self.cleaned_data)

    def change(self) -> Site:
        """What was typed, put into the site the form was made with."""
        if self.site is None:
            raise ValueError("the form was made without a site")
        self.site.change(**self.cleaned_data)
        return self.site


def of(site: Site) -> dict[str, Any]:
    """What stands in a form about ``site`` before anybody types."""
    return {
        "name_ja": site.name_ja,
        "name_en": site.name_en,
        "home_url": site.home_url,
        "redirect_uris": site.addresses,
        "post_logout_redirect_uris": site.leaving_addresses,
        "silent": site.silent,
        "offline": site.offline,
    }
