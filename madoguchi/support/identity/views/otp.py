"""``/id/otp/``: how the ID is protected beside its password, and the ways from there."""

from datetime import datetime
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from madoguchi.accounts import passkeys, recovery_codes, second_factor, sessions
from madoguchi.accounts.access import signed_in
from madoguchi.accounts.models import Account, AuthEvent, SignIn

_DONE = "otp_done"


@signed_in
@require_safe
def otp(request: HttpRequest) -> HttpResponse:
    account = cast(Account, request.user)
    done = request.session.pop(_DONE, None)
    return render(request, "identity/otp.html", state(request, account) | {"done": done})


@signed_in
@require_POST
def otp_others(request: HttpRequest) -> HttpResponse:
    """End every other session, as is offered after a change."""
    SignIn.objects.finish_all(cast(Account, request.user), SignIn.End.ENDED, but=sessions.current(request))
    return changed(request, "others_ended")


def state(request: HttpRequest, account: Account) -> dict[str, Any]:
    """What is set up, as the templates show it."""
    codes = recovery_codes.kept(account)
    left = recovery_codes.left(account)
    return {
        "totp": second_factor.totp(account),
        "totp_used": _last(account, AuthEvent.Method.TOTP),
        "passkeys": [(passkey, passkeys.is_discoverable(passkey)) for passkey in passkeys.of(account)],
        "passkeys_here": passkeys.relying_party(request) is not None,
        "passkeys_elsewhere": passkeys.elsewhere(request),
        "codes": codes,
        "codes_made": recovery_codes.COUNT,
        "left": left,
        "few": left <= recovery_codes.FEW,
        "others": _others(request, account),
    }


def changed(request: HttpRequest, what: str) -> HttpResponse:
    """Back to the page, which says ``what`` was done."""
    request.session[_DONE] = what
    return HttpResponseRedirect(reverse("identity:otp"))


def _others(request: HttpRequest, account: Account) -> int:
    """On how many other devices the ID is logged in."""
    own, all_of_them = sessions.current(request), SignIn.objects.standing(account)
    return (all_of_them.exclude(pk=own.pk) if own else all_of_them).count()


def _last(account: Account, method: AuthEvent.Method) -> datetime | None:
    events = AuthEvent.objects.filter(account=account, method=method, succeeded=True)
    return events.order_by("-at").values_list("at", flat=True).first()
