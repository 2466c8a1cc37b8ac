"""Every component on one page, in each language, for developers and for the accessibility test."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from madoguchi.shell import states, stylesheet


class SampleForm(forms.Form):
    address = forms.EmailField(
        label=_("Email address"), help_text=_("We send a letter there to make sure it is yours.")
    )
    password = forms.CharField(label=_("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "off"}))
    year = forms.IntegerField(label=_("Year"), widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "5"}))
    month = forms.ChoiceField(label=_("Month"), choices=[(n, f"{n:02}") for n in range(1, 13)], required=False)
    code = forms.CharField(
        label=_("Verification code"),
        help_text=_("Six digits."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
    device = forms.ChoiceField(
        label=_("Device"),
        choices=[("pc", _("PC")), ("smartphone", _("Smartphone"))],
        widget=forms.RadioSelect,
        help_text=_("Decides how long an email may be."),
    )
    mails = forms.MultipleChoiceField(
        label=_("Email wanted"),
        choices=[("work", _("Work")), ("trouble", _("Trouble"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    text = forms.CharField(label=_("What happened"), widget=forms.Textarea(attrs={"rows": 4}), required=False)
    agreed = forms.BooleanField(label=_("I have read the terms"))


WRONG = {"address": "hanako@", "year": "19xx", "month": "1", "code": "12", "mails": ["work"], "text": "…"}


@never_cache
@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    if not settings.DEMO and not getattr(request.user, "staff_role", ""):
        raise Http404
    return render(request, "shell/gallery.html", shown())


def shown() -> dict[str, Any]:
    """What the page shows, without a database."""
    return {
        "empty_form": SampleForm(auto_id="empty_%s"),
        "form": SampleForm(WRONG, auto_id="wrong_%s"),
        "steps": [_("Input"), _("Check"), _("Provisional registration"), _("Registration")],
        "states": list(states.LOOKS),
        "icons": sorted(path.stem for path in (stylesheet.STATIC / "shell" / "icons").glob("*.svg")),
        "page_obj": Paginator(range(500), 50).page(4),
        "moment": datetime(2026, 11, 22, 14, 5, tzinfo=ZoneInfo("Asia/Tokyo")),
        "mail": {
            "sender": "notice@aoba.example",
            "subject": _("[Work] W-2026-000123 Exchange of a relay switch in Osaka"),
            "text": _("Planned work: 6 Dec 2026, 01:00 to 05:00 JST.\nThe line may stop for up to ten minutes.\n"),
        },
    }
