"""``/id/otp/codes/``: recovery codes, shown once, to print or keep as a file; and the word after one was used."""

import json
import time
from typing import Any, cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from madoguchi.accounts import factors, recovery_codes, second_factor
from madoguchi.accounts.access import needs, signed_in
from madoguchi.accounts.models import Account
from madoguchi.lib.tokens import BrokenSeal, seal, unseal
from madoguchi.shell.languages import current
from madoguchi.support.identity.onward import home, safe_next
from madoguchi.support.identity.refusals import patient
from madoguchi.support.identity.views.otp import changed

_KEY = "recovery_codes"
# How long the page shows them: a reload, a printer without paper. Nothing after "I have kept them".
SHOWN_SECONDS = 600


@signed_in
def codes(request: HttpRequest) -> HttpResponseBase:
    """Those just made in this session, or the page that makes new ones."""
    fresh = _fresh(request) if request.method == "GET" else None
    return render(request, "identity/recovery_codes_shown.html", fresh) if fresh else _renew(request)


@needs()
@require_http_methods(["GET", "HEAD", "POST"])
@patient
def _renew(request: HttpRequest) -> HttpResponse:
    account = cast(Account, request.user)
    if not second_factor.has_any(account):
        return HttpResponseRedirect(reverse("identity:otp"))
    if request.method == "POST":
        return shown_once(request, factors.renew_recovery_codes(request, account))
    left = recovery_codes.left(account)
    return render(request, "identity/recovery_codes.html", {"kept": recovery_codes.kept(account), "left": left})


@signed_in
@require_safe
def codes_text(request: HttpRequest) -> HttpResponse:
    """The codes as a text file, while the page still shows them."""
    fresh = _fresh(request)
    if fresh is None:
        raise Http404
    operator = settings.OPERATOR[f"name_{current()}"]
    text = render_to_string("identity/recovery_codes.txt", fresh | {"operator_name": operator, "now": timezone.now()})
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="recovery-codes.txt"'
    return response


@signed_in
@require_POST
def codes_kept(request: HttpRequest) -> HttpResponse:
    """They are on paper or in a file: this site forgets how they read."""
    fresh = _fresh(request)
    request.session.pop(_KEY, None)
    return changed(request, (fresh or {}).get("after") or "codes")


@signed_in
@require_safe
def code_used(request: HttpRequest) -> HttpResponse:
    """After a login with a recovery code: how many are left."""
    account = cast(Account, request.user)
    left = recovery_codes.left(account)
    onward = safe_next(request) or home(account)
    return render(
        request,
        "identity/recovery_code_used.html",
        {"left": left, "few": left <= recovery_codes.FEW, "onward": onward},
    )


def shown_once(request: HttpRequest, codes: tuple[str, ...], *, after: str = "") -> HttpResponse:
    """To the page that shows ``codes``; ``after`` is what was done with them, for the page behind it."""
    kept = {"codes": codes, "after": after, "account": request.user.pk, "at": time.time()}
    request.session[_KEY] = seal(json.dumps(kept)).decode("ascii")
    return HttpResponseRedirect(reverse("identity:recovery_codes"))


def after_use(onward: str) -> str:
    """Where a login with a recovery code leads, and from there to ``onward``."""
    return reverse("identity:recovery_code_used", query={"next": onward})


def _fresh(request: HttpRequest) -> dict[str, Any] | None:
    try:
        kept = json.loads(unseal(request.session.get(_KEY, "").encode()))
    except BrokenSeal:
        return None
    if time.time() - kept["at"] > SHOWN_SECONDS or kept["account"] != request.user.pk:
        return None
    return cast(dict[str, Any], kept)
