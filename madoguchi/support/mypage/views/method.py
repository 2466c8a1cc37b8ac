"""E3: choose how the code comes."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from madoguchi.accounts.access import signed_in
from madoguchi.contracts import contact_phone, limits, passcodes, phone_entry
from madoguchi.contracts.contact_phone import Channel
from madoguchi.contracts.verification import proven
from madoguchi.shell.forms import render_form
from madoguchi.support.mypage import errand
from madoguchi.support.mypage.forms import MethodForm
from madoguchi.support.mypage.refusals import why_not
from madoguchi.support.mypage.views.stops import paused, stopped
from madoguchi.support.mypage.views.verify import go_on
from madoguchi.support.mypage.walk import Walk


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def method(request: HttpRequest) -> HttpResponse:
    wanted = errand.current(request)
    if wanted is None or not (proven(request, wanted.contract) or phone_entry.entered(request, wanted.contract)):
        return redirect("mypage:verify")
    if proven(request, wanted.contract):
        return go_on(request, wanted)
    return choose(request, wanted.walk)


def choose(request: HttpRequest, walk: Walk) -> HttpResponse:
    """E3 of ``walk``, for who may have a code sent."""
    channels = contact_phone.channels(walk.ask.phone)
    if not channels:
        return HttpResponseRedirect(walk.pages.start)
    if request.method != "POST":
        return stopped(request, walk) or _page(request, walk, MethodForm(channels=channels))
    form = MethodForm(request.POST, channels=channels)
    if not form.is_valid():
        return _page(request, walk, form)
    return _send(request, walk, form)


def _send(request: HttpRequest, walk: Walk, form: MethodForm) -> HttpResponse:
    try:
        passcodes.send(request, walk.ask, Channel(form.cleaned_data["channel"]))
    except passcodes.Paused as pause:
        return paused(request, walk, pause.until)
    except limits.LimitReached as limit:
        return _page(request, walk, form, refusal=why_not(limit))
    return HttpResponseRedirect(walk.pages.code)


def _page(request: HttpRequest, walk: Walk, form: MethodForm, *, refusal: str = "") -> HttpResponse:
    sent = passcodes.latest(request, walk.ask)
    return render_form(
        request,
        "mypage/verify_method.html",
        form,
        {
            "walk": walk,
            "steps": walk.steps,
            "voice_only": Channel.SMS not in contact_phone.channels(walk.ask.phone),
            "callers": settings.TELEPHONE_CALLERS,
            "title": _("How to receive the code"),
            "refusal": refusal,
            "code_on_its_way": sent is not None and sent.is_live,
        },
        status=429 if refusal else None,
    )
