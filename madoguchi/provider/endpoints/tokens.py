"""Where sites exchange codes and refresh tokens, ask about tokens, and revoke them. Always as themselves."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from oauthlib.common import Request

from madoguchi.provider.models import AccessToken, RefreshToken, Site, Subject
from madoguchi.provider.protocol import core
from madoguchi.provider.validator import checksum


@never_cache
@csrf_exempt
@sensitive_post_parameters()
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    if _in_address(request, "code", "refresh_token", "client_secret"):
        return _malformed("nothing secret may stand in the address")
    _address, headers, body, status = core().create_token_response(request)
    return _answer(headers, body, status)


@never_cache
@csrf_exempt
@sensitive_post_parameters()
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """RFC 7009. Says 200 also for tokens that are unknown, or another site's."""
    if _in_address(request, "token", "client_secret"):
        return _malformed("nothing secret may stand in the address")
    _address, headers, body, status = core().create_revocation_response(request)
    return _answer(headers, body, status)


@never_cache
@csrf_exempt
@sensitive_post_parameters()
@require_POST
def introspect(request: HttpRequest) -> HttpResponse:
    """RFC 7662. A site is told about its own tokens alone; about any other that it is not active."""
    if _in_address(request, "token", "client_secret"):
        return _malformed("nothing secret may stand in the address")
    asking = _site(request)
    if asking is None:
        return _unknown_site()
    asked = request.POST.get("token", "")
    if not asked:
        return _malformed("token is missing")
    return JsonResponse(_state(asking, checksum(asked)))


def _state(site: Site, stored: str) -> dict[str, Any]:
    kept: AccessToken | RefreshToken | None
    kept = AccessToken.objects.select_related("grant").filter(token_checksum=stored, application=site).first()
    active = kept is not None and kept.is_valid()
    expires = kept.expires if kept is not None else None
    if kept is None:
        kept = RefreshToken.objects.select_related("grant").filter(token_checksum=stored, application=site).first()
        active = kept is not None and kept.revoked is None and not kept.is_idle and kept.grant.stands
    if kept is None or not active:
        return {"active": False}
    told: dict[str, Any] = {
        "active": True,
        "scope": kept.grant.scope,
        "client_id": site.client_id,
        "sub": Subject.objects.of(kept.user, site.sector),
        "iss": settings.SITE_URL,
        "iat": int(kept.created.timestamp()),
    }
    if expires is not None:
        told |= {"token_type": "Bearer", "exp": int(expires.timestamp())}
    return told


def _site(request: HttpRequest) -> Site | None:
    """The site that asks, if it says its secret."""
    uri, method, body, headers = core()._extract_params(request)
    asking = Request(uri, method, body, headers)
    proven = core().server.request_validator.authenticate_client(asking)
    return asking.client if proven else None


def _in_address(request: HttpRequest, *names: str) -> bool:
    return any(name in request.GET for name in names)


def _answer(headers: dict[str, str], body: str | None, status: int) -> HttpResponse:
    response = HttpResponse(body or "", status=status, headers=headers)
    response["Content-Type"] = "application/json"
    response["Cache-Control"] = "no-store"
    if status == 401 and "WWW-Authenticate" not in response:
        response["WWW-Authenticate"] = 'Basic realm="oidc"'
    return response


def _malformed(why: str) -> HttpResponse:
    return JsonResponse({"error": "invalid_request", "error_description": why}, status=400)


def _unknown_site() -> HttpResponse:
    response = JsonResponse({"error": "invalid_client"}, status=401)
    response["WWW-Authenticate"] = 'Basic realm="oidc"'
    return response
