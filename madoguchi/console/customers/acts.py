"""What staff may do for a customer ID. None of it lets them in, or tells them a secret (ASVS 5.0, 6.4.6)."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from madoguchi.accounts import change_address, forgotten, limits, passwords
from madoguchi.accounts.models import Account, AddressChange, AuthEvent, SignIn
from madoguchi.accounts.unlocking import Lock, by_staff
from madoguchi.console import audit, roles
from madoguchi.console.customers import look
from madoguchi.console.customers.forms import ActForm
from madoguchi.console.models import AuditEntry
from madoguchi.console.templatetags.console import person
from madoguchi.contracts.unlocking import unlock
from madoguchi.lib.addresses import masked
from madoguchi.notices import register_address
from madoguchi.notices.destinations import SLOTS, slot_of, slots_of
from madoguchi.shell.forms import render_form
from madoguchi.shell.templatetags.shell import datetime_zone


@dataclass(frozen=True, slots=True)
class Act:
    """``title`` is what is done, ``effect`` what comes of it, ``about`` what it is done to, ``done`` said after it."""

    about: str | Promise
    title: str | Promise
    effect: str | Promise
    do: Callable[[Account], object]
    done: str | Promise
    possible: Callable[[Account], bool] = lambda account: True


def _end_sessions(account: Account) -> None:
    SignIn.objects.finish_all(account, SignIn.End.STAFF)
    by_staff(account, AuthEvent.Method.SESSION_ENDED, detail="staff")


def _unlock(lock: Lock, about: Promise, effect: Promise) -> Act:
    return Act(about, _("Take the lock off"), effect, partial(unlock, lock=lock), _("The lock is off"))


def _link_again(slot: int) -> Act:
    return Act(
        format_lazy(_("Delivery address {slot}, not confirmed"), slot=slot),
        _("Send a new link"),
        _(
            "A link goes to the address the customer entered, in place of the one that waits. It counts as one the "
            "customer asked for; nobody else sees it."
        ),
        partial(register_address.ask_again, slot=slot),
        _("A new link was sent"),
        lambda account: slot_of(account, slot).change is not None,
    )


def _own_address_again(account: Account) -> None:
    waits = AddressChange.objects.waiting(account).first()
    if waits is not None:
        change_address.ask(account, email=waits.email)


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
        _("Every session was ended"),
    ),
    "password": Act(
        _("Password"),
        _("Send a password reset email"),
        _(
            "A link goes to the ID's own address, in place of one that waits. The customer chooses the password; "
            "nobody else sees the link."
        ),
        forgotten.send,
        _("The password reset email was sent"),
        lambda account: passwords.has_own(account) and not account.is_staff,
    ),
    **{f"link_{slot}": _link_again(slot) for slot in SLOTS},
    "new_email": Act(
        _("New email address of the ID, not confirmed"),
        _("Send a new link"),
        _(
            "A link goes to the new address the customer entered, in place of the one that waits. It counts as one "
            "the customer asked for; nobody else sees it."
        ),
        _own_address_again,
        _("A new link was sent"),
        lambda account: AddressChange.objects.waiting(account).exists(),
    ),
}


def links_of(account: Account) -> list[tuple[str, Act, str]]:
    """The links that wait to be used: the act that sends each anew, and the address, masked."""
    found = [(f"link_{slot.number}", slot.change.address) for slot in slots_of(account) if slot.change]
    found += [("new_email", change.email) for change in AddressChange.objects.waiting(account)]
    return [(name, ACTS[name], masked(address)) for name, address in found]


def done(form: ActForm, do: Callable[[], object], *, before: AuditEntry | None = None) -> bool:
    """Whether ``do`` was done; where a limit is reached the form says so, and who of the staff did it ``before``."""
    try:
        with transaction.atomic():
            do()
    except limits.TooMany as full:
        minutes = math.ceil(full.seconds / 60)
        form.add_error(
            None,
            ngettext(
                "Too many links went there. Please try again in %(minutes)s minute.",
                "Too many links went there. Please try again in %(minutes)s minutes.",
                minutes,
            )
            % {"minutes": minutes},
        )
        if before is not None:
            said = {"who": person(before.actor), "time": datetime_zone(before.at)}
            form.add_error(None, gettext("%(who)s sent the last one on %(time)s.") % said)
        return False
    return True


def _do(request: HttpRequest, account: Account, name: str, reason: str) -> None:
    audit.record(request, f"customer.{name}", account, reason=reason)
    ACTS[name].do(account)


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
    before = audit.last(f"customer.{name}", account)
    if form.is_valid() and done(form, lambda: _do(request, account, name, form.cleaned_data["reason"]), before=before):
        return redirect(reverse("console:customer", args=[customer], query={"done": name}))
    context = {"customer": account, "address": masked(account.email), "act": ACTS[name]}
    return render_form(request, "console/customers/act.html", form, context)
