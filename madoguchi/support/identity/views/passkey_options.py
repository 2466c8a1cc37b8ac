"""``/id/passkey/options/``: the challenge a page's script hands to the browser, for what the page is about."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from madoguchi.accounts import login, passkeys


@never_cache
@require_POST
def passkey_options(request: HttpRequest) -> JsonResponse:
    """``purpose``: ``add`` and ``prove`` for who is signed in, ``code`` for a login under way, ``login`` for anybody.

    403 where the purpose does not fit who asks.
    """
    options = _options(request, request.POST.get("purpose", ""))
    return JsonResponse({}, status=403) if options is None else JsonResponse(dict(options))


def _options(request: HttpRequest, purpose: str) -> Mapping[str, Any] | None:
    if passkeys.relying_party(request) is None:
        return None
    if purpose == "login":
        return passkeys.request_options(request, None, purpose="login")
    if purpose == "code":
        waiting = login.pending(request)
        return passkeys.request_options(request, waiting.account, purpose="code") if waiting else None
    if not request.user.is_authenticated:
        return None
    if purpose == "prove":
        return passkeys.request_options(request, request.user, purpose="prove")
    return passkeys.creation_options(request, request.user) if purpose == "add" else None
