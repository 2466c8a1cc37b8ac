"""A delivery address and when it receives: input, confirm, and the mail that was sent (仮登録)."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from madoguchi.accounts.models import Account
from madoguchi.accounts.network import source_network
from madoguchi.lib.addresses import envelope, plain
from madoguchi.notices.destinations import AddressInUse, Preferences, Slot, check_unused, proven
from madoguchi.notices.register_address import register
from madoguchi.shell.forms import render_form
from madoguchi.support.mynotices import kept
from madoguchi.support.mynotices.address_form import AddressForm
from madoguchi.support.mynotices.views.access import account_of, agreed, patient
from madoguchi.support.mynotices.views.destinations import the_slot

STEPS = [
    pgettext_lazy("step of registering an address", "Input"),
    pgettext_lazy("step of registering an address", "Confirm"),
    pgettext_lazy("step of registering an address", "Provisional"),
    pgettext_lazy("step of registering an address", "Final"),
]
# Where the address is known to be theirs already, what was chosen counts as soon as it is confirmed.
STEPS_AT_ONCE = STEPS[:2]


@require_http_methods(["GET", "HEAD", "POST"])
@agreed
def address(request: HttpRequest, slot: int) -> HttpResponse:
    there, account = the_slot(request, slot), account_of(request)
    form = _form(request, account, there)
    if form.is_bound and form.is_valid():
        kept.keep_address(request, slot, form.cleaned_data["address"], form.preferences())
        return HttpResponseRedirect(reverse("mynotices:address_confirm", args=[slot]))
    context = {
        "slot": there,
        "account": account,
        "sender": settings.MAIL_FROM_NOTICES,
        "shown": form.shown_preferences(),
        "steps": _steps(account, slot, _stands(request, account, there)[0]),
        "current": 1,
    }
    return render_form(request, "mynotices/address.html", form, context)


@require_http_methods(["GET", "HEAD", "POST"])
@agreed
@patient
def address_confirm(request: HttpRequest, slot: int) -> HttpResponse:
    there, account = the_slot(request, slot), account_of(request)
    entered = kept.address(request, slot)
    if entered is None:
        return HttpResponseRedirect(reverse("mynotices:address", args=[slot]))
    typed, preferences = entered
    if request.method == "POST":
        return _registered(request, slot, typed, preferences)
    steps = _steps(account, slot, typed)
    context = {
        "slot": there,
        "address": typed,
        "preferences": preferences,
        "at_once": steps is STEPS_AT_ONCE,
        "same": bool(there.destination and there.destination.address == envelope(typed)),
        "steps": steps,
        "current": 2,
    }
    return render(request, "mynotices/address_confirm.html", context)


@require_safe
@agreed
def address_sent(request: HttpRequest, slot: int) -> HttpResponse:
    there = the_slot(request, slot)
    if there.change is None:
        return HttpResponseRedirect(reverse("mynotices:destinations"))
    context = {
        "slot": there,
        "resumes": there.change.resumes,
        "sender": settings.MAIL_FROM_NOTICES,
        "steps": STEPS,
        "current": 3,
    }
    return render(request, "mynotices/address_sent.html", context)


def _registered(request: HttpRequest, slot: int, typed: str, preferences: Preferences) -> HttpResponse:
    try:
        change = register(
            account_of(request),
            slot=slot,
            address=typed,
            preferences=preferences,
            network=source_network(request),
        )
    except AddressInUse:  # meanwhile, in another window
        return HttpResponseRedirect(reverse("mynotices:address", args=[slot]))
    kept.forget_address(request)
    if change:
        return HttpResponseRedirect(reverse("mynotices:address_sent", args=[slot]))
    kept.say(request, "saved")
    return HttpResponseRedirect(reverse("mynotices:destinations"))


def _steps(account: Account, slot: int, address: str) -> list[Any]:
    at_once = bool(address) and proven(account, slot=slot, address=envelope(address))
    return STEPS_AT_ONCE if at_once else STEPS


def _form(request: HttpRequest, account: Account, there: Slot) -> AddressForm:
    if request.method != "POST":
        initial = AddressForm.initial_of(*_stands(request, account, there))
        return AddressForm(account=account, slot=there.number, initial=initial)
    if preset := request.POST.get("preset"):
        # A button for the ticks: the form comes back with them, and nothing is judged yet.
        initial = AddressForm.initial_typed(request.POST, preset=preset)
        return AddressForm(account=account, slot=there.number, initial=initial)
    return AddressForm(request.POST, account=account, slot=there.number)


def _stands(request: HttpRequest, account: Account, there: Slot) -> tuple[str, Preferences]:
    """What the form opens with: what was entered a moment ago, what the slot has, or the ID's own address."""
    if entered := kept.address(request, there.number):
        return entered
    if there.destination:
        return plain(there.destination.address), Preferences.of(there.destination)
    if there.change:
        return plain(there.change.address), Preferences.of(there.change)
    own = envelope(account.email)
    try:
        check_unused(account, slot=there.number, address=own)
    except AddressInUse:
        return "", Preferences()
    return account.email, Preferences()
