"""A2 to A4: enter, confirm, provisionally registered."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from madoguchi.accounts import passwords
from madoguchi.accounts import register as act
from madoguchi.catalog.models import LegalText
from madoguchi.lib.addresses import envelope
from madoguchi.shell.forms import render_form
from madoguchi.shell.languages import current
from madoguchi.support.identity.forms.register import RegisterForm
from madoguchi.support.identity.onward import home, safe_next
from madoguchi.support.identity.refusals import BUSY, form_again, patient

STEPS = [
    pgettext_lazy("step of registration", "Enter"),
    pgettext_lazy("step of registration", "Confirm"),
    pgettext_lazy("step of registration", "Provisional"),
    pgettext_lazy("step of registration", "Final"),
]
_SENT_TO = "registration_sent_to"


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@patient
def register(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return HttpResponseRedirect(home(request.user))
    kept = act.kept_form(request)
    onward = safe_next(request) or (kept.continue_to if kept else "")
    form = RegisterForm(request.POST if request.method == "POST" else None, initial=_entered(kept) if kept else None)
    context = {
        "steps": STEPS,
        "current": 1,
        "next": onward,
        "terms": terms_version(),
        "again": kept is not None,
        "rules": passwords.profile().rules,
        "refused": [passwords.NOT_YOURS, passwords.NOT_COMMON],
    }
    if request.method == "POST" and form.is_valid():
        entered = {name: value for name, value in form.cleaned_data.items() if name != "password_again"}
        try:
            act.keep_form(request, continue_to=onward, terms_version=terms_agreed(request), **entered)
        except BUSY:
            return form_again(request, "identity/register.html", form, context)
        return HttpResponseRedirect(reverse("identity:register_confirm"))
    return render_form(request, "identity/register.html", form, context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@patient
def register_confirm(request: HttpRequest) -> HttpResponse:
    kept = act.kept_form(request)
    if kept is None:
        return HttpResponseRedirect(
            reverse(f"identity:{'register_sent' if _SENT_TO in request.session else 'register'}")
        )
    if request.method == "POST":
        act.register_provisionally(request, kept, language=current())
        act.forget_form(request)
        request.session[_SENT_TO] = kept.email
        return HttpResponseRedirect(reverse("identity:register_sent"))
    context = {"steps": STEPS, "current": 2, "entered": kept, "dots": "●" * kept.password_length}
    context["odd_address"] = envelope(kept.email) != kept.email
    return render(request, "identity/register_confirm.html", context)


@never_cache
@require_safe
def register_sent(request: HttpRequest) -> HttpResponse:
    if _SENT_TO not in request.session:
        return HttpResponseRedirect(reverse("identity:register"))
    context = {"steps": STEPS, "current": 3, "email": request.session[_SENT_TO]}
    return render(request, "identity/register_sent.html", context)


def _entered(kept: act.Form) -> dict[str, object]:
    """For going back: everything but the password."""
    return {
        "email": kept.email,
        "family_name_kana": kept.family_name_kana,
        "given_name_kana": kept.given_name_kana,
        "birth_date": kept.birth_date,
    }


def terms_version() -> str:
    """The version of the terms in force; empty where the operator has published none."""
    return LegalText.objects.version_in_force(LegalText.Kind.TERMS)


def terms_agreed(request: HttpRequest) -> str:
    """The version that was in force when the form was opened: a newer one is asked for after the login."""
    shown, present = request.POST.get("terms", ""), terms_version()
    past = LegalText.objects.filter(kind=LegalText.Kind.TERMS, version=shown[:20], effective_at__lte=timezone.now())
    return shown if shown != present and past.exists() else present
