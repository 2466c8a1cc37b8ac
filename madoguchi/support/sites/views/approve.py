"""``/id/sites/approve/<handle>/``: what a site's request still needs from the customer, one thing after the other."""

from collections.abc import Callable
from datetime import timedelta

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from madoguchi.accounts import login, prove
from madoguchi.accounts.assurance import best_level
from madoguchi.accounts.events import record
from madoguchi.accounts.models import Account, AuthEvent
from madoguchi.accounts.prove import Need
from madoguchi.provider import protocol
from madoguchi.provider.authorize import ERRORS, Step, Wish
from madoguchi.provider.endpoints.authorize import code, step_of
from madoguchi.provider.models import Consent
from madoguchi.provider.protocol import ToSite
from madoguchi.support.sites.onward import let_form_lead_to, pass_on
from madoguchi.support.sites.words import allowed


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def approve(request: HttpRequest, handle: str) -> HttpResponse:
    wish = protocol.kept(handle)
    if wish is None:
        return render(request, "sites/over.html", status=410)
    if "other" in request.POST:
        login.log_out(request)
    step = step_of(request, wish)
    if step in ERRORS and (wish.silent or step is Step.OTHER_CUSTOMER):
        return _to_site(request, wish, protocol.error(wish, ERRORS[step]))
    return _STEPS[step](request, wish)


def _log_in(request: HttpRequest, wish: Wish) -> HttpResponse:
    return HttpResponseRedirect(reverse("identity:login", query={REDIRECT_FIELD_NAME: request.path}))


def _prove(request: HttpRequest, wish: Wish) -> HttpResponse:
    since = wish.fresh_since() or timezone.now()
    age = max(timezone.now() - since, timedelta(seconds=1))
    return prove.ask_for(request, Need(best_level(_account(request)), age), onward=request.path)


def _agree(request: HttpRequest, wish: Wish) -> HttpResponse:
    return HttpResponseRedirect(reverse("identity:terms", query={REDIRECT_FIELD_NAME: request.path}))


def _consent(request: HttpRequest, wish: Wish) -> HttpResponse:
    account = _account(request)
    if "refuse" in request.POST:
        return _refuse(wish)
    if "approve" in request.POST:
        Consent.objects.give(account, wish.site, scopes=wish.scopes)
        record(request, account, AuthEvent.Method.SITE_CONNECTED, True, detail=wish.site.client_id)
        return ToSite(code(request, wish), after_form=True)
    before = Consent.objects.standing(account).filter(site=wish.site).first()
    context = {
        "site": wish.site,
        "account": account,
        "allowed": allowed(wish.scopes, account),
        "before": before.scopes if before else [],
    }
    return let_form_lead_to(render(request, "sites/approve.html", context), wish.site.origins)


def _code(request: HttpRequest, wish: Wish) -> HttpResponse:
    """Nothing is left to ask. A form that comes here all the same is the consent's, sent a second time."""
    if "refuse" in request.POST:
        return _refuse(wish)
    address = code(request, wish)
    return ToSite(address, after_form=True) if "approve" in request.POST else _to_site(request, wish, address)


def _refuse(wish: Wish) -> HttpResponse:
    return ToSite(protocol.error(wish, "access_denied"), after_form=True)


def _to_site(request: HttpRequest, wish: Wish, address: str) -> HttpResponse:
    return pass_on(request, wish.site, address)


def _account(request: HttpRequest) -> Account:
    if not isinstance(request.user, Account):
        raise TypeError("nobody is signed in")
    return request.user


_STEPS: dict[Step, Callable[[HttpRequest, Wish], HttpResponse]] = {
    Step.LOGIN: _log_in,
    Step.PROVE: _prove,
    Step.TERMS: _agree,
    Step.CONSENT: _consent,
    Step.CODE: _code,
}
