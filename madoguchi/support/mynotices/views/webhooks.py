"""Webhooks of a customer: the list, one with its calls, and what can be done with it."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from madoguchi.accounts import limits
from madoguchi.accounts.access import signed_in
from madoguchi.notices import webhook_calls, webhooks
from madoguchi.notices.models import Webhook
from madoguchi.shell.forms import render_form
from madoguchi.support.mynotices import kept
from madoguchi.support.mynotices.views.access import account_of, on_own_clock, patient
from madoguchi.support.mynotices.webhook_form import WebhookForm

SHOWN_CALLS = 50


@require_http_methods(["GET", "HEAD"])
@signed_in
def listed(request: HttpRequest) -> HttpResponse:
    mine = list(account_of(request).webhooks.order_by("pk"))
    context = {"webhooks": mine, "most": webhooks.AT_MOST, "said": kept.said(request)}
    return render(request, "mynotices/webhooks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@patient
def new(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    form = WebhookForm(request.POST or None, initial={"kinds": ["work", "trouble"]})
    if request.method == "POST" and form.is_valid():
        limits.take(webhooks.MADE, str(account.pk))
        try:
            made = webhooks.make(account, form.wanted())
        except webhooks.NameTaken:
            form.add_error("name", _("You have another webhook of that name."))
        except webhooks.TooManyWebhooks:
            kept.say(request, "too_many")
            return HttpResponseRedirect(reverse("mynotices:webhooks"))
        else:
            kept.say(request, "made")
            return _to(made)
    return render_form(request, "mynotices/webhook_new.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@on_own_clock
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """GET shows it with its last calls; POST changes it."""
    webhook = _mine(request, pk)
    form = WebhookForm(request.POST or None, initial=WebhookForm.initial_of(webhook))
    if request.method == "POST" and form.is_valid():
        try:
            webhooks.change(webhook, form.wanted())
        except webhooks.NameTaken:
            form.add_error("name", _("You have another webhook of that name."))
        else:
            kept.say(request, "changed")
            return _to(webhook)
    return _page(request, webhook, form=form)


@require_POST
@signed_in
@on_own_clock
def secret(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the secret on this one page, which is kept nowhere."""
    webhook = _mine(request, pk)
    return _page(request, webhook, secret=webhooks.secret_of(webhook) or "")


@require_POST
@signed_in
@patient
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """One of: try it, a new secret, stop, start, send a call again."""
    webhook = _mine(request, pk)
    match request.POST.get("act"):
        case "try" if webhook.stopped_at is None:
            limits.take(webhooks.TEST_CALL, str(webhook.account_id))
            webhook_calls.test(webhook)
            kept.say(request, "tried")
        case "renew":
            webhooks.renew_secret(webhook)
            kept.say(request, "renewed")
        case "stop":
            webhooks.stop(webhook)
            kept.say(request, "stopped")
        case "start":
            webhooks.resume(webhook)
            kept.say(request, "started")
        case "again" if webhook.stopped_at is None:
            _send_again(request, webhook)
            kept.say(request, "again")
    return _to(webhook)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    webhook = _mine(request, pk)
    if request.method == "POST":
        webhook.delete()
        kept.say(request, "deleted")
        return HttpResponseRedirect(reverse("mynotices:webhooks"))
    return render(request, "mynotices/webhook_delete.html", {"webhook": webhook})


def _mine(request: HttpRequest, pk: int) -> Webhook:
    return get_object_or_404(account_of(request).webhooks, pk=pk)


def _send_again(request: HttpRequest, webhook: Webhook) -> None:
    try:
        call = UUID(request.POST.get("call", ""))
    except ValueError:
        raise Http404 from None
    limits.take(webhooks.TEST_CALL, str(webhook.account_id))
    webhook_calls.again(get_object_or_404(webhook.calls, pk=call))


def _page(request: HttpRequest, webhook: Webhook, *, form: WebhookForm | None = None, secret: str = "") -> HttpResponse:
    form = form or WebhookForm(initial=WebhookForm.initial_of(webhook))
    context = {
        "webhook": webhook,
        "calls": webhook.calls.select_related("notice").order_by("-created_at")[:SHOWN_CALLS],
        "secret": secret,
        "days": webhooks.CALLS_KEPT.days,
        "said": kept.said(request),
    }
    return render_form(request, "mynotices/webhook.html", form, context)


def _to(webhook: Webhook) -> HttpResponse:
    return HttpResponseRedirect(reverse("mynotices:webhook", args=[webhook.pk]))
