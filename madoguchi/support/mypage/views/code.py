"""E4: type the code; have it sent again. E5: remember the device."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from madoguchi.accounts.access import signed_in
from madoguchi.contracts import devices, limits, passcodes
from madoguchi.contracts.contact_phone import Channel, channels
from madoguchi.contracts.limits import Limit, LimitReached
from madoguchi.contracts.models import Passcode
from madoguchi.contracts.verification import proven
from madoguchi.shell.forms import render_form
from madoguchi.support.mypage import errand
from madoguchi.support.mypage.forms import CodeForm
from madoguchi.support.mypage.progress import Progress
from madoguchi.support.mypage.refusals import why_not
from madoguchi.support.mypage.views.stops import paused, stopped
from madoguchi.support.mypage.views.verify import go_on
from madoguchi.support.mypage.walk import Walk


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    wanted = errand.current(request)
    if wanted is None:
        return redirect("mypage:verify")
    # After a code that was right the session has proven the phone: the same button pressed twice goes on.
    if passcodes.latest(request, wanted.walk.ask) and proven(request, wanted.contract):
        return go_on(request, wanted)
    return type_in(request, wanted.walk)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def resend(request: HttpRequest) -> HttpResponse:
    wanted = errand.current(request)
    if wanted is None:
        return redirect("mypage:verify")
    return send_again(request, wanted.walk)


def type_in(request: HttpRequest, walk: Walk) -> HttpResponse:
    """E4 of ``walk``; without a code asked for, back to its beginning."""
    passcode = passcodes.latest(request, walk.ask)
    if passcode is None:
        return HttpResponseRedirect(walk.pages.start)
    if request.method != "POST":
        return stopped(request, walk) or _page(request, walk, passcode, _form(walk))
    form = _form(walk, request)
    if not form.is_valid():
        return _page(request, walk, passcode, form)
    return _redeem(request, walk, passcode, form)


def send_again(request: HttpRequest, walk: Walk) -> HttpResponse:
    """The code of ``walk`` once more, or a new one when it is over.

    A refusal is answered under this address: who opens it then, in the other language say, is led to the code's page.
    """
    if request.method != "POST":
        return HttpResponseRedirect(walk.pages.code)
    passcode = passcodes.latest(request, walk.ask)
    if passcode is None:
        return HttpResponseRedirect(walk.pages.start)
    try:
        passcodes.send(request, walk.ask, Channel(passcode.channel))
    except passcodes.Paused as pause:
        return paused(request, walk, pause.until)
    except passcodes.NoWay:
        return HttpResponseRedirect(walk.pages.start)
    except LimitReached as limit:
        return _page(request, walk, passcode, _form(walk), refused=limit)
    return HttpResponseRedirect(walk.pages.code)


@signed_in
@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    """The sentence about the last sending, for the page that is open; 204 while ``?seen=`` is still how it stands."""
    passcode = passcodes.newest(request)
    found = Progress.of(passcode) if passcode else None
    if found is None or (found.goes_on and found.state == request.GET.get("seen")):
        # htmx leaves the page as it is, so that nothing is read aloud twice.
        return HttpResponse(status=204)
    return render(request, "mypage/_progress.html", {"progress": found})


def _redeem(request: HttpRequest, walk: Walk, passcode: Passcode, form: CodeForm) -> HttpResponse:
    try:
        passcodes.redeem(request, walk.ask, form.cleaned_data["code"], then=lambda: walk.then(request))
    except passcodes.Paused as pause:
        return paused(request, walk, pause.until)
    except passcodes.WrongCode as wrong:
        form.add_error("code", _wrong(wrong.tries_left))
    except passcodes.CodeOver as over:
        form.add_error("code", _over(over.end))
    else:
        response = HttpResponseRedirect(walk.onward)
        if form.cleaned_data.get("remember"):
            devices.remember(request, response, walk.ask.contract)
        return response
    passcode.refresh_from_db()
    return stopped(request, walk) or _page(request, walk, passcode, form)


def _form(walk: Walk, request: HttpRequest | None = None) -> CodeForm:
    days = settings.TRUSTED_DEVICE_DAYS if walk.remembers else None
    return CodeForm(request.POST if request else None, days=days)


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


def _page(
    request: HttpRequest, walk: Walk, passcode: Passcode, form: CodeForm, *, refused: LimitReached | None = None
) -> HttpResponse:
    return render_form(
        request,
        "mypage/verify_code.html",
        form,
        {
            "walk": walk,
            "steps": walk.steps,
            "passcode": passcode,
            "by_voice": passcode.channel == Channel.VOICE,
            "several_ways": len(channels(passcode.phone)) > 1,
            "progress": Progress.of(passcode),
            "over": "" if passcode.is_live else _over(passcode.end or Passcode.End.EXPIRED),
            "refusal": why_not(refused) if refused else "",
            **_wait(refused or limits.standing(passcode.account, passcode.phone)),
        },
        status=429 if refused else None,
    )


def _wait(limit: LimitReached | None) -> dict[str, object]:
    """What the page says of the time until the next sending: seconds to count down, or a sentence."""
    if limit and limit.limit == Limit.PAUSE and limit.until:
        left = round((limit.until - timezone.now()).total_seconds())
        return {"again_from": limit.until, "again_in": max(0, left)}
    return {"wait": why_not(limit) if limit else ""}
