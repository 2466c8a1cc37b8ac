"""``/demo/site/``: the mall's pages. Only what the protocol gives it gets here; nothing is read from our tables."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

import structlog
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from joserfc.errors import JoseError
from requests import RequestException

from madoguchi.demo.mall import site
from madoguchi.demo.mall.visits import visiting
from madoguchi.shell.languages import current, in_language

log = structlog.get_logger(__name__)
Visit = dict[str, Any]
View = Callable[[HttpRequest, Visit], HttpResponse]
_PROMPTS = ("", "none", "login", "consent")
_TIMES = ("iat", "exp", "auth_time", "updated_at")


def _tells_errors(view: View) -> View:
    """An error of the protocol is shown, as a site should: in words of its own, with the code of the protocol."""

    @wraps(view)
    def told(request: HttpRequest, visit: Visit) -> HttpResponse:
        try:
            return view(request, visit)
        except OAuthError as error:
            visit["error"] = str(error.error)[:60]
        except (JoseError, RequestException) as error:
            log.warning("the mall could not log a customer in", why=type(error).__name__)
            visit["error"] = "temporarily_unavailable"
        # An answer comes back to an address without a language; whoever opens that address unasked, or presses a
        # button, reads in the one they are in.
        language = visit.get("language", current()) if request.method == "GET" else current()
        return HttpResponseRedirect(in_language(reverse("demo:mall"), language))

    return told


@require_safe
@never_cache
@visiting
def home(request: HttpRequest, visit: Visit) -> HttpResponse:
    tokens = visit.get("tokens")
    context = {
        "error": visit.pop("error", ""),
        "claims": _rows(visit.get("claims", {})),
        "told": _rows(visit.get("told", {})),
        "name": visit.get("told", {}).get("name", ""),
        "refreshed": visit.pop("refreshed", False),
        "stays": bool(tokens and "refresh_token" in tokens),
    }
    return render(request, "demo/mall.html", context)


@require_POST
@never_cache
@visiting
@_tells_errors
def login(request: HttpRequest, visit: Visit) -> HttpResponse:
    visit["language"] = current()
    wishes = {"ui_locales": current()}
    prompt = request.POST.get("prompt", "")
    if prompt and prompt in _PROMPTS:
        wishes["prompt"] = prompt
    callback_at = site.address("mall_callback")
    response: HttpResponse = site.provider().authorize_redirect(_asking(request, visit), callback_at, **wishes)
    return response


@require_safe
@never_cache
@visiting
@_tells_errors
def callback(request: HttpRequest, visit: Visit) -> HttpResponse:
    if request.GET.get("iss") != settings.SITE_URL:  # RFC 9207
        raise OAuthError("invalid_issuer")
    tokens = site.provider().authorize_access_token(_asking(request, visit))
    visit |= {"tokens": dict(tokens), "claims": dict(tokens["userinfo"]), "told": _ask(tokens)}
    visit["tokens"].pop("userinfo")
    return HttpResponseRedirect(in_language(reverse("demo:mall"), visit.get("language", "ja")))


@require_POST
@never_cache
@visiting
@_tells_errors
def refresh(request: HttpRequest, visit: Visit) -> HttpResponse:
    if "refresh_token" in visit.get("tokens", {}):
        metadata = site.provider().load_server_metadata()
        with OAuth2Session(site.CLIENT_ID, site.SECRET) as own:
            try:
                fresh = dict(own.refresh_token(metadata["token_endpoint"], visit["tokens"]["refresh_token"]))
            except OAuthError:
                visit.clear()  # disconnected meanwhile: nobody is logged in here any more
                raise
        visit |= {"tokens": fresh, "told": _ask(fresh), "refreshed": True}
    return redirect("demo:mall")


@require_POST
@never_cache
@visiting
@_tells_errors
def logout(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Leave the mall; with ``everywhere`` ask that the customer ID be logged out too."""
    tokens = visit.get("tokens", {})
    visit.clear()
    if "everywhere" not in request.POST:
        return redirect("demo:mall")
    made = site.provider().create_logout_url(
        post_logout_redirect_uri=site.address("mall"),
        id_token_hint=tokens.get("id_token"),
        client_id=site.CLIENT_ID,
        ui_locales=current(),
    )
    return HttpResponseRedirect(made["url"])


def _ask(tokens: dict[str, Any]) -> dict[str, Any]:
    """What the userinfo endpoint says."""
    return dict(site.provider().userinfo(token=tokens))


def _asking(request: HttpRequest, visit: Visit) -> HttpRequest:
    """The request with the mall's visit in the place of the provider's session, which is no business of a site's."""
    request.session = visit  # type: ignore[assignment]
    return request


def _rows(claims: dict[str, Any]) -> list[tuple[str, str]]:
    return [(name, _in_words(name, value)) for name, value in claims.items()]


def _in_words(name: str, value: Any) -> str:
    if name in _TIMES and isinstance(value, int):
        return f"{value} ({datetime.fromtimestamp(value, UTC):%Y-%m-%d %H:%M:%S} UTC)"
    return value if isinstance(value, str) else json.dumps(value)
