"""A forgotten password: what is registered is asked, and the same page answers whatever was typed."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from madoguchi.accounts import forgotten as act
from madoguchi.shell.forms import render_form
from madoguchi.support.identity.forms.password import AskAddressForm, AskForm
from madoguchi.support.identity.refusals import patient

_SENT_TO = "forgotten_sent_to"


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@patient
def password_forgot(request: HttpRequest) -> HttpResponse:
    kind = AskAddressForm if settings.SECURITY_PROFILE == "strict" else AskForm
    form = kind(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        act.ask(request, act.Asked(**form.cleaned_data))
        request.session[_SENT_TO] = form.cleaned_data["email"]
        return HttpResponseRedirect(reverse("identity:password_forgot_sent"))
    return render_form(request, "identity/password_forgot.html", form)


@never_cache
@require_safe
def password_forgot_sent(request: HttpRequest) -> HttpResponse:
    if _SENT_TO not in request.session:
        return HttpResponseRedirect(reverse("identity:password_forgot"))
    context = {"email": request.session[_SENT_TO], "strict": settings.SECURITY_PROFILE == "strict"}
    return render(request, "identity/password_forgot_sent.html", context)
