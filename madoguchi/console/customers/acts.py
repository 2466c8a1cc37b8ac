"""What staff may do for a customer ID. None of it lets them in, or tells them a secret (ASVS 5.0, 6.4.6)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from madoguchi.accounts import forgotten, passwords
from madoguchi.accounts.models import Account, AuthEvent, SignIn
from madoguchi.accounts.unlocking import Lock, by_staff
from madoguchi.console import audit, roles
from madoguchi.console.customers import look
from madoguchi.console.customers.forms import ActForm
from madoguchi.contracts.unlocking import unlock
from madoguchi.lib.addresses import masked
from madoguchi.shell.forms import render_form


@dataclass(frozen=True, slots=True)
class Act:
    """``title`` is what is done, ``effect`` what comes of it, ``about`` what it is done to."""

    about: str | Promise
    title: str | Promise
    effect: str | Promise
    do: Callable[[Account], object]
    possible: Callable[[Account], bool] = lambda account: True


def _end_sessions(account: Account) -> None:
    SignIn.objects.finish_all(account, SignIn.End.STAFF)
    by_staff(account, AuthEvent.Method.SESSION_ENDED, detail="staff")


def _unlock(lock: Lock, about: Promise, effect: Promise) -> Act:
    return Act(about, _("Take the lock off"), effect, partial(unlock, lock=lock))


_ANEW = _("Tries so far count no more; the limits stay as they are. The customer sees it in the login history.")
ACTS: dict[str, Act] = {
    Lock.LOGIN: _unlock(Lock.LOGIN, _("Wrong passwords"), _ANEW),
    Lock.LOGIN_CODE: _unlock(Lock.LOGIN_CODE, _("Wrong one-time codes"), _ANEW),
    Lock.WRONG_PHONES: _unlock(Lock.WRONG_PHONES, _("Wrong contact phones"), _ANEW),
    Lock.WRONG_CODES: _unlock(Lock.WRONG_CODES, _("Wrong codes from the contact phone"), _ANEW),
    Lock.CODES_SENT: _unlock(Lock.CODES_SENT, _("Codes sent to the contact phone"), _ANEW),
    Lock.LINKING: _unlock(
        Lock.LINKING,
        _("Customer numbers tried for linking"),
        _(
            "Tries so far at the customer numbers this ID named count no more, whoever made them. The customer sees it "
            "in the login history."
        ),
    ),
    Lock.NEW_PHONES: _unlock(Lock.NEW_PHONES, _("New contact phones named"), _ANEW),
    "sessions": Act(
        _("Sessions"),
        _("End every session"),
        _("Every browser is signed out at once. The customer can log in again."),
        _end_sessions,
    ),
    "password": Act(
        _("Password"),
        _("Send a password reset email"),
        _("A link goes to the ID's own address. The customer chooses the password; nobody else sees the link."),
        forgotten.send,
        lambda account: passwords.has_own(account) and not account.is_staff,
    ),
}


@roles.may_help
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, customer: UUID, name: str) -> HttpResponse:
    """Ask for the reason; with it, do it and record both in one transaction."""
    if name not in ACTS:
        raise Http404
    account = look.granted(request, customer)
    if account is None:
        return redirect("console:customers")
    if not ACTS[name].possible(account):
        raise Http404
    form = ActForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with transaction.atomic():
            audit.record(request, f"customer.{name}", account, reason=form.cleaned_data["reason"])
            ACTS[name].do(account)
        return redirect("console:customer", customer)
    context = {"customer": account, "address": masked(account.email), "act": ACTS[name]}
    return render_form(request, "console/customers/act.html", form, context)
