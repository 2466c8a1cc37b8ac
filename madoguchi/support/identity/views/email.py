"""Changing the mail address: the new one, a link sent there, the button behind the link."""

from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from madoguchi.accounts import change_address as act
from madoguchi.accounts import mailbox
from madoguchi.accounts.access import needs, signed_in
from madoguchi.accounts.links import LinkDead
from madoguchi.accounts.models import Account, AddressChange
from madoguchi.shell.dead_links import dead_link
from madoguchi.shell.forms import render_form
from madoguchi.support.identity import dead_links
from madoguchi.support.identity.forms.profile import EmailForm
from madoguchi.support.identity.own_clock import on_own_clock
from madoguchi.support.identity.refusals import patient


@needs()
@require_http_methods(["GET", "HEAD", "POST"])
@patient
def email(request: HttpRequest) -> HttpResponse:
    account = cast(Account, request.user)
    if mailbox.is_ours(account.email):
        return render(request, "identity/email_mailbox.html", {"account": account}, status=403)
    form = EmailForm(request.POST if request.method == "POST" else None, account=account)
    if request.method == "POST" and form.is_valid():
        act.ask(account, email=form.cleaned_data["email"])
        return HttpResponseRedirect(reverse("identity:email_sent"))
    context = {"account": account, "came_back": act.came_back(account)}
    return render_form(request, "identity/email.html", form, context)


@signed_in
@require_http_methods(["GET", "HEAD"])
@on_own_clock
def email_sent(request: HttpRequest) -> HttpResponse:
    """The same page for every address, whether another ID has it or not."""
    change = AddressChange.objects.waiting(cast(Account, request.user)).first()
    if change is None:
        return HttpResponseRedirect(reverse("identity:profile"))
    return render(request, "identity/email_sent.html", {"change": change})


@signed_in
@require_POST
def email_call_off(request: HttpRequest) -> HttpResponse:
    act.call_off(cast(Account, request.user))
    return HttpResponseRedirect(reverse("identity:profile", query={"said": "called_off"}))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def email_link(request: HttpRequest, token: str) -> HttpResponse:
    """Opening shows a button, which acts: mail scanners open links."""
    account = cast(Account, request.user)
    try:
        change = act.waiting_change(account, token)
        if request.method == "POST":
            said = "arrives" if change.email == account.email else "email"
            act.carry_out(request, account, token)
            return HttpResponseRedirect(reverse("identity:profile", query={"said": said}))
    except LinkDead as dead:
        return dead_link(request, dead.why, dead_links.EMAIL, frame="signed_in.html")
    return render(request, "identity/email_link.html", {"change": change, "account": account})
