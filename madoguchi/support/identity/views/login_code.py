"""The one-time code after the first factor: staff always, customers who have set it up."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from madoguchi.accounts import login as act
from madoguchi.accounts import second_factor
from madoguchi.accounts.models import AuthEvent
from madoguchi.shell.forms import render_form
from madoguchi.support.identity.entrance import entered
from madoguchi.support.identity.forms.login import CodeForm
from madoguchi.support.identity.refusals import patient


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@patient
def login_code(request: HttpRequest) -> HttpResponse:
    waiting = act.pending(request)
    if waiting is None:
        return HttpResponseRedirect(reverse("identity:login"))
    if not second_factor.has_totp(waiting.account):
        return render(request, "identity/login_code_missing.html", status=403)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if act.check_code(request, waiting.account, form.cleaned_data["code"]):
            act.second_factor_done(request, waiting.account, AuthEvent.Method.TOTP)
            return entered(request, waiting.account, onward=waiting.next)
        form.add_error("code", _("This code is not right, or was used already. Please enter the one shown now."))
    return render_form(request, "identity/login_code.html", form, {})
