"""The one-time code after the password: staff always, customers who have set it up."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from madoguchi.accounts import login as act
from madoguchi.accounts import second_factor
from madoguchi.shell.forms import render_form
from madoguchi.support.identity.forms.login import CodeForm
from madoguchi.support.identity.onward import home, safe_next
from madoguchi.support.identity.refusals import patient


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@patient
def login_code(request: HttpRequest) -> HttpResponse:
    waiting = _waiting(request)
    if waiting is None:
        return HttpResponseRedirect(reverse("identity:login"))
    if not second_factor.has_totp(waiting.account):
        return render(request, "identity/login_code_missing.html", status=403)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if act.check_code(request, waiting.account, form.cleaned_data["code"]):
            return _proven(request, waiting)
        form.add_error("code", _("This code is not right, or was used already. Please enter the one shown now."))
    return render_form(request, "identity/login_code.html", form, {"next": waiting.next})


def _waiting(request: HttpRequest) -> act.Pending | None:
    """Whose code is asked for: of the login under way, or of who is signed in without it."""
    if not request.user.is_authenticated:
        return act.pending(request)
    if not request.user.is_staff:
        return None
    return act.Pending(request.user, stay=False, next=safe_next(request))


def _proven(request: HttpRequest, waiting: act.Pending) -> HttpResponse:
    if request.user.is_authenticated:
        act.add_code_proof(request, waiting.account)
    else:
        act.open_session(request, waiting.account, stay=waiting.stay, code_proven=True)
    response = HttpResponseRedirect(waiting.next or home(waiting.account))
    act.remember_device(request, response, waiting.account)
    return response
