"""Passkeys on ``/id/otp/``: add one, rename it, remove it."""

from typing import cast

from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from madoguchi.accounts import factors
from madoguchi.accounts import passkeys as act
from madoguchi.accounts.access import needs, signed_in
from madoguchi.accounts.models import Account
from madoguchi.shell.forms import render_form
from madoguchi.support.identity.forms.factors import PasskeyForm, PasskeyNameForm
from madoguchi.support.identity.giving_up import form_for, means
from madoguchi.support.identity.refusals import BUSY, form_again, patient
from madoguchi.support.identity.views.otp import changed
from madoguchi.support.identity.views.recovery_codes import shown_once


@needs()
@require_http_methods(["GET", "HEAD", "POST"])
@patient
def passkey_add(request: HttpRequest) -> HttpResponse:
    if act.relying_party(request) is None:
        return HttpResponseRedirect(reverse("identity:otp"))
    form = PasskeyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and (response := _added(request, form)):
        return response
    return render_form(request, "identity/passkey_add.html", form)


def _added(request: HttpRequest, form: PasskeyForm) -> HttpResponse | None:
    entered = form.cleaned_data
    try:
        codes = factors.add_passkey(
            request, cast(Account, request.user), name=entered["name"], credential=entered["credential"]
        )
    except act.TooManyPasskeys:
        form.add_error(None, _("An ID has at most %(most)s passkeys. Please remove one first.") % {"most": act.MOST})
    except act.Refused:
        form.add_error(None, _("The passkey could not be added. Please try again."))
    else:
        return shown_once(request, codes, after="passkey_added") if codes else changed(request, "passkey_added")
    return None


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def passkey_rename(request: HttpRequest, key: int) -> HttpResponse:
    passkey = _own(request, key)
    form = PasskeyNameForm(request.POST if request.method == "POST" else {"name": passkey.data["name"]})
    if request.method == "POST" and form.is_valid():
        act.rename(passkey, form.cleaned_data["name"])
        return changed(request, "passkey_renamed")
    return render_form(request, "identity/passkey_rename.html", form, {"name": passkey.data["name"]})


@needs()
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@patient
def passkey_remove(request: HttpRequest, key: int) -> HttpResponse:
    account = cast(Account, request.user)
    passkey = _own(request, key)
    form = form_for(request, account, passkey)
    context = means(account, passkey) | {"name": passkey.data["name"]}
    if request.method == "POST" and form.is_valid():
        try:
            factors.remove_passkey(request, account, passkey, password=form.cleaned_data.get("password", ""))
        except BUSY:
            return form_again(request, "identity/passkey_remove.html", form, context)
        return changed(request, "passkey_removed")
    return render_form(request, "identity/passkey_remove.html", form, context)


def _own(request: HttpRequest, key: int) -> Authenticator:
    """The passkey of that number among one's own; any other is not found."""
    return get_object_or_404(Authenticator, pk=key, user=request.user, type=Authenticator.Type.WEBAUTHN)
