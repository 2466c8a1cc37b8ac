"""E2: name the contact phone of the contract."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from madoguchi.accounts import prove
from madoguchi.accounts.access import signed_in
from madoguchi.accounts.assurance import Level, best_level
from madoguchi.accounts.prove import Need
from madoguchi.contracts import contact_phone, devices, phone_entry, verification
from madoguchi.contracts.models import Contract
from madoguchi.contracts.sessions import account_of
from madoguchi.contracts.verification import proven
from madoguchi.shell.forms import render_form
from madoguchi.support.mypage import errand
from madoguchi.support.mypage.errand import Errand
from madoguchi.support.mypage.forms import PhoneForm
from madoguchi.support.mypage.refusals import no_way
from madoguchi.support.mypage.views.stops import locked, stopped


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    wanted = errand.current(request)
    if wanted is None:
        return render(request, "mypage/no_contract.html")
    if proven(request, wanted.contract):
        return go_on(request, wanted)
    if not contact_phone.channels(wanted.contract.contact_phone):
        return _no_way(request, wanted)
    if request.method == "POST":
        return _entered(request, wanted)
    return _remembered(request, wanted) or _asked(request, wanted)


@signed_in
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """From My page: prove the phone of the contract in hand."""
    visible = Contract.objects.visible_to(account_of(request))
    contract = get_object_or_404(visible, number=request.POST.get("contract", "").replace("\0", ""))
    errand.begin(request, contract, onward=f"{reverse('mypage:home')}?contract={contract.number}")
    return redirect("mypage:verify")


@signed_in
@require_POST
def by_factor(request: HttpRequest) -> HttpResponse:
    """Where the operator's policy says so: prove a second factor instead, and go on."""
    wanted = errand.current(request)
    if wanted is None or not _factor_helps(request):
        return redirect("mypage:verify")
    return prove.ask_for(request, Need(Level.MFA, verification.lasts()), onward=wanted.onward)


def go_on(request: HttpRequest, wanted: Errand) -> HttpResponse:
    """To what the customer wanted in the first place."""
    errand.end(request)
    return HttpResponseRedirect(wanted.onward)


def _remembered(request: HttpRequest, wanted: Errand) -> HttpResponse | None:
    secret = devices.recognise(request, wanted.contract)
    if not (secret or proven(request, wanted.contract)):
        return None
    response = go_on(request, wanted)
    if secret:
        devices.set_cookie(response, account_of(request), secret)
    return response


def _asked(request: HttpRequest, wanted: Errand) -> HttpResponse:
    form = PhoneForm(hint=contact_phone.hint(wanted.contract.contact_phone))
    return stopped(request, wanted.walk) or _page(request, wanted, form)


def _entered(request: HttpRequest, wanted: Errand) -> HttpResponse:
    form = PhoneForm(request.POST, hint=contact_phone.hint(wanted.contract.contact_phone))
    if form.is_valid():
        try:
            if phone_entry.enter(request, wanted.contract, form.cleaned_data["phone"]):
                return redirect("mypage:verify_method")
        except phone_entry.Locked as lock:
            return locked(request, wanted.walk, lock.until)
        form.add_error("phone", _("This is not the contact phone number registered with the contract."))
    return stopped(request, wanted.walk) or _page(request, wanted, form)


def _page(request: HttpRequest, wanted: Errand, form: PhoneForm) -> HttpResponse:
    return render_form(
        request,
        "mypage/verify.html",
        form,
        {
            "walk": wanted.walk,
            "steps": wanted.walk.steps,
            "factor": _factor_helps(request),
            "tries": phone_entry.TRIES,
            "minutes": int(phone_entry.LOCKED_FOR.total_seconds() // 60),
        },
    )


def _no_way(request: HttpRequest, wanted: Errand) -> HttpResponse:
    why = no_way(wanted.contract.contact_phone)
    context = {"walk": wanted.walk, "why": why, "factor": _factor_helps(request)}
    return render(request, "mypage/verify_no_way.html", context)


def _factor_helps(request: HttpRequest) -> bool:
    """Whether a second factor of this ID may take the place of the phone."""
    return verification.by_factor() and best_level(account_of(request)) >= Level.MFA
