"""Change the password: the present one, and the new one twice."""

from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from madoguchi.accounts import mailbox, passwords
from madoguchi.accounts.access import needs, signed_in
from madoguchi.accounts.assurance import Level, best_level
from madoguchi.accounts.change_password import change
from madoguchi.accounts.models import Account
from madoguchi.accounts.terms import open_before_terms
from madoguchi.shell.forms import render_form
from madoguchi.support.identity.forms.password import ChangeForm
from madoguchi.support.identity.password_rules import shown
from madoguchi.support.identity.refusals import BUSY, form_again, patient
from madoguchi.support.identity.remembered import forget_devices


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@patient
@open_before_terms
def _change(request: HttpRequest) -> HttpResponse:
    account = cast(Account, request.user)
    if not passwords.has_own(account):
        page = settings.MAILBOX_PASSWORD_PAGE if mailbox.is_ours(account.email) else ""
        return render(request, "identity/password_elsewhere.html", {"mailbox_page": page})
    form = ChangeForm(
        request.POST if request.method == "POST" else None,
        owner=passwords.owner_of(account),
        second_factor=best_level(account) >= Level.MFA,
    )
    context = shown(second_factor=form.second_factor)
    if request.method == "POST" and form.is_valid():
        try:
            changed = change(request, account, old=form.cleaned_data["old"], new=form.cleaned_data["password"])
        except BUSY:
            return form_again(request, "identity/password_change.html", form, context)
        if changed:
            forget_devices(account)
            return HttpResponseRedirect(reverse("identity:password_changed"))
        form.add_error("old", _("This is not your present password. Please try again."))
    return render_form(request, "identity/password_change.html", form, context)


_with_second_factor = needs()(_change)


@sensitive_post_parameters()
@signed_in
@open_before_terms
def password_change(request: HttpRequest) -> HttpResponse:
    """Who has a second factor gives it first; for others the form asks for all they have."""
    more = best_level(cast(Account, request.user)) >= Level.MFA
    return cast(HttpResponse, _with_second_factor(request) if more else _change(request))


@signed_in
@require_safe
@open_before_terms
def password_changed(request: HttpRequest) -> HttpResponse:
    return render(request, "identity/password_changed.html")
