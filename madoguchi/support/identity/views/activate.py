"""A5 and A6: the link of the mail, the password once more, done."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from madoguchi.accounts import activate as act
from madoguchi.accounts.access import signed_in
from madoguchi.accounts.links import LinkDead
from madoguchi.accounts.models import Account, AuthEvent, Registration
from madoguchi.accounts.terms import open_before_terms
from madoguchi.shell.dead_links import dead_link
from madoguchi.shell.forms import render_form
from madoguchi.support.identity import dead_links
from madoguchi.support.identity.entrance import admit
from madoguchi.support.identity.forms.register import ActivateForm
from madoguchi.support.identity.onward import home, is_path_here
from madoguchi.support.identity.refusals import BUSY, form_again, patient
from madoguchi.support.identity.views.register import STEPS

_CONTINUE = "registration_continue_to"


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@patient
def activate(request: HttpRequest, token: str) -> HttpResponse:
    try:
        registration = act.waiting_registration(token)
        context = {"steps": STEPS, "current": 4, "email": registration.email}
        form = ActivateForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                return _completed(request, registration, act.complete(request, token, **form.cleaned_data))
            except act.WrongPassword as wrong:
                form.add_error("password", _wrong_password(wrong.left))
            except BUSY:
                return form_again(request, "identity/activate.html", form, context)
    except LinkDead as dead:
        return dead_link(request, dead.why, dead_links.REGISTRATION)
    return render_form(request, "identity/activate.html", form, context)


@signed_in
@require_safe
@open_before_terms
def activate_done(request: HttpRequest) -> HttpResponse:
    account = cast(Account, request.user)
    onward = request.session.get(_CONTINUE, "")
    context = {
        "steps": STEPS,
        "current": 4,
        "account": account,
        "onward": onward if is_path_here(onward) else home(account),
        "came_from": bool(onward),
    }
    return render(request, "identity/activate_done.html", context)


def _completed(request: HttpRequest, registration: Registration, account: Account) -> HttpResponse:
    done = reverse("identity:activate_done")
    response = admit(request, account, method=AuthEvent.Method.REGISTRATION, stay=False, onward=done)
    request.session[_CONTINUE] = registration.continue_to
    return response


def _wrong_password(left: int) -> str:
    return ngettext(
        "This is not the password you chose when you registered. You can try once more.",
        "This is not the password you chose when you registered. You can try %(left)s more times.",
        left,
    ) % {"left": left}
