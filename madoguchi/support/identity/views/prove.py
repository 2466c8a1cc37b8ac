"""``/id/prove/``: whoever is signed in proves it again, in one of the ways the ID has, and goes on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from madoguchi.accounts import login, mailbox, passkeys, passwords, recovery_codes, second_factor
from madoguchi.accounts import prove as act
from madoguchi.accounts.access import signed_in
from madoguchi.accounts.assurance import Level
from madoguchi.accounts.business.connecting import providers_for
from madoguchi.accounts.business.providers import Provider
from madoguchi.accounts.models import Account, AuthEvent
from madoguchi.accounts.terms import open_before_terms
from madoguchi.shell.forms import render_form
from madoguchi.support.identity.forms.factors import AnswerForm
from madoguchi.support.identity.forms.login import CodeForm, MailboxPasswordForm, PasswordForm, RecoveryCodeForm
from madoguchi.support.identity.refusals import BUSY, form_again, patient
from madoguchi.support.identity.views.recovery_codes import after_use


@dataclass(frozen=True, slots=True)
class Way:
    """One way to prove it. ``check`` says whether what was entered is right, and puts its word into the form if not.

    It may leave a ``detail`` for the ledger among the cleaned data.
    """

    template: str
    form: type[forms.Form]
    method: AuthEvent.Method
    has: Callable[[Account], bool]
    strength: Level
    check: Callable[[HttpRequest, Account, forms.Form], bool]


@signed_in
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@patient
@open_before_terms
def prove(request: HttpRequest) -> HttpResponse:
    account = cast(Account, request.user)
    waiting = act.wanted(request)
    if waiting is None:
        return HttpResponseRedirect(reverse("mypage:home"))
    if waiting.need.met(request):
        return HttpResponseRedirect(waiting.path)
    ways = {name: way for name, way in WAYS.items() if way.strength >= waiting.need.level and way.has(account)}
    if passkeys.relying_party(request) is None:
        ways.pop("passkey", None)
    chosen = request.POST.get("way", "")
    entered = ways[chosen].form(request.POST) if chosen in ways else forms.Form()
    busy = False
    try:
        right = entered.is_bound and entered.is_valid() and ways[chosen].check(request, account, entered)
    except BUSY:
        right, busy = False, True
    if right:
        detail = entered.cleaned_data.get("detail", "")
        onward = act.proven(request, account, ways[chosen].method, detail=detail)
        return HttpResponseRedirect(after_use(onward) if chosen == "recovery" else onward)
    shown = [
        {"name": name, "template": way.template, "form": entered if name == chosen else way.form()}
        for name, way in ways.items()
    ]
    context = {
        "ways": shown,
        "providers": [provider for provider in providers_for(account) if waiting.need.level <= _strength(provider)],
        "door": "prove",
        "kept": waiting.form is not None,
        # Where a passkey is all the ID has, and this is not where it works.
        "passkey_elsewhere": second_factor.has_passkey(account) and not ways and passkeys.elsewhere(request),
    }
    if busy:
        return form_again(request, "identity/prove.html", entered, context)
    return render_form(request, "identity/prove.html", entered, context)


def _strength(provider: Provider) -> Level:
    """What a login there can prove at most."""
    return Level.MFA if provider.two_factors else Level.PASSWORD


def _by_code(request: HttpRequest, account: Account, form: forms.Form) -> bool:
    if login.check_code(request, account, form.cleaned_data["code"]):
        return True
    form.add_error("code", _("This code is not right, or was used already. Please enter the one shown now."))
    return False


def _by_passkey(request: HttpRequest, account: Account, form: forms.Form) -> bool:
    used = login.check_passkey(request, account, purpose="prove", credential=form.cleaned_data["credential"])
    if used is None:
        form.add_error(None, _("This passkey was not accepted. Please try again, or choose another way."))
        return False
    form.cleaned_data["detail"] = used.detail
    return True


def _by_recovery_code(request: HttpRequest, account: Account, form: forms.Form) -> bool:
    if login.check_code(request, account, form.cleaned_data["recovery_code"]):
        return True
    form.add_error("recovery_code", _("This recovery code is not right, or was used already."))
    return False


def _by_password(request: HttpRequest, account: Account, form: forms.Form) -> bool:
    if login.check_own_password(request, account, form.cleaned_data["password"]):
        return True
    form.add_error("password", _("This is not your password. Please check it and try again."))
    return False


# The strongest first.
WAYS = {
    "passkey": Way(
        template="identity/ways/passkey.html",
        form=AnswerForm,
        method=AuthEvent.Method.PASSKEY,
        has=second_factor.has_passkey,
        strength=Level.PASSKEY,
        check=_by_passkey,
    ),
    "code": Way(
        template="identity/ways/code.html",
        form=CodeForm,
        method=AuthEvent.Method.TOTP,
        has=second_factor.has_totp,
        strength=Level.MFA,
        check=_by_code,
    ),
    "recovery": Way(
        template="identity/ways/recovery.html",
        form=RecoveryCodeForm,
        method=AuthEvent.Method.RECOVERY_CODE,
        has=lambda account: second_factor.has_any(account) and recovery_codes.left(account) > 0,
        strength=Level.MFA,
        check=_by_recovery_code,
    ),
    "password": Way(
        template="identity/ways/password.html",
        form=PasswordForm,
        method=AuthEvent.Method.PASSWORD,
        has=passwords.has_own,
        strength=Level.PASSWORD,
        check=_by_password,
    ),
    "mailbox": Way(
        template="identity/ways/mailbox.html",
        form=MailboxPasswordForm,
        method=AuthEvent.Method.MAILBOX,
        has=lambda account: mailbox.is_ours(account.email),
        strength=Level.PASSWORD,
        check=_by_password,
    ),
}
