"""What became of a letter after it left, told by a mail gateway of the operator's."""

import structlog
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from madoguchi.api.callbacks.signed import MOST_BYTES, as_it_came, length
from madoguchi.delivery import telephony
from madoguchi.delivery.returns import gateway

log = structlog.get_logger(__name__)


@csrf_exempt  # the gateway proves itself by its signature and has no session
@require_POST
@never_cache
def mail(request: HttpRequest) -> HttpResponse:
    """204 for what was signed about a letter, whether or not it is news; 403 else, without a reason."""
    try:
        if length(request) > MOST_BYTES:
            raise telephony.Forged("too long")
        with transaction.atomic():  # believed once: if it cannot be kept now, it may come again
            gateway.take_news(as_it_came(request))
    except telephony.Forged as forged:
        log.warning("mail_callback_refused", why=str(forged))
        return HttpResponseForbidden()
    return HttpResponse(status=204)
