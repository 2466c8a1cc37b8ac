"""Change the contact phone: a code to the old number, the new number, a code to that one."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from madoguchi.accounts.access import needs
from madoguchi.accounts.limits import TooMany
from madoguchi.contracts import contact_phone, phone_change
from madoguchi.contracts.models import Contract, PhoneChange
from madoguchi.contracts.sessions import account_of
from madoguchi.shell.forms import render_form
from madoguchi.support.mypage import changing
from madoguchi.support.mypage.access import own_contract
from madoguchi.support.mypage.forms import NewPhoneForm
from madoguchi.support.mypage.refusals import no_way
from madoguchi.support.mypage.views.code import send_again, type_in
from madoguchi.support.mypage.views.method import choose

View = Callable[..., HttpResponseBase]


def holders_own(view: View) -> View:
    """For a contract the ID holds. To a colleague, who may see it, the page says who can change its phone."""

    @wraps(view)
    def guarded(request: HttpRequest, *, contract: Contract) -> HttpResponseBase:
        if not Contract.objects.held_by(account_of(request)).filter(pk=contract.pk).exists():
            return render(request, "mypage/change_phone_not_yours.html", {"contract": contract}, status=403)
        return view(request, contract=contract)

    return own_contract(guarded)


def in_hand(view: View) -> View:
    """For the steps after the code to the old number: the view gets the open :class:`PhoneChange` instead."""

    @wraps(view)
    def guarded(request: HttpRequest, *, contract: Contract) -> HttpResponseBase:
        change = phone_change.latest(request, contract)
        if change is None:
            return redirect("mypage:change_phone", contract=contract.number)
        if change.end == PhoneChange.End.DONE:
            return redirect("mypage:change_phone_done", contract=contract.number)
        if not change.is_open:
            return over(request, contract)
        return view(request, change=change)

    return holders_own(guarded)


@needs()
@require_http_methods(["GET", "HEAD", "POST"])
@holders_own
def change_phone(request: HttpRequest, *, contract: Contract) -> HttpResponse:
    """Where it begins; who left off after the code to the old number, which may be dead by now, goes on after it."""
    begun = phone_change.latest(request, contract)
    if request.method != "POST" and begun and begun.is_open:
        return redirect("mypage:change_phone_new", contract=contract.number)
    walk = changing.old_phone(contract)
    if not contact_phone.channels(contract.contact_phone):
        why = no_way(contract.contact_phone)
        return render(request, "mypage/verify_no_way.html", {"walk": walk, "why": why})
    return choose(request, walk)


@require_http_methods(["GET", "HEAD", "POST"])
@holders_own
def old_code(request: HttpRequest, *, contract: Contract) -> HttpResponse:
    return type_in(request, changing.old_phone(contract))


@require_http_methods(["GET", "HEAD", "POST"])
@holders_own
def old_resend(request: HttpRequest, *, contract: Contract) -> HttpResponse:
    return send_again(request, changing.old_phone(contract))


@require_http_methods(["GET", "HEAD", "POST"])
@in_hand
def new(request: HttpRequest, *, change: PhoneChange) -> HttpResponse:
    contract = change.contract
    others = contract.customer.contracts.filter(contact_phone=change.old_phone).exclude(pk=contract.pk).count()
    typed = {"phone": change.new_phone and contact_phone.display(change.new_phone), "everywhere": change.everywhere}
    form = NewPhoneForm(
        request.POST if request.method == "POST" else None,
        others=others,
        initial={**typed, "again": typed["phone"]},
    )
    refused = False
    if request.method == "POST" and form.is_valid():
        try:
            phone_change.name(change, form.cleaned_data["phone"], everywhere=form.cleaned_data.get("everywhere", False))
        except phone_change.SamePhone:
            form.add_error("phone", _("This is the present contact phone. Enter another number."))
        except TooMany:
            refused = True
        else:
            return redirect("mypage:change_phone_new_method", contract=contract.number)
    context = {
        "walk": changing.new_phone(change),
        "steps": changing.STEPS,
        "refused": refused,
        "hint": contact_phone.hint(change.old_phone),
    }
    return render_form(request, "mypage/change_phone_new.html", form, context, status=429 if refused else None)


@require_http_methods(["GET", "HEAD", "POST"])
@in_hand
def new_method(request: HttpRequest, *, change: PhoneChange) -> HttpResponse:
    if not change.new_phone:
        return redirect("mypage:change_phone_new", contract=change.contract.number)
    return choose(request, changing.new_phone(change))


@require_http_methods(["GET", "HEAD", "POST"])
@in_hand
def new_code(request: HttpRequest, *, change: PhoneChange) -> HttpResponse:
    try:
        return type_in(request, changing.new_phone(change))
    except phone_change.Over:
        return over(request, change.contract)


@require_http_methods(["GET", "HEAD", "POST"])
@in_hand
def new_resend(request: HttpRequest, *, change: PhoneChange) -> HttpResponse:
    return send_again(request, changing.new_phone(change))


@require_safe
@holders_own
def done(request: HttpRequest, *, contract: Contract) -> HttpResponse:
    change = phone_change.latest(request, contract)
    if change is None or change.end != PhoneChange.End.DONE:
        return redirect("mypage:change_phone", contract=contract.number)
    context = {"contract": contract, "steps": changing.STEPS, "everywhere": change.everywhere}
    return render(request, "mypage/change_phone_done.html", context)


def over(request: HttpRequest, contract: Contract) -> HttpResponse:
    """The time of a change has passed, or the phone was changed elsewhere: begin again."""
    return render(request, "mypage/change_phone_over.html", {"contract": contract}, status=410)
