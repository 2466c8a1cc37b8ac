"""E3: choose how the code comes."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from madoguchi.accounts.access import signed_in
from madoguchi.contracts import contact_phone, limits, passcodes, phone_entry
from madoguchi.contracts.contact_phone import Channel
from madoguchi.contracts.verification import proven
from madoguchi.shell.forms import render_form
from madoguchi.support.mypage import errand
from madoguchi.support.mypage.errand import Errand
from madoguchi.support.mypage.forms import MethodForm
from madoguchi.support.mypage.refusals import why_not
from madoguchi.support.mypage.steps import STEPS
from madoguchi.support.mypage.views.verify import go_on, paused, stopped


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def method(request: HttpRequest) -> HttpResponse:
    wanted = errand.current(request)
    if wanted is None or not (proven(request, wanted.contract) or phone_entry.entered(request, wanted.contract)):
        return redirect("mypage:verify")
    if proven(request, wanted.contract):
        return go_on(request, wanted)
    channels = contact_phone.channels(wanted.contract.contact_phone)
    if request.method != "POST":
        return stopped(request, wanted) or _page(request, wanted, MethodForm(channels=channels))
    form = MethodForm(request.POST, channels=channels)
    if not form.is_valid():
        return _page(request, wanted, form)
    return _send(request, wanted, form)


def _send(request: HttpRequest, wanted: Errand, form: MethodForm) -> HttpResponse:
    try:
        passcodes.send(request, wanted.contract, Channel(form.cleaned_data["channel"]))
    except passcodes.Paused as pause:
        return paused(request, wanted, pause)
    except limits.LimitReached as limit:
        return _page(request, wanted, form, refusal=why_not(limit))
    return redirect("mypage:verify_code")


def _page(request: HttpRequest, wanted: Errand, form: MethodForm, *, refusal: str = "") -> HttpResponse:
    sent = passcodes.latest(request, wanted.contract)
    channels = contact_phone.channels(wanted.contract.contact_phone)
    return render_form(
        request,
        "mypage/verify_method.html",
        form,
        {
            "contract": wanted.contract,
            "steps": STEPS,
            "hint": contact_phone.hint(wanted.contract.contact_phone),
            "voice_only": Channel.SMS not in channels,
            "callers": settings.TELEPHONE_CALLERS,
            "title": _("How to receive the code"),
            "refusal": refusal,
            "code_on_its_way": sent is not None and sent.is_live,
        },
        status=429 if refusal else None,
    )
