"""The three slots for delivery addresses, and what can be done with each in one step."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from madoguchi.accounts.network import source_network
from madoguchi.lib.addresses import envelope
from madoguchi.notices import register_address, trial_mail
from madoguchi.notices.destinations import SLOTS, Slot, remove, slot_of, slots_of
from madoguchi.support.mynotices import kept
from madoguchi.support.mynotices.views.access import account_of, agreed, patient


@require_safe
@agreed
def destinations(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    slots = slots_of(account)
    own = envelope(account.email)
    context = {
        "account": account,
        "slots": slots,
        "none": not any(slot.destination for slot in slots),
        # The ID's own address can be had without a mail; the first empty slot says so.
        "own_missing": not any(slot.destination and slot.destination.address == own for slot in slots),
        "own": own,
        "sender": settings.MAIL_FROM_NOTICES,
        "said": kept.said(request),
    }
    return render(request, "mynotices/destinations.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@agreed
def destination_delete(request: HttpRequest, slot: int) -> HttpResponse:
    account = account_of(request)
    there = the_slot(request, slot).destination
    if there is None:
        return HttpResponseRedirect(reverse("mynotices:destinations"))
    if request.method == "POST":
        remove(account, slot=slot)
        return _back(request, "removed")
    last = account.destinations.standing().count() == 1
    context = {"destination": there, "last": last and account.subscriptions.exists()}
    return render(request, "mynotices/destination_delete.html", context)


@require_POST
@agreed
@patient
def destination_test(request: HttpRequest, slot: int) -> HttpResponse:
    _known(slot)
    return _back(request, "tested" if trial_mail.send_trial(account_of(request), slot=slot) else "")


@require_POST
@agreed
def call_off(request: HttpRequest, slot: int) -> HttpResponse:
    _known(slot)
    register_address.call_off(account_of(request), slot=slot)
    return _back(request, "called_off")


@require_POST
@agreed
@patient
def send_again(request: HttpRequest, slot: int) -> HttpResponse:
    """The link that waits, once more; or the link that lets a paused address receive again."""
    _known(slot)
    account, network = account_of(request), source_network(request)
    asked = register_address.ask_again(account, slot=slot, network=network) or register_address.resume(
        account, slot=slot, network=network
    )
    return HttpResponseRedirect(reverse("mynotices:address_sent", args=[slot])) if asked else _back(request, "")


def the_slot(request: HttpRequest, number: int) -> Slot:
    """The slot of who is signed in; there are three."""
    _known(number)
    return slot_of(account_of(request), number)


def _known(number: int) -> None:
    if number not in SLOTS:
        raise Http404


def _back(request: HttpRequest, word: str) -> HttpResponse:
    if word:
        kept.say(request, word)
    return HttpResponseRedirect(reverse("mynotices:destinations"))
