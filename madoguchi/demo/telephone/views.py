"""The demo's telephone: where every text message and call of the demo arrives, and how its phones misbehave."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from madoguchi.accounts.access import staff_required
from madoguchi.accounts.models import StaffRole
from madoguchi.contracts import contact_phone
from madoguchi.demo.telephone.faults import Kind
from madoguchi.demo.telephone.forms import KINDS, FaultForm
from madoguchi.demo.telephone.store import Arrival, Store
from madoguchi.demo.telephone.voice import speak
from madoguchi.shell.forms import render_form

View = Callable[..., HttpResponseBase]


def store() -> Store:
    return Store(settings.VAR / "demo")


def visitors(view: View) -> View:
    """In the demo everybody; on a site told to have this telephone, staff alone: codes of its customers lie here."""
    for_staff = staff_required(StaffRole.SUPPORT)(view)

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return (view if settings.DEMO else for_staff)(request, *args, **kwargs)

    return never_cache(guarded)


@visitors
@require_http_methods(["GET", "HEAD", "POST"])
def telephone(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, FaultForm(initial={"fault": Kind.NORMAL}))
    form = FaultForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    store().set_fault(*form.wanted())
    return redirect("demo:telephone")


@visitors
@require_POST
def heal(request: HttpRequest) -> HttpResponse:
    store().heal()
    return redirect("demo:telephone")


@visitors
@require_safe
def call(request: HttpRequest, id: int) -> HttpResponse:
    """A call as it sounds."""
    arrival = store().get(id)
    if arrival is None or arrival.channel != "voice":
        raise Http404
    return HttpResponse(speak(arrival.text, language=arrival.language).wav, content_type="audio/wav")


@visitors
@require_safe
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
            for arrival in store().latest(number=_number(request.GET.get("to", "")))
        ],
        safe=False,
    )


@csrf_exempt  # programs have no form to take a token from; a page elsewhere cannot send this type unasked
@visitors
@require_http_methods(["GET", "POST"])
def faults_json(request: HttpRequest) -> JsonResponse:
    """GET: the faults in force. POST of ``{"to": "090…", "fault": "late", "seconds": 30}``: set one; without ``to``
    that of all numbers. 422 with what is wrong."""
    if request.method == "POST":
        form = FaultForm(_json(request))
        if not form.is_valid():
            return JsonResponse({"errors": form.errors}, status=422)
        store().set_fault(*form.wanted())
    return JsonResponse(
        [
            {"to": number, "fault": fault.kind.value, "seconds": fault.seconds}
            for number, fault in store().faults().items()
        ],
        safe=False,
    )


def _page(request: HttpRequest, form: FaultForm) -> HttpResponse:
    number = _number(request.GET.get("to", ""))
    arrivals = store().latest(number=number)
    return render_form(
        request,
        "demo/telephone.html",
        form,
        {
            "arrivals": [(arrival, _unsaid(arrival)) for arrival in arrivals],
            "numbers": store().numbers(),
            "number": number,
            "faults": [(to, KINDS[fault.kind], fault.seconds) for to, fault in store().faults().items()],
        },
    )


def _unsaid(arrival: Arrival) -> tuple[str, ...]:
    return speak(arrival.text, language=arrival.language).unsaid if arrival.channel == "voice" else ()


def _json(request: HttpRequest) -> dict[str, Any]:
    try:
        said = json.loads(request.body) if request.content_type == "application/json" else None
    except ValueError:
        said = None
    return said if isinstance(said, dict) else {}


def _number(to: str) -> str:
    """E.164 of ``to``, written as at home or as +81…; a + not escaped in the address has become a space."""
    typed = to.strip()
    if typed.startswith("81"):
        typed = f"+{typed}"
    return contact_phone.normalised(typed) or typed
