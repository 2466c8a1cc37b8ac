"""``/demo/business/``: the pages and endpoints of the sample operator's provider of business accounts."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from madoguchi.demo.business import provider
from madoguchi.demo.business.provider import Asked


@require_safe
def configuration(request: HttpRequest) -> JsonResponse:
    issuer = provider.issuer()
    return JsonResponse(
        {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/login/",
            "token_endpoint": f"{issuer}/token/",
            "jwks_uri": f"{issuer}/keys/",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }
    )


@require_safe
def keys(request: HttpRequest) -> JsonResponse:
    return JsonResponse(provider.keys())


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def login(request: HttpRequest) -> HttpResponse:
    """Who are you? The answer goes back to the counter, as a code or as a refusal."""
    asked = _asked(request)
    if asked is None:
        return redirect("demo:home")  # the counter asked nothing
    if request.method != "POST":
        with override("en" if "en" in request.GET.get("ui_locales", "").split() else "ja"):
            return render(request, "demo/business.html", {"employees": provider.EMPLOYEES})
    chosen = next((one for one in provider.EMPLOYEES if one.subject == request.POST.get("subject")), None)
    answer = {"code": provider.code_for(chosen, asked)} if chosen else {"error": "access_denied"}
    answer |= {"state": asked.state, "iss": provider.issuer()}
    return HttpResponseRedirect(f"{asked.redirect_uri}?{urlencode(answer)}", status=303)


@csrf_exempt  # programs have no form to take a token from
@require_POST
@never_cache
def token(request: HttpRequest) -> JsonResponse:
    if not provider.is_the_counter(request.headers.get("Authorization", "")):
        return JsonResponse({"error": "invalid_client"}, status=401)
    said = request.POST
    try:
        return JsonResponse(
            provider.tokens(
                code=said.get("code", ""),
                verifier=said.get("code_verifier", ""),
                redirect_uri=said.get("redirect_uri", ""),
            )
        )
    except provider.NoCode:
        return JsonResponse({"error": "invalid_grant"}, status=400)


def _asked(request: HttpRequest) -> Asked | None:
    """What the address asks for, if it is the counter that asks, with PKCE; nothing is sent anywhere else."""
    said = request.GET
    asked = Asked(**{name: said.get(name, "") for name in Asked.__dataclass_fields__})
    proper = said.get("client_id") == provider.CLIENT_ID and said.get("code_challenge_method") == "S256"
    return asked if proper and asked.redirect_uri == provider.callback() and asked.code_challenge else None
