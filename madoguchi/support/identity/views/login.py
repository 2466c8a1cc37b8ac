"""A1: the login page, and the doors beside it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from madoguchi.accounts import first_use, limits, passkeys
from madoguchi.accounts import login as act
from madoguchi.accounts.first_use import Newcomer
from madoguchi.shell.forms import render_form
from madoguchi.support.identity.entrance import admit
from madoguchi.support.identity.forms.login import LoginForm
from madoguchi.support.identity.onward import home, safe_next
from madoguchi.support.identity.refusals import BUSY, form_again, login_paused, patient


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@patient
def login(request: HttpRequest) -> HttpResponse:
    onward = safe_next(request)
    if request.user.is_authenticated:
        return HttpResponseRedirect(onward or home(request.user))
    form = LoginForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        entered = form.cleaned_data
        try:
            let_in = act.check_password(request, email=entered["email"], password=entered["password"])
        except limits.TooMany as full:
            return login_paused(request, full, onward=onward)
        except act.FirstUse:
            first_use.begin(request, Newcomer(entered["email"], stay=entered["stay"], next=onward))
            return HttpResponseRedirect(reverse("identity:welcome"))
        except BUSY:
            return form_again(request, "identity/login.html", form, _beside(request, onward=onward))
        if let_in is not None:
            account, outlook = let_in
            method = act.method_of(account.email)
            return admit(request, account, method=method, stay=entered["stay"], onward=onward, outlook=outlook)
        form.add_error(None, _("The email address or the password is not right. Please check both and try again."))
    return page(request, form, onward=onward)


def page(request: HttpRequest, form: LoginForm, *, onward: str) -> HttpResponse:
    """The login page, with a way in by passkey where this address knows passkeys."""
    return render_form(request, "identity/login.html", form, _beside(request, onward=onward))


def _beside(request: HttpRequest, *, onward: str) -> dict[str, object]:
    return {
        "next": onward,
        "left": "left" in request.GET,
        "mail_domains": settings.MAILBOX_DOMAINS,
        "passkeys_here": passkeys.relying_party(request) is not None,
        "providers": settings.BUSINESS_PROVIDERS,
    }
