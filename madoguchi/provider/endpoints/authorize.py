"""``/oidc/authorize``: where a site sends its customer. Answers at once, or leads to the page that asks."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from madoguchi.accounts import assurance, limits, sessions
from madoguchi.accounts.models import Account
from madoguchi.accounts.network import source_network
from madoguchi.provider import hints, protocol
from madoguchi.provider.authorize import ERRORS, Step, Wish, next_step
from madoguchi.provider.protocol import BadRequest, Refused, ToSite
from madoguchi.shell.errors import too_many
from madoguchi.shell.languages import in_language, of_path

# Requests kept for one network: generous, as for logins, but nobody fills the table with them.
KEPT_REQUESTS = limits.Limit("site requests", 600, timedelta(minutes=15))


@never_cache
@csrf_exempt  # a site's form may lead here (OpenID Connect Core, 3.1.2.1); nothing is changed by it
@require_http_methods(["GET", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    try:
        wish = protocol.read(request)
    except BadRequest:
        return refused(request)
    except Refused as told:
        return ToSite(told.address)
    # A form from another site comes without our cookies: who is signed in shows at the next page.
    return ahead(request, wish) if request.method == "GET" else _to_page(request, wish)


def ahead(request: HttpRequest, wish: Wish) -> HttpResponse:
    """To the site where nobody need be asked, or nobody may be; else to the page that asks."""
    step = step_of(request, wish)
    if step is Step.CODE:
        return ToSite(code(request, wish))
    if wish.silent:
        return ToSite(protocol.error(wish, ERRORS[step]))
    return _to_page(request, wish)


def step_of(request: HttpRequest, wish: Wish) -> Step:
    hint = wish.parameters.get("id_token_hint")
    token = hints.read(hint) if hint else None
    account = request.user if isinstance(request.user, Account) else None
    standing = assurance.standing(sessions.current(request))
    return next_step(wish, account, standing, meant=token.user if token else None)


def code(request: HttpRequest, wish: Wish) -> str:
    sign_in = sessions.current(request)
    if sign_in is None:
        raise ValueError("nobody is signed in")
    return protocol.code(request, wish, sign_in=sign_in, standing=assurance.standing(sign_in))


def refused(request: HttpRequest) -> HttpResponse:
    """The page for a request with which nobody may be sent anywhere: 400."""
    with override(language_of(request, request.GET.get("ui_locales", ""))):
        return render(request, "provider/refused.html", status=400)


def _to_page(request: HttpRequest, wish: Wish) -> HttpResponse:
    try:
        limits.take(KEPT_REQUESTS, source_network(request))
    except limits.TooMany as full:
        return too_many(request, retry_after=full.seconds)
    handle = protocol.keep(wish).handle
    language = language_of(request, wish.parameters.get("ui_locales", ""))
    return HttpResponseRedirect(in_language(reverse("sites:approve", args=[handle]), language), status=303)


def language_of(request: HttpRequest, wanted: str) -> str:
    """The path's where it has one, else the first of ``ui_locales`` we speak, else the customer's, else Japanese."""
    if of_path(request.path) == "en":
        return "en"
    for tag in wanted.split():
        if (language := tag[:2].lower()) in ("ja", "en"):
            return language
    return request.user.language if isinstance(request.user, Account) else "ja"
