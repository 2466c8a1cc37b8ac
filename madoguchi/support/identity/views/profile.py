"""``/id/profile/``: what the ID says of its holder, and a form for each of it."""

from typing import cast

from django.conf import settings
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from madoguchi.accounts import profile as act
from madoguchi.accounts.access import needs, signed_in
from madoguchi.accounts.models import Account, AddressChange
from madoguchi.shell.forms import render_form
from madoguchi.shell.languages import current, in_language
from madoguchi.support.identity.forms import time_zones
from madoguchi.support.identity.forms.profile import BirthDateForm, LanguageForm, NameForm, TimeZoneForm
from madoguchi.support.identity.own_clock import on_own_clock


@signed_in
@require_safe
@on_own_clock
def profile(request: HttpRequest) -> HttpResponse:
    account = _account(request)
    context = {
        "account": account,
        "waiting": AddressChange.objects.waiting(account).first(),
        "language": dict(settings.LANGUAGES)[account.language],
        "zone": time_zones.label(account.time_zone, language=current(), now=timezone.now()),
    }
    return render(request, "identity/profile.html", context)


@needs()
@require_http_methods(["GET", "HEAD", "POST"])
def name(request: HttpRequest) -> HttpResponse:
    account = _account(request)
    form = NameForm(request.POST if request.method == "POST" else None, initial=_present(account))
    if request.method == "POST" and form.is_valid():
        entered = form.cleaned_data
        return _back(
            request,
            changed=act.change_name(
                request, account, family=entered["family_name_kana"], given=entered["given_name_kana"]
            ),
        )
    return _page(request, form, heading=_("Change the name"))


@needs()
@require_http_methods(["GET", "HEAD", "POST"])
def birth_date(request: HttpRequest) -> HttpResponse:
    account = _account(request)
    form = BirthDateForm(request.POST if request.method == "POST" else None, initial=_present(account))
    if request.method == "POST" and form.is_valid():
        return _back(request, changed=act.change_birth_date(request, account, **form.cleaned_data))
    return _page(request, form, heading=_("Change the date of birth"))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def language(request: HttpRequest) -> HttpResponse:
    account = _account(request)
    form = LanguageForm(request.POST if request.method == "POST" else None, initial=_present(account))
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["language"]
        return _back(request, changed=act.change_language(request, account, language=chosen), language=chosen)
    return _page(request, form, heading=_("Change the language"))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def time_zone(request: HttpRequest) -> HttpResponse:
    account = _account(request)
    form = TimeZoneForm(request.POST if request.method == "POST" else None, initial=_present(account))
    if request.method == "POST" and form.is_valid():
        return _back(request, changed=act.change_time_zone(request, account, **form.cleaned_data))
    return _page(request, form, heading=_("Change the time zone"))


def _account(request: HttpRequest) -> Account:
    return cast(Account, request.user)


def _present(account: Account) -> dict[str, object]:
    fields = ("family_name_kana", "given_name_kana", "birth_date", "language", "time_zone")
    return {field: getattr(account, field) for field in fields}


def _page(request: HttpRequest, form: Form, *, heading: str) -> HttpResponse:
    return render_form(request, "identity/profile_form.html", form, {"heading": heading})


def _back(request: HttpRequest, *, changed: bool, language: str = "") -> HttpResponse:
    """To the profile, in the language chosen, which says what became of it."""
    place = in_language(reverse("identity:profile"), language or current())
    return HttpResponseRedirect(f"{place}?said={'changed' if changed else 'same'}")
