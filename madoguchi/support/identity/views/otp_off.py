"""``/id/otp/off/``: asks, then turns one-time passwords off."""

from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from madoguchi.accounts import factors, second_factor
from madoguchi.accounts.access import needs
from madoguchi.accounts.models import Account
from madoguchi.shell.forms import render_form
from madoguchi.support.identity.giving_up import form_for, means
from madoguchi.support.identity.refusals import BUSY, form_again, patient
from madoguchi.support.identity.views.otp import changed


@needs()
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@patient
def otp_off(request: HttpRequest) -> HttpResponse:
    account = cast(Account, request.user)
    authenticator = second_factor.totp(account)
    if authenticator is None:
        return HttpResponseRedirect(reverse("identity:otp"))
    form = form_for(request, account, authenticator)
    if request.method == "POST" and form.is_valid():
        try:
            factors.turn_off_totp(request, account, password=form.cleaned_data.get("password", ""))
        except BUSY:
            return form_again(request, "identity/otp_off.html", form, means(account, authenticator))
        return changed(request, "totp_off")
    return render_form(request, "identity/otp_off.html", form, means(account, authenticator))
