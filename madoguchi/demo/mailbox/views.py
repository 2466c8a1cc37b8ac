"""The demo's mailbox: where every mail the demo sends arrives."""

from csp.decorators import csp_exempt
from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from madoguchi.demo.mailbox import returns
from madoguchi.demo.mailbox.store import Mail, Store

# The mail's own look, and nothing else of it: no script, no form, nothing loaded; links open a page of their own.
_POLICY_OF_MAIL = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'self'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)


def store() -> Store:
    return Store(settings.VAR / "demo")


@require_safe
@never_cache
def mailbox(request: HttpRequest) -> HttpResponse:
    to = request.GET.get("to", "").strip()
    return render(request, "demo/mailbox.html", {"mails": store().latest(to=to), "to": to})


@require_safe
@never_cache
def mail(request: HttpRequest, id: int) -> HttpResponse:
    return render(request, "demo/mail.html", {"mail": _existing(id), "said": request.GET.get("said", "")})


@require_POST
def mail_return(request: HttpRequest, id: int) -> HttpResponse:
    """Let the mail come back, in one of the ways of ``returns.py``; the page then says what follows."""
    mail = _existing(id)
    try:
        how = returns.How(request.POST.get("how", ""))
    except ValueError:
        return HttpResponseBadRequest()
    try:
        returns.send_back(mail, how)
    except returns.NotTaken:
        return HttpResponseRedirect(reverse("demo:mail", args=[id], query={"said": "not_taken"}))
    return HttpResponseRedirect(reverse("demo:mail", args=[id], query={"said": how}))


@require_safe
@never_cache
@csp_exempt()  # type: ignore[untyped-decorator]
@xframe_options_sameorigin
def mail_html(request: HttpRequest, id: int) -> HttpResponse:
    """The HTML of a mail, for the frame of its page."""
    html = _existing(id).html
    if not html:
        raise Http404
    response = HttpResponse(f'<base target="_blank">{html}')
    response["Content-Security-Policy"] = _POLICY_OF_MAIL
    return response


@require_safe
@never_cache
def mailbox_json(request: HttpRequest) -> JsonResponse:
    """The mail of ``?to=``, newest first, for programs."""
    mails = store().latest(to=request.GET.get("to", "").strip())
    return JsonResponse([_as_json(mail) for mail in mails], safe=False)


def _as_json(mail: Mail) -> dict[str, object]:
    return {
        "from": mail.sender,
        "to": mail.recipient,
        "subject": mail.subject,
        "received_at": mail.received_at.isoformat(),
        "text": mail.text,
        "html": mail.html,
        "links": mail.links,
        "raw": mail.source,
    }


def _existing(id: int) -> Mail:
    found = store().get(id)
    if found is None:
        raise Http404
    return found
