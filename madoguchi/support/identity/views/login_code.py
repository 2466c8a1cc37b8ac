"""The second factor after the first: staff always, customers who have set one up."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from madoguchi.accounts import login as act
from madoguchi.accounts import passkeys, second_factor
from madoguchi.accounts.models import AuthEvent
from madoguchi.shell.forms import render_form
from madoguchi.support.identity.entrance import entered
from madoguchi.support.identity.forms.factors import AnswerForm
from madoguchi.support.identity.forms.login import SecondCodeForm
from madoguchi.support.identity.onward import home
from madoguchi.support.identity.refusals import BUSY, form_again, patient
from madoguchi.support.identity.views.recovery_codes import after_use


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@patient
def login_code(request: HttpRequest) -> HttpResponse:
    waiting = act.pending(request)
    if waiting is None:
        return HttpResponseRedirect(reverse("identity:login"))
    if not second_factor.has_any(waiting.account):
        return render(request, "identity/login_code_missing.html", status=403)
    by_passkey = "credential" in request.POST
    form = SecondCodeForm(
        request.POST if request.method == "POST" and not by_passkey else None, account=waiting.account
    )
    answer = AnswerForm(request.POST) if by_passkey else None
    context = {
        "code_form": form,
        "has_passkey": second_factor.has_passkey(waiting.account),
        "passkeys_here": passkeys.relying_party(request) is not None,
        "passkeys_elsewhere": passkeys.elsewhere(request),
    }
    try:
        response = _by_passkey(request, waiting, answer) if answer else _by_code(request, waiting, form)
    except BUSY:
        return form_again(request, "identity/login_code.html", form, context)
    if response:
        return response
    return render_form(request, "identity/login_code.html", answer or form, context)


def _by_code(request: HttpRequest, waiting: act.Pending, form: SecondCodeForm) -> HttpResponse | None:
    if not form.is_valid():
        return None
    method = act.check_code(request, waiting.account, form.cleaned_data["code"])
    if method is None:
        form.add_error("code", _("This code is not right, or was used already. Please enter another one."))
        return None
    act.second_factor_done(request, waiting.account, method)
    used_up = method == AuthEvent.Method.RECOVERY_CODE
    return entered(
        request, waiting.account, onward=after_use(waiting.next or home(waiting.account)) if used_up else waiting.next
    )


def _by_passkey(request: HttpRequest, waiting: act.Pending, answer: AnswerForm) -> HttpResponse | None:
    if not answer.is_valid():
        return None
    credential = answer.cleaned_data["credential"]
    used = act.check_passkey(request, waiting.account, purpose="code", credential=credential)
    if used is None:
        answer.add_error(None, _("This passkey was not accepted. Please try again, or choose another way."))
        return None
    act.second_factor_done(request, waiting.account, AuthEvent.Method.PASSKEY, detail=used.detail)
    return entered(request, waiting.account, onward=waiting.next)
