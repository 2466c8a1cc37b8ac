"""What everybody may read: where everything is, and the keys that ID tokens are signed with."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from django.views.decorators.http import require_safe

from madoguchi.provider import authorize, claims
from madoguchi.provider.models import SigningKey
from madoguchi.provider.models.keys import PUBLISHED_AHEAD
from madoguchi.provider.models.sites import SCOPES

# Of how long a new key is published before it signs: nobody who keeps to it meets a key they do not know.
_KEYS_SECONDS = int(PUBLISHED_AHEAD.total_seconds()) // 2
_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]


@require_safe
def discovery(request: HttpRequest) -> HttpResponse:
    """OpenID Connect Discovery 1.0, 3."""
    return _open(metadata(), seconds=3600)


@require_safe
def jwks(request: HttpRequest) -> HttpResponse:
    keys = [key.jwk for key in SigningKey.objects.published(now=timezone.now())]
    return _open({"keys": keys}, seconds=_KEYS_SECONDS)


def metadata() -> dict[str, Any]:
    def at(name: str) -> str:
        with override("ja"):  # without a prefix; the two doors choose the customer's language themselves
            return settings.SITE_URL + reverse(name)

    return {
        "issuer": settings.SITE_URL,
        "authorization_endpoint": at("doors:authorize"),
        "token_endpoint": at("provider:token"),
        "userinfo_endpoint": at("provider:userinfo"),
        "jwks_uri": at("provider:jwks"),
        "revocation_endpoint": at("provider:revoke"),
        "introspection_endpoint": at("provider:introspect"),
        "end_session_endpoint": at("doors:logout"),
        "scopes_supported": list(SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": _AUTH_METHODS,
        "revocation_endpoint_auth_methods_supported": _AUTH_METHODS,
        "introspection_endpoint_auth_methods_supported": _AUTH_METHODS,
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": list(authorize.PROMPTS),
        "claims_supported": sorted(
            {*claims.IN_ID_TOKEN, *(name for names in claims.OF_SCOPE.values() for name in names)}
        ),
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "authorization_response_iss_parameter_supported": True,
        "ui_locales_supported": ["ja", "en"],
    }


def _open(content: dict[str, Any], *, seconds: int) -> HttpResponse:
    response = JsonResponse(content)
    response["Cache-Control"] = f"public, max-age={seconds}"
    response["Access-Control-Allow-Origin"] = "*"
    return response
