"""Who may see a page, and how sure we must be of who it is: view decorators for customers and for staff."""

import contextlib
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache

from madoguchi.accounts import prove, terms
from madoguchi.accounts.assurance import Level, best_level
from madoguchi.accounts.models import Account, StaffRole
from madoguchi.accounts.prove import Need

View = Callable[..., HttpResponseBase]
# How old a proof may be where a page asks for a fresh one.
FRESH = timedelta(minutes=15)


def signed_in(view: View) -> View:
    """Only for who is signed in; others go to the login page and come back. Never stored by a cache.

    Whoever has not agreed to the terms in force is asked first, when a page is opened (:mod:`.terms`); what is sent
    to one is not held up.
    """
    asks_terms = not getattr(view, "open_before_terms", False)

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _by_way_of("identity:login", request)
        if asks_terms and _opened(request) and terms.due_here(request):
            return _by_way_of("identity:terms", request)
        return view(request, *args, **kwargs)

    return never_cache(_saying(guarded, signed_in=True))


def needs(level: Level | None = None, *, max_age: timedelta | None = FRESH) -> Callable[[View], View]:
    """Only with a proof of ``level`` no older than ``max_age`` (None: as old as the sign-in).

    Without ``level`` it is the highest rung the ID has the means for. Whoever lacks it is asked on ``/id/prove/``; a
    form sent here is carried out after that. Stands outside of decorators that look at the method.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            need = Need(best_level(cast(Account, request.user)) if level is None else level, max_age)
            if not need.met(request):
                return prove.ask(request, need)
            prove.resumed(request)
            return view(request, *args, **kwargs)

        return signed_in(_saying(guarded, proof=(level, max_age)))

    return decorate


def staff_required(*roles: StaffRole | str) -> Callable[[View], View]:
    """Only for staff in one of ``roles``, who have proven a second factor in this sign-in.

    Administrators pass everywhere. Others signed in get 403; staff without the second factor are asked for it.
    """
    allowed = {StaffRole(role) for role in roles} | {StaffRole.ADMINISTRATOR}

    def decorate(view: View) -> View:
        proven = needs(Level.MFA, max_age=None)(view)

        @wraps(proven)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if cast(Account, request.user).staff_role not in allowed:
                raise PermissionDenied
            return proven(request, *args, **kwargs)

        return signed_in(_saying(guarded, staff=frozenset(allowed)))

    return decorate


def _opened(request: HttpRequest) -> bool:
    """Whether somebody opens a page, and neither sends a form nor has a script fetch a part of one."""
    return request.method in ("GET", "HEAD") and "HX-Request" not in request.headers


def _saying(view: View, **guard: Any) -> View:
    """Let ``view`` say how it is guarded: ``functools.wraps`` carries it outwards, to whoever walks the URL map."""
    view.guard = {**getattr(view, "guard", {}), **guard}  # type: ignore[attr-defined]
    return view


def _by_way_of(page: str, request: HttpRequest) -> HttpResponse:
    """To ``page``, which afterwards continues at the page asked for; after a POST at the one whose form it was, since
    some addresses take forms alone."""
    onward = request.get_full_path() if request.method in ("GET", "HEAD") else _page_of_form(request)
    return HttpResponseRedirect(f"{reverse(page)}?{urlencode({REDIRECT_FIELD_NAME: onward})}")


def _page_of_form(request: HttpRequest) -> str:
    """Browsers say it (``SECURE_REFERRER_POLICY``); where one does not, the address the form was sent to."""
    with contextlib.suppress(ValueError):
        came = urlsplit(request.headers.get("Referer", ""))
        if came.netloc == request.get_host():
            return came._replace(scheme="", netloc="", fragment="").geturl()
    return request.get_full_path()
