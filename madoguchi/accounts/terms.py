"""Agreement to the terms of the customer ID: given at registration, asked again when a new version is in force.

What is in force the operator publishes in a room above this one, which says how to ask (:func:`register_lookup`).
"""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.http import HttpRequest

from madoguchi.accounts.events import record
from madoguchi.accounts.models import Account, AuthEvent, TermsAcceptance

KIND = "terms"
# The version this session is known to have agreed to, so that a page asks no more than which one is in force.
_AGREED = "terms_agreed"
_lookups: list[Callable[[], str]] = []

_View = TypeVar("_View", bound=Callable[..., Any])


def register_lookup(in_force: Callable[[], str]) -> None:
    """``in_force() -> version`` of the terms in force now, empty where there are none."""
    _lookups[:] = [in_force]


def due(account: Account) -> str:
    """The version ``account`` has yet to agree to; empty where there is none. Staff are not asked."""
    version = "" if account.is_staff else _in_force()
    if not version or TermsAcceptance.objects.filter(account=account, kind=KIND, version=version).exists():
        return ""
    return version


def due_here(request: HttpRequest) -> str:
    """The same for who is signed in, with one query where this session has agreed already."""
    account = request.user
    if not isinstance(account, Account) or account.is_staff:
        return ""
    version = _in_force()
    if not version or request.session.get(_AGREED) == version:
        return ""
    if still := due(account):
        return still
    request.session[_AGREED] = version
    return ""


def agree(request: HttpRequest, account: Account, *, version: str) -> bool:
    """Note that ``account`` agreed to ``version``; False when another one is in force by now, and nothing is noted."""
    if not version or version != _in_force():
        return False
    try:
        with transaction.atomic():
            TermsAcceptance.objects.create(account=account, kind=KIND, version=version)
            record(request, account, AuthEvent.Method.TERMS_ACCEPTED, True, detail=version)
    except IntegrityError:
        pass  # the button was pressed twice: the first time counts
    request.session[_AGREED] = version
    return True


def former(account: Account) -> str:
    """The version ``account`` agreed to last; empty where there is none."""
    last = TermsAcceptance.objects.filter(account=account, kind=KIND).order_by("-accepted_at", "-pk").first()
    return last.version if last else ""


def open_before_terms(view: _View) -> _View:
    """Let a signed-in page be opened by who has not agreed yet. Stands nearest to the view."""
    view.open_before_terms = True  # type: ignore[attr-defined]
    return view


def _in_force() -> str:
    return _lookups[0]() if _lookups else ""
