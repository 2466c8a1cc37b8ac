"""``/id/profile/close/``: closing the ID, after proving it once more with the page in sight."""

import time
from datetime import timedelta
from typing import cast

from django.contrib import auth
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from madoguchi.accounts import close as act
from madoguchi.accounts import prove
from madoguchi.accounts.access import needs
from madoguchi.accounts.assurance import best_level
from madoguchi.accounts.models import Account
from madoguchi.accounts.terms import open_before_terms
from madoguchi.catalog.models import LegalText
from madoguchi.lib.markdown import to_html
from madoguchi.shell.languages import current
from madoguchi.support.identity.own_clock import on_own_clock

_OPENED = "close_opened"


@needs()
@require_http_methods(["GET", "HEAD", "POST"])
@on_own_clock
@open_before_terms
def close(request: HttpRequest) -> HttpResponse:
    account = cast(Account, request.user)
    if account.is_staff:
        return render(request, "identity/close_staff.html", status=403)
    if request.method == "POST":
        need = prove.Need(best_level(account), _since_opened(request))
        if not need.met(request):
            return prove.ask(request, need)
        act.close(request, account)
        auth.logout(request)
        return HttpResponseRedirect(reverse("identity:closed"))
    request.session[_OPENED] = time.time()
    return render(request, "identity/close.html", {"account": account, "kept": _kept()})


@never_cache
@require_safe
def closed(request: HttpRequest) -> HttpResponse:
    return render(request, "identity/closed.html")


def _since_opened(request: HttpRequest) -> timedelta:
    """How old the proof may be: made with the page in sight, so that the password is always asked for again."""
    return timedelta(seconds=time.time() - float(request.session.get(_OPENED, time.time())))


def _kept() -> SafeString:
    """What the law makes the operator keep, in the operator's words; empty where it has published none."""
    try:
        text = LegalText.objects.current(LegalText.Kind.KEPT)
    except LegalText.DoesNotExist:
        return SafeString()
    # Markdown turned into HTML in which nothing acts.
    return mark_safe(to_html((text.body_en or text.body_ja) if current() == "en" else text.body_ja))  # noqa: S308
