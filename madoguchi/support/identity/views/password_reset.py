"""The link for a forgotten password: a new one is chosen. Opening it changes nothing; only the button does."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from madoguchi.accounts import limits, passwords
from madoguchi.accounts import reset as act
from madoguchi.accounts.assurance import Level, best_level
from madoguchi.accounts.links import LinkDead
from madoguchi.accounts.models import Account
from madoguchi.accounts.network import source_network
from madoguchi.shell.dead_links import dead_link
from madoguchi.shell.forms import render_form
from madoguchi.support.identity import dead_links
from madoguchi.support.identity.forms.password import NewPasswordForm, ResetWithCodeForm
from madoguchi.support.identity.password_rules import shown
from madoguchi.support.identity.refusals import BUSY, form_again, patient
from madoguchi.support.identity.remembered import forget_devices


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@patient
def password_reset(request: HttpRequest, token: str) -> HttpResponse:
    try:
        account = act.account_of(act.waiting_reset(token))
        form = _form(request, account)
        context = {"email": account.email, **shown(second_factor=form.second_factor)}
        if request.method == "POST" and form.is_valid():
            limits.take(limits.RESET_SOURCE, source_network(request))
            try:
                return _completed(request, token, form)
            except act.WrongCode:
                form.add_error(
                    "code", _("This code is not right, or was used already. Please enter the one shown now.")
                )
            except BUSY:
                return form_again(request, "identity/password_reset.html", form, context)
    except LinkDead as dead:
        return dead_link(request, dead.why, dead_links.PASSWORD)
    return render_form(request, "identity/password_reset.html", form, context)


@never_cache
@require_safe
def password_reset_done(request: HttpRequest) -> HttpResponse:
    return render(request, "identity/password_reset_done.html")


def _form(request: HttpRequest, account: Account) -> NewPasswordForm:
    kind = ResetWithCodeForm if act.needs_code(account) else NewPasswordForm
    return kind(
        request.POST if request.method == "POST" else None,
        owner=passwords.owner_of(account),
        second_factor=best_level(account) >= Level.MFA,
    )


def _completed(request: HttpRequest, token: str, form: NewPasswordForm) -> HttpResponse:
    entered = form.cleaned_data
    account = act.complete(request, token, password=entered["password"], code=entered.get("code", ""))
    forget_devices(account)
    return HttpResponseRedirect(reverse("identity:password_reset_done"))
