"""``/id/otp/on/``: the QR code, the same secret to type, and the first code that makes it count."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from madoguchi.accounts import factors, limits, second_factor
from madoguchi.accounts.access import needs
from madoguchi.accounts.models import Account
from madoguchi.shell.forms import render_form
from madoguchi.support.identity import qr
from madoguchi.support.identity.forms.login import CodeForm
from madoguchi.support.identity.refusals import patient
from madoguchi.support.identity.views.otp import changed
from madoguchi.support.identity.views.recovery_codes import shown_once


@needs()
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@patient
def otp_on(request: HttpRequest) -> HttpResponse:
    account = cast(Account, request.user)
    secret = second_factor.draft(request)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        limits.take(limits.LOGIN_CODE, str(account.pk))
        if second_factor.confirms(secret, code):
            limits.give_back(limits.LOGIN_CODE, str(account.pk))
            codes = factors.turn_on_totp(request, account, secret=secret, code=code)
            second_factor.forget_draft(request)
            return shown_once(request, codes, after="totp_on") if codes else changed(request, "totp_on")
        form.add_error(
            "code", _("This code is not right. Please check the clock of your device, and enter the code shown now.")
        )
    drawn = qr.svg(second_factor.link(account, secret), title=_("QR code for your authenticator"))
    groups = [secret[at : at + 4] for at in range(0, len(secret), 4)]
    replaces = second_factor.has_totp(account)
    return render_form(request, "identity/otp_on.html", form, {"qr": drawn, "groups": groups, "replaces": replaces})
