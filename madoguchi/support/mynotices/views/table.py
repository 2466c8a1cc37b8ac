"""D1: my services, and the terms before the first use."""

from collections import defaultdict
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST, require_safe

from madoguchi.accounts.access import signed_in
from madoguchi.accounts.models import Account
from madoguchi.catalog.models import LegalText, Service
from madoguchi.lib.markdown import to_html
from madoguchi.notices import agreement
from madoguchi.notices.destinations import slots_of
from madoguchi.notices.models import Notice, OptOut, Subscription
from madoguchi.shell.languages import current
from madoguchi.support.mynotices import kept
from madoguchi.support.mynotices.views.access import DESTINATIONS, account_of, agreed, on_own_clock


@dataclass(frozen=True, slots=True)
class Row:
    subscription: Subscription
    # Kinds of the notices in force.
    posted: frozenset[str]
    # Addresses that stopped a mail of this service by its link.
    opt_outs: tuple[OptOut, ...]


@require_safe
@signed_in
@on_own_clock
def table(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    if terms := agreement.missing(account):
        return _terms(request, terms)
    deleted, slots = kept.deleted(request), slots_of(account)
    context = {
        "rows": _rows(account),
        "slots": slots,
        "destinations": [slot.destination for slot in slots if slot.destination],
        "deleted": Service.objects.filter(slug=deleted[0]).first() if deleted else None,
        "said": kept.said(request),
    }
    return render(request, "mynotices/table.html", context)


@require_POST
@signed_in
def agree(request: HttpRequest) -> HttpResponse:
    terms = agreement.missing(account_of(request))
    # Whoever looked at an older version is shown the new one.
    if terms and terms.version != request.POST.get("version"):
        return HttpResponseRedirect(reverse("mynotices:table"))
    if terms:
        agreement.agree(account_of(request), version=terms.version)
    if request.POST.get("to") == DESTINATIONS:
        return HttpResponseRedirect(reverse("mynotices:destinations"))
    service = Service.objects.offered().filter(slug=request.POST.get("service", "").replace("\0", "")).first()
    return HttpResponseRedirect(
        reverse("mynotices:choose", args=[service.slug]) if service else reverse("mynotices:table")
    )


@require_POST
@agreed
def receive_again(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(OptOut.objects.standing(), pk=pk, account=account_of(request)).undo()
    kept.say(request, "received_again")
    return HttpResponseRedirect(reverse("mynotices:table"))


def _terms(request: HttpRequest, terms: LegalText) -> HttpResponse:
    text = (terms.body_en or terms.body_ja) if current() == "en" else terms.body_ja
    service = Service.objects.offered().filter(slug=request.GET.get("service", "").replace("\0", "")).first()
    # Markdown turned into HTML in which nothing acts.
    html = mark_safe(to_html(text))  # noqa: S308
    context = {
        "terms": terms,
        "text": html,
        "again": agreement.agreed_before(account_of(request)),
        "service": service,
        "to": request.GET.get("to"),
    }
    return render(request, "mynotices/terms.html", context)


def _rows(account: Account) -> list[Row]:
    subscriptions = list(account.subscriptions.select_related("service").order_by("service__kana", "pk"))
    posted = defaultdict(set)
    in_force = Notice.objects.in_force().filter(services__in=[s.service_id for s in subscriptions]).order_by()
    for service, kind in in_force.values_list("services", "kind").distinct():
        posted[service].add(kind)
    opt_outs = defaultdict(list)
    for opt_out in OptOut.objects.standing().filter(account=account).order_by("created_at"):
        opt_outs[opt_out.service_id].append(opt_out)
    return [
        Row(subscription, frozenset(posted[subscription.service_id]), tuple(opt_outs[subscription.service_id]))
        for subscription in subscriptions
    ]
