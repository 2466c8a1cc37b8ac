"""What became of a text message or call, told by the telephone gateway."""

import structlog
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from madoguchi.api.callbacks.signed import MOST_BYTES, as_it_came, length
from madoguchi.contracts.models import Dispatch
from madoguchi.delivery import telephony

log = structlog.get_logger(__name__)


@csrf_exempt  # the gateway proves itself by its signature and has no session
@require_POST
@never_cache
def telephone(request: HttpRequest, gateway: str) -> HttpResponse:
    """204 for what the gateway of the settings signed about a sending of ours, whether or not it is news; 403 else.

    What was refused is not told: a gateway needs no explanation, and a forger gets none.
    """
    try:
        if gateway != settings.TELEPHONE_GATEWAY or length(request) > MOST_BYTES:
            raise telephony.Forged("not ours")
        with transaction.atomic():
            news = telephony.gateway().news(as_it_came(request))
            if news:
                Dispatch.objects.hear(news)
    except telephony.Forged as forged:
        log.warning("telephone_callback_refused", why=str(forged))
        return HttpResponseForbidden()
    return HttpResponse(status=204)
