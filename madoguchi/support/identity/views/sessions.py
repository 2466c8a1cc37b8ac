"""``/id/sessions/``: where the ID is signed in and which devices are remembered; each of them ended here."""

from typing import cast
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from madoguchi.accounts import sessions as act
from madoguchi.accounts.access import needs, signed_in
from madoguchi.accounts.assurance import Level
from madoguchi.accounts.events import record
from madoguchi.accounts.models import Account, AuthEvent, SignIn
from madoguchi.contracts.models import TrustedDevice
from madoguchi.support.identity.own_clock import on_own_clock

# ASVS 5.0, 7.5.2: sessions are ended after proving it again with at least one factor.
ends = needs(Level.PASSWORD)


@signed_in
@require_safe
@on_own_clock
def sessions(request: HttpRequest) -> HttpResponse:
    account, mine = _account(request), act.current(request)
    standing = SignIn.objects.standing(account).order_by("-last_seen_at")
    context = {
        "mine": mine,
        "others": [sign_in for sign_in in standing if sign_in != mine],
        "devices": TrustedDevice.objects.standing(account),
        "longest_minutes": (settings.STAFF_SESSION_HOURS if account.is_staff else settings.SESSION_HOURS) * 60,
        "idle_minutes": settings.STAFF_IDLE_MINUTES if account.is_staff else settings.SESSION_IDLE_MINUTES,
        "stay_days": 0 if account.is_staff else settings.STAY_SIGNED_IN_DAYS,  # staff never stay
        "device_days": settings.TRUSTED_DEVICE_DAYS,
    }
    return render(request, "identity/sessions.html", context)


@ends
@require_POST
def end_session(request: HttpRequest, sign_in: UUID) -> HttpResponse:
    account = _account(request)
    found = get_object_or_404(SignIn.objects.standing(account), public_id=sign_in)
    if found == act.current(request):
        return _back("this")  # that is what logging out is for
    found.finish(SignIn.End.ENDED)
    record(request, account, AuthEvent.Method.SESSION_ENDED, True, detail="one")
    return _back("ended")


@ends
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    account = _account(request)
    if SignIn.objects.finish_all(account, SignIn.End.ENDED, but=act.current(request)):
        record(request, account, AuthEvent.Method.SESSION_ENDED, True, detail="others")
    return _back("ended_others")


@ends
@require_POST
def forget_device(request: HttpRequest, device: int) -> HttpResponse:
    account = _account(request)
    get_object_or_404(TrustedDevice.objects.standing(account), pk=device).forget()
    record(request, account, AuthEvent.Method.DEVICE_FORGOTTEN, True)
    return _back("forgotten")


def _account(request: HttpRequest) -> Account:
    return cast(Account, request.user)


def _back(said: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("identity:sessions", query={"said": said}))
