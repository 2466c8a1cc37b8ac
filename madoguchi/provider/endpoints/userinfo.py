"""``/oidc/userinfo``: what the bearer of an access token may know of the customer."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from madoguchi.provider.protocol import core


@never_cache
@csrf_exempt
@require_http_methods(["GET", "POST"])
def userinfo(request: HttpRequest) -> HttpResponse:
    if "Authorization" not in request.headers:
        # The token in the address or in a form is no way here (RFC 9700, 4.3.2).
        response = HttpResponse(status=401)
        response["WWW-Authenticate"] = "Bearer"
        return response
    _address, headers, body, status = core().create_userinfo_response(request)
    response = HttpResponse(body or "", status=status, headers=headers)
    response["Content-Type"] = "application/json"
    response["Cache-Control"] = "no-store"
    return response
