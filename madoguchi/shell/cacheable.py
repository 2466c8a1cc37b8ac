"""Pages that are the same for everybody, and stay up in a rush: kept by browsers and by the proxy in front."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control, set_response_etag
from django.views.decorators.http import require_safe

FRESH = 30  # seconds a page may be shown without asking again: a first report is on every screen within them
STALE_WHILE_ASKING = 60  # seconds more it may be shown while somebody asks
STALE_WHEN_AWAY = 60 * 60 * 24  # seconds it may be shown when the application or its database is away (RFC 5861)


def public_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page for GET and HEAD that reads no cookie and sets none, with an ETag and the times above.

    Only a full answer (200) may be kept; 304 when the asker already has it.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code != 200:
            return response
        patch_cache_control(
            response,
            public=True,
            max_age=FRESH,
            stale_while_revalidate=STALE_WHILE_ASKING,
            stale_if_error=STALE_WHEN_AWAY,
        )
        set_response_etag(response)
        found = get_conditional_response(request, etag=response["ETag"], response=response)
        assert found is not None  # noqa: S101 - a response was given, so one comes back
        return found

    return require_safe(answer)
