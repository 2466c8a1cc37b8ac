"""What became of a letter that left by a provider's API, told by the provider's own webhook.

django-anymail knows each provider's format and how it proves itself. Its views are used for that alone: what they send
by Django's signals we take from them directly.
"""

from importlib import import_module
from typing import Any

import structlog
from anymail.exceptions import AnymailError
from anymail.webhooks.base import AnymailCoreWebhookView
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from madoguchi.api.callbacks.signed import length
from madoguchi.delivery.engine.relays import PROVIDER
from madoguchi.delivery.returns.provider import proves_itself, take_event

log = structlog.get_logger(__name__)

# Some send hundreds of events at once.
MOST_BYTES = 1_000_000
_OF_EVENTS = ("TrackingWebhookView", "CombinedWebhookView")
_NONSENSE = (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, AnymailError)


class Refused(Exception):
    """It is not believed."""


@csrf_exempt  # the provider proves itself by its signature or password, and has no session
@require_http_methods(["POST", "HEAD"])
@never_cache
def provider(request: HttpRequest, name: str) -> HttpResponse:
    """204 for what the provider of the settings tells, whether or not it is news; 403 else, without a reason.

    HEAD is how some look whether there is anybody.
    """
    if request.method == "HEAD":
        return HttpResponse(status=204)
    try:
        for event in _events(request, name):
            # Each by itself: what cannot be kept now comes again with the others, which then count no second time.
            take_event(event, provider=name)
    except (Refused, SuspiciousOperation, ImproperlyConfigured, *_NONSENSE) as error:
        # Their words quote what came.
        log.warning("provider_callback_refused", provider=name[:20], why=type(error).__name__)
        if "WEBHOOK_SECRET" in settings.ANYMAIL and "Authorization" not in request.headers:
            # One of them sends its password only when it was asked.
            return HttpResponse(status=401, headers={"WWW-Authenticate": 'Basic realm="webhook"'})
        return HttpResponseForbidden()
    return HttpResponse(status=204)


def _events(request: HttpRequest, name: str) -> list[Any]:
    if not any(relay.security == PROVIDER and relay.host == name for relay in settings.SMTP_RELAYS):
        raise Refused
    if not proves_itself(name) or length(request) > MOST_BYTES:
        raise Refused
    view = _view(name)
    view.setup(request)
    view.run_validators(request)
    return list(view.parse_events(request))


def _view(name: str) -> AnymailCoreWebhookView:
    module = import_module(f"anymail.webhooks.{name}")
    for kind in vars(module).values():
        if isinstance(kind, type) and kind.__module__ == module.__name__ and kind.__name__.endswith(_OF_EVENTS):
            return kind()
    raise Refused
