"""``/contact/``: enter, confirm, sent. Works without login; who is signed in writes with the ID's own address."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from madoguchi.accounts.limits import TooMany
from madoguchi.accounts.models import Account
from madoguchi.accounts.network import source_network
from madoguchi.catalog.models import Service
from madoguchi.inquiries.open import Opening, open_inquiry
from madoguchi.lib.addresses import envelope
from madoguchi.shell.errors import too_many
from madoguchi.shell.forms import render_form
from madoguchi.shell.languages import current
from madoguchi.support.contact import kept
from madoguchi.support.contact.forms import InquiryForm

STEPS = [
    pgettext_lazy("step of an inquiry", "Enter"),
    pgettext_lazy("step of an inquiry", "Confirm"),
    pgettext_lazy("step of an inquiry", "Sent"),
]


def patient(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A full limit is the 429 page. What was entered is still there when the visitor goes back."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except TooMany as full:
            return too_many(request, retry_after=full.seconds)

    return guarded


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    writer = _writer(request)
    if request.method == "POST":
        form = InquiryForm(request.POST, signed_in=writer is not None)
        if form.is_valid():
            service = form.cleaned_data["service"]
            entered = {name: form.cleaned_data.get(name, "") for name in ("subject", "text", "name", "email")}
            kept.keep(request, {**entered, "service": service.slug if service else ""})
            return HttpResponseRedirect(reverse("contact:confirm"))
    else:
        initial = kept.kept(request) or {}
        if wanted := request.GET.get("service"):
            initial["service"] = wanted
        form = InquiryForm(initial=initial, signed_in=writer is not None)
    context = {"steps": STEPS, "current": 1, "writer": writer}
    return render_form(request, "contact/write.html", form, context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@patient
def confirm(request: HttpRequest) -> HttpResponse:
    entered, writer = kept.kept(request), _writer(request)
    if entered is None:
        return HttpResponseRedirect(reverse("contact:sent" if kept.last_sent(request) else "contact:write"))
    if writer is None and not entered["email"]:
        return HttpResponseRedirect(reverse("contact:write"))  # logged out meanwhile
    service = Service.objects.filter(slug=entered["service"]).first()
    if request.method == "POST":
        opening = Opening(
            subject=entered["subject"],
            body=entered["text"],
            language=current(),
            draft=entered["draft"],
            service=service,
            account=writer,
            email=entered["email"],
            name=entered["name"],
        )
        inquiry = open_inquiry(opening, network=source_network(request))
        kept.sent(request, inquiry.number, inquiry.address, confirmed=inquiry.is_confirmed)
        return HttpResponseRedirect(reverse("contact:sent"))
    address = writer.email if writer else entered["email"]
    context = {"steps": STEPS, "current": 2, "entered": entered, "service": service, "writer": writer}
    context |= {"address": address, "odd_address": envelope(address) != address}
    return render(request, "contact/confirm.html", context)


@never_cache
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    last = kept.last_sent(request)
    if last is None:
        return HttpResponseRedirect(reverse("contact:write"))
    return render(request, "contact/sent.html", {"steps": STEPS, "current": 3, "sent": last})


def _writer(request: HttpRequest) -> Account | None:
    return request.user if isinstance(request.user, Account) else None
