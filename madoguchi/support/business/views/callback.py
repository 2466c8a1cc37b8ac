"""Back from the provider, with its word or with a reason why there is none."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET

from madoguchi.accounts import assurance, first_use, limits, prove
from madoguchi.accounts.business import connecting, vouching
from madoguchi.accounts.business.refusals import Refused, Why
from madoguchi.accounts.business.vouching import Begun, Vouched
from madoguchi.accounts.events import record
from madoguchi.accounts.first_use import Newcomer
from madoguchi.accounts.models import Account, AuthEvent
from madoguchi.accounts.network import source_network
from madoguchi.support.business.refused import refused
from madoguchi.support.identity.entrance import admit
from madoguchi.support.identity.refusals import patient


@never_cache
@require_GET
def callback(request: HttpRequest, key: str) -> HttpResponse:
    """One address in all languages, as the provider knows it; the language of the person stands in the state."""
    with override(vouching.language_of(request.GET.get("state", ""))):
        return _answer(request, key)


@patient
@sensitive_variables("vouched")
def _answer(request: HttpRequest, key: str) -> HttpResponse:
    provider = vouching.provider_of(key)
    if provider is None:
        raise Http404
    limits.take(limits.LOGIN_SOURCE, source_network(request))
    try:
        begun = vouching.set_out(request, provider, request.GET.get("state", ""))
        vouched = vouching.finish(provider, begun, code=vouching.code_of(provider, request.GET))
        response = _go_on(request, begun, vouched)
    except Refused as refusal:
        somebody = request.user if request.user.is_authenticated else None
        record(request, somebody, AuthEvent.Method.BUSINESS, False, detail=refusal.why)
        return refused(request, refusal.why, provider)
    limits.give_back(limits.LOGIN_SOURCE, source_network(request))
    return response


def _go_on(request: HttpRequest, begun: Begun, vouched: Vouched) -> HttpResponse:
    if begun.purpose == "login":
        return _log_in(request, begun, vouched)
    if request.user.pk != begun.account:
        raise Refused(Why.STATE)
    if begun.purpose == "prove":
        return _prove(request, vouched)
    connecting.wait(request, vouched)
    return HttpResponseRedirect(reverse("business:connect"))


def _log_in(request: HttpRequest, begun: Begun, vouched: Vouched) -> HttpResponse:
    account = connecting.opened_by(vouched)
    if account is not None:
        return admit(
            request,
            account,
            method=AuthEvent.Method.BUSINESS,
            stay=False,
            onward=begun.next,
            detail=_detail(vouched),
            proven_at=vouched.when,
        )
    if not vouched.email:
        raise Refused(Why.ADDRESS)
    if Account.objects.filter(email=vouched.email).exists():
        connecting.wait(request, vouched)
        return HttpResponseRedirect(reverse("business:link"))
    first_use.begin(request, Newcomer(vouched.email, stay=False, next=begun.next, vouched=vouched))
    return HttpResponseRedirect(reverse("identity:welcome"))


def _prove(request: HttpRequest, vouched: Vouched) -> HttpResponse:
    account = connecting.opened_by(vouched)
    if account is None or account.pk != request.user.pk:
        raise Refused(Why.OTHER)
    onward = prove.proven(request, account, AuthEvent.Method.BUSINESS, detail=_detail(vouched), proven_at=vouched.when)
    return HttpResponseRedirect(onward)


def _detail(vouched: Vouched) -> str:
    return assurance.TWO_FACTORS if vouched.two_factors else ""
