"""``/contact/<token>/``: the page behind the link in the mails of an inquiry. The link is the key; no login.

GET changes nothing: mail scanners open links. Until the address is confirmed the page shows nothing of what was typed.
No CSRF token: a forger would need the link, and with it none; and a page that sends no referrer posts with an origin of
null, which the check refuses (Fetch, 3.2).
"""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from madoguchi.accounts.limits import TooMany
from madoguchi.inquiries import converse
from madoguchi.inquiries.models import Inquiry, Message
from madoguchi.shell.errors import too_many
from madoguchi.shell.forms import render_form
from madoguchi.support.contact.forms import FurtherForm


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def thread(request: HttpRequest, token: str) -> HttpResponse:
    response = _answer(request, token)
    # The address of the page is a key: it goes to no other site and into no index.
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


def _answer(request: HttpRequest, token: str) -> HttpResponse:
    try:
        inquiry = converse.find(token)
    except converse.Unknown:
        return render(request, "contact/unknown.html", status=404)
    except converse.Expired:
        return render(request, "contact/expired.html", status=410)
    if inquiry.disowned_at:
        return render(request, "contact/disowned.html", {"inquiry": inquiry})
    return _talk(request, inquiry) if inquiry.is_confirmed else _ask_whose(request, inquiry)


def _talk(request: HttpRequest, inquiry: Inquiry) -> HttpResponse:
    form = FurtherForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            converse.write_further(inquiry, body=form.cleaned_data["text"])
        except TooMany as full:
            return too_many(request, retry_after=full.seconds)
        request.session["contact.said"] = inquiry.number
        return HttpResponseRedirect(request.path, status=303)
    said = inquiry.messages.exclude(kind=Message.Kind.NOTE)
    context = {"inquiry": inquiry, "messages": said, "just_sent": _just_sent(request, inquiry)}
    return render_form(request, "contact/thread.html", form, context)


def _ask_whose(request: HttpRequest, inquiry: Inquiry) -> HttpResponse:
    """Whether who holds the address wrote it."""
    if request.method == "POST":
        if request.POST.get("act") == "confirm":
            converse.confirm(inquiry)
        elif request.POST.get("act") == "disown":
            converse.disown(inquiry)
        return HttpResponseRedirect(request.path, status=303)
    return render(request, "contact/is_it_yours.html", {"inquiry": inquiry})


def _just_sent(request: HttpRequest, inquiry: Inquiry) -> bool:
    return bool("contact.said" in request.session and request.session.pop("contact.said") == inquiry.number)
