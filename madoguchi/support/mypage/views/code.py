"""E4: type the code; have it sent again. E5: remember the device."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from madoguchi.accounts.access import signed_in
from madoguchi.contracts import contact_phone, devices, limits, passcodes
from madoguchi.contracts.contact_phone import Channel
from madoguchi.contracts.models import Dispatch, Passcode
from madoguchi.contracts.verification import proven
from madoguchi.shell.forms import render_form
from madoguchi.support.mypage import errand
from madoguchi.support.mypage.errand import Errand
from madoguchi.support.mypage.forms import CodeForm
from madoguchi.support.mypage.refusals import what_happened, why_not
from madoguchi.support.mypage.steps import STEPS
from madoguchi.support.mypage.views.verify import go_on, paused, stopped


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    wanted = errand.current(request)
    passcode = passcodes.latest(request, wanted.contract) if wanted else None
    if wanted is None or passcode is None:
        return redirect("mypage:verify")
    if proven(request, wanted.contract):
        return go_on(request, wanted)
    if request.method != "POST":
        return stopped(request, wanted) or _page(request, wanted, passcode, _form())
    form = _form(request)
    if not form.is_valid():
        return _page(request, wanted, passcode, form)
    return _redeem(request, wanted, passcode, form)


@signed_in
@require_POST
def resend(request: HttpRequest) -> HttpResponse:
    wanted = errand.current(request)
    passcode = passcodes.latest(request, wanted.contract) if wanted else None
    if wanted is None or passcode is None:
        return redirect("mypage:verify")
    try:
        passcodes.send(request, wanted.contract, Channel(passcode.channel))
    except passcodes.Paused as pause:
        return paused(request, wanted, pause)
    except limits.LimitReached as limit:
        return _page(request, wanted, passcode, _form(), refusal=why_not(limit), status=429)
    return redirect("mypage:verify_code")


def _redeem(request: HttpRequest, wanted: Errand, passcode: Passcode, form: CodeForm) -> HttpResponse:
    try:
        passcodes.redeem(request, wanted.contract, form.cleaned_data["code"])
    except passcodes.Paused as pause:
        return paused(request, wanted, pause)
    except passcodes.WrongCode as wrong:
        form.add_error("code", _wrong(wrong.tries_left))
    except passcodes.CodeOver as over:
        form.add_error("code", _over(over.end))
    else:
        response = go_on(request, wanted)
        if form.cleaned_data["remember"]:
            devices.remember(request, response, wanted.contract)
        return response
    passcode.refresh_from_db()
    return stopped(request, wanted) or _page(request, wanted, passcode, form)


def _form(request: HttpRequest | None = None) -> CodeForm:
    return CodeForm(request.POST if request else None, days=settings.TRUSTED_DEVICE_DAYS)


def _wrong(tries_left: int) -> str:
    return ngettext(
        "The code is not right. You can try %(tries)s more time.",
        "The code is not right. You can try %(tries)s more times.",
        tries_left,
    ) % {"tries": tries_left}


def _over(end: str) -> str:
    if end == Passcode.End.USED_UP:
        return _("This code was entered wrongly too many times and no longer counts. Please have a new one sent.")
    if end == Passcode.End.REDEEMED:
        return _("This code has been used already. Please have a new one sent.")
    return _("This code has expired. Please have a new one sent.")


def _page(  # noqa: PLR0913 - what the page shows
    request: HttpRequest,
    wanted: Errand,
    passcode: Passcode,
    form: CodeForm,
    *,
    refusal: str = "",
    status: int | None = None,
) -> HttpResponse:
    last = passcode.dispatches.order_by("-pk").first()
    again_from = limits.next_sending(passcode.phone)
    return render_form(
        request,
        "mypage/verify_code.html",
        form,
        {
            "contract": wanted.contract,
            "steps": STEPS,
            "passcode": passcode,
            "by_voice": passcode.channel == Channel.VOICE,
            "hint": contact_phone.hint(passcode.phone),
            "trouble": what_happened(last.reason) if last and last.state == Dispatch.State.FAILED else "",
            "again_from": again_from,
            "again_in": max(0, round((again_from - timezone.now()).total_seconds())) if again_from else 0,
            "refusal": refusal,
        },
        status=status,
    )
