"""Who may see a page: view decorators for signed-in customers and for staff."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache

from madoguchi.accounts.models import Account, StaffRole
from madoguchi.accounts.second_factor import proven

View = Callable[..., HttpResponseBase]


def signed_in(view: View) -> View:
    """Only for who is signed in; others go to the login page and come back. Never stored by a cache."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _by_way_of("identity:login", request)
        return view(request, *args, **kwargs)

    return cast(View, never_cache(guarded))


def staff_required(*roles: StaffRole | str) -> Callable[[View], View]:
    """Only for staff in one of ``roles`` who proved the second factor in this session.

    Administrators pass everywhere. Others signed in get 403; staff without the second factor are asked for it.
    """
    allowed = {StaffRole(role) for role in roles} | {StaffRole.ADMINISTRATOR}

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            account = cast(Account, request.user)
            if account.staff_role not in allowed:
                raise PermissionDenied
            if not proven(request):
                return _by_way_of("identity:login_code", request)
            return view(request, *args, **kwargs)

        return signed_in(guarded)

    return decorate


def _by_way_of(page: str, request: HttpRequest) -> HttpResponse:
    """To ``page``, which afterwards continues at the page asked for. After a POST that page is shown afresh."""
    return HttpResponseRedirect(f"{reverse(page)}?{urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})}")
