"""The sample staff's authenticator: what their phone would show."""

import time

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from madoguchi.accounts.models import Account
from madoguchi.accounts.second_factor import PERIOD, current_code, has_totp
from madoguchi.demo.sample.logins import LOGINS

_STAFF = tuple(login.email for login in LOGINS if login.staff_role)


@require_safe
@never_cache
def authenticator(request: HttpRequest) -> HttpResponse:
    codes = [{"email": account.email, "code": current_code(account)} for account in _enrolled()]
    return render(request, "demo/authenticator.html", {"codes": codes, "period": PERIOD})


@require_safe
@never_cache
def authenticator_json(request: HttpRequest) -> JsonResponse:
    """The current one-time code of the sample staff login ``?login=``, for programs."""
    login = request.GET.get("login", "").strip().lower()
    for account in _enrolled():
        if account.email == login:
            left = PERIOD - int(time.time()) % PERIOD
            return JsonResponse({"login": login, "code": current_code(account), "seconds_left": left})
    return JsonResponse({"error": "no sample staff login of that address"}, status=404)


def _enrolled() -> list[Account]:
    found = Account.objects.filter(email__in=_STAFF).order_by("email")
    return [account for account in found if has_totp(account)]
