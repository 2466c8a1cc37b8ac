"""Link contracts: customer number, contact phone, and the code that went to that phone."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from madoguchi.accounts.access import signed_in
from madoguchi.accounts.limits import TooMany
from madoguchi.contracts import contact_phone, customer_number, linking, passcodes, phone_entry
from madoguchi.contracts.models import Contract, CustomerLink
from madoguchi.contracts.sessions import account_of
from madoguchi.shell.forms import render_form
from madoguchi.support.mypage import adding
from madoguchi.support.mypage.forms import CustomerNumberForm, PhoneForm
from madoguchi.support.mypage.refusals import full_minute, no_way
from madoguchi.support.mypage.views.code import send_again, type_in
from madoguchi.support.mypage.views.method import choose


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    form = CustomerNumberForm(
        request.POST if request.method == "POST" else None, initial={"number": adding.number(request)}
    )
    if request.method == "POST" and form.is_valid():
        number = form.cleaned_data["number"]
        if not linking.holds(account_of(request), number):
            adding.begin(request, number)
            return redirect("mypage:add_phone")
        form.add_error("number", _("The contracts of this customer number are linked to your ID already."))
    return render_form(request, "mypage/add.html", form, {"steps": adding.STEPS})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def phone(request: HttpRequest) -> HttpResponse:
    number = adding.number(request)
    if not number:
        return redirect("mypage:add")
    account = account_of(request)
    if until := phone_entry.locked_until(account) or passcodes.paused_until(account):
        return _resting(request, until=full_minute(until))
    form = PhoneForm(request.POST if request.method == "POST" else None, hint="")
    if request.method == "POST" and form.is_valid():
        try:
            if _claim(request, number, form):
                return redirect("mypage:add_method")
        except phone_entry.Locked as lock:
            return _resting(request, until=full_minute(lock.until))
        except TooMany:
            return _resting(request)
    context = {"steps": adding.STEPS, "masked_number": customer_number.masked(number), "tries": phone_entry.TRIES}
    context["minutes"] = int(phone_entry.LOCKED_FOR.total_seconds() // 60)
    return render_form(request, "mypage/add_phone.html", form, context)


def _claim(request: HttpRequest, number: str, form: PhoneForm) -> bool:
    """Whether a code may be sent; else the form says why not, the same whatever is wrong with the two numbers."""
    typed = form.cleaned_data["phone"]
    if not contact_phone.channels(typed):
        form.add_error("phone", no_way(typed))
        return False
    contract = linking.claim(request, number, typed)
    if contract is None:
        form.add_error("phone", _("The customer number and the contact phone number do not go together."))
        return False
    adding.matched(request, contract)
    return True


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def method(request: HttpRequest) -> HttpResponse:
    walk = adding.walk(request)
    if walk is None or not phone_entry.entered(request, walk.ask.contract):
        return redirect("mypage:add_phone")
    return choose(request, walk)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    if walk := adding.walk(request):
        return type_in(request, walk)
    return redirect("mypage:add_done" if adding.done(request) else "mypage:add_phone")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def resend(request: HttpRequest) -> HttpResponse:
    walk = adding.walk(request)
    return send_again(request, walk) if walk else redirect("mypage:add_phone")


@signed_in
@require_safe
def done(request: HttpRequest) -> HttpResponse:
    kept, account = adding.done(request), account_of(request)
    link = CustomerLink.objects.select_related("customer").filter(account=account, pk=kept.get("link", 0)).first()
    if link is None:
        return redirect("mypage:contracts")
    contracts = Contract.objects.visible_to(account).filter(customer=link.customer).select_related("service")
    return render(
        request, "mypage/add_done.html", {"link": link, "new": kept["new"], "contracts": contracts.order_by("number")}
    )


def _resting(request: HttpRequest, **context: object) -> HttpResponse:
    return render(request, "mypage/add_resting.html", context, status=429)
