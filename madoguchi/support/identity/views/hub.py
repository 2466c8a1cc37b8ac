"""``/id/``: everything that can be done with the ID, and how it stands with each."""

from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from madoguchi.accounts import change_address, history, second_factor, sessions
from madoguchi.accounts.access import signed_in
from madoguchi.accounts.models import Account, AuthEvent, SignIn
from madoguchi.support.identity.own_clock import on_own_clock

_NEW_PASSWORD = (AuthEvent.Method.PASSWORD_CHANGED, AuthEvent.Method.PASSWORD_RESET, AuthEvent.Method.REGISTRATION)


@signed_in
@require_safe
@on_own_clock
def hub(request: HttpRequest) -> HttpResponse:
    account = cast(Account, request.user)
    chosen = AuthEvent.objects.filter(account=account, method__in=_NEW_PASSWORD, succeeded=True).order_by("-at").first()
    context = {
        "account": account,
        "came_back": change_address.came_back(account),
        "has_password": account.has_usable_password(),
        "password_since": chosen.at if chosen else None,
        "has_totp": second_factor.has_totp(account),
        "has_passkey": second_factor.has_passkey(account),
        "business": bool(settings.BUSINESS_PROVIDERS) or account.external_identities.exists(),
        "last_login": history.last_login(account, but=sessions.current(request)),
        "devices": SignIn.objects.standing(account).count(),
    }
    return render(request, "identity/hub.html", context)
