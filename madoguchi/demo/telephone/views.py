"""The demo's telephone: where every text message and call of the demo arrives."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from madoguchi.contracts import contact_phone
from madoguchi.demo.telephone.store import Store


def store() -> Store:
    return Store(settings.VAR / "demo")


@require_safe
@never_cache
def telephone(request: HttpRequest) -> HttpResponse:
    number = _number(request)
    return render(
        request,
        "demo/telephone.html",
        {"arrivals": store().latest(number=number), "numbers": store().numbers(), "number": number},
    )


@require_safe
@never_cache
def telephone_json(request: HttpRequest) -> JsonResponse:
    """What arrived at ``?to=``, newest first, for programs."""
    return JsonResponse(
        [
            {
                "channel": arrival.channel,
                "to": arrival.number,
                "text": arrival.text,
                "received_at": arrival.received_at.isoformat(),
            }
            for arrival in store().latest(number=_number(request))
        ],
        safe=False,
    )


def _number(request: HttpRequest) -> str:
    """E.164 of ``?to=``, written as at home or as +81…; a + not escaped in the address has become a space."""
    typed = request.GET.get("to", "").strip()
    if typed.startswith("81"):
        typed = f"+{typed}"
    return contact_phone.normalised(typed) or typed
