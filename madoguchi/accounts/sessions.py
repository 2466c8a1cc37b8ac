"""Who is signed in: Django's session says which :class:`SignIn` it belongs to, and that row decides.

So a session can be listed, ended from another device, and has an idle and an absolute end, whatever the cookie says.
"""

from datetime import timedelta
from typing import cast

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone
from django.utils.deprecation import MiddlewareMixin
from django.utils.functional import SimpleLazyObject

from madoguchi.accounts import known_device, new_device
from madoguchi.accounts.models import Account, SignIn
from madoguchi.accounts.network import client_address
from madoguchi.accounts.session_store import SessionStore
from madoguchi.lib import rows

_KEY = "sign_in"
# How old "last seen" may grow before it is written again: a row changed at every page would be a row contended.
_SEEN_EVERY = timedelta(minutes=1)


class AuthenticationMiddleware(MiddlewareMixin):
    """``request.user``, looked up when first asked for, so that pages for everybody touch no session."""

    def process_request(self, request: HttpRequest) -> None:
        request.user = SimpleLazyObject(lambda: _user(request))  # type: ignore[assignment]


def begin(request: HttpRequest, account: Account, *, key: int, stay: bool, enough: bool) -> SignIn:
    """A sign-in of ``account`` after its first right factor, under a new session key; nobody is signed in yet.

    The row, with ``key`` as its own, is for the caller to write. Where that factor is ``enough`` it is open already,
    for :func:`enter` to follow.
    A browser that comes without a session has no key that could be known to anybody: it gets its first one later.

    Staff never stay signed in. Whoever was signed in here before is not any more.
    """
    if before := row_of(request):
        before.finish(SignIn.End.REPLACED)
    if request.user.is_authenticated and request.user != account:
        request.session.flush()
    known_device.assign(request)
    stay = stay and not account.is_staff
    now = timezone.now()
    sign_in = SignIn(
        pk=key,
        account=account,
        device=known_device.device(request),
        network=client_address(request),
        agent=agent(request),
        stay=stay,
        started_at=now,
        opened_at=now if enough else None,
        last_seen_at=now,
        idle_at=now + _idle(account, stay=stay),
        expires_at=now + _longest(account, stay=stay),
    )
    if request.session.session_key is not None:
        request.session.cycle_key()
    request.session[_KEY] = sign_in.pk
    request.sign_in_begun = sign_in  # type: ignore[attr-defined]
    return sign_in


def open(request: HttpRequest) -> None:
    """Everything is proven: the account of the sign-in under way is signed in, under a new session key."""
    sign_in = row_of(request)
    if sign_in is None:
        raise ValueError("no sign-in was begun in this session")
    if sign_in.opened_at is None:
        sign_in.opened_at = timezone.now()
        sign_in.save(update_fields=["opened_at"])
    for row in enter(request, sign_in):
        rows.insert(row)
    new_device.tell_if_new(sign_in)


def enter(request: HttpRequest, sign_in: SignIn) -> list[Session]:
    """``sign_in``, which is open, is the session's, which is stored with it, in one commit.

    Returns what of that is for the caller to write: the row of a session that had none.
    """
    auth.login(request, sign_in.account)
    request.session[_KEY] = sign_in.pk
    request.session.set_expiry(int(_longest(sign_in.account, stay=True).total_seconds()) if sign_in.stay else 0)
    if request.session.session_key is None:
        return [cast(SessionStore, request.session).first_row()]
    request.session.save()
    return []


def close(request: HttpRequest) -> None:
    """Sign out; everything the session held is gone."""
    if sign_in := row_of(request):
        sign_in.finish(SignIn.End.LOGOUT)
    auth.logout(request)


def row_of(request: HttpRequest) -> SignIn | None:
    """The sign-in of this session, also one under way; None where there is none or it has ended."""
    key = request.session.get(_KEY)
    if key is None:
        return None
    begun = getattr(request, "sign_in_begun", None)
    if isinstance(begun, SignIn) and begun.pk == key and not begun.end:
        return begun
    return SignIn.objects.select_related("account").filter(pk=key, end="").first()


def current(request: HttpRequest) -> SignIn | None:
    """The sign-in by which ``request.user`` is signed in; None for anybody else."""
    return cast(SignIn, request.sign_in) if request.user.is_authenticated else None  # type: ignore[attr-defined]


def agent(request: HttpRequest) -> str:
    """What the browser calls itself, cut to what a row holds."""
    return request.headers.get("User-Agent", "").replace("\0", "")[:300]


def _user(request: HttpRequest) -> Account | AnonymousUser:
    user = auth.get_user(request)
    if not isinstance(user, Account):
        return AnonymousUser()
    sign_in = SignIn.objects.filter(pk=request.session.get(_KEY, 0), account=user).first()
    if sign_in is None or not sign_in.is_standing:
        request.session.flush()
        return AnonymousUser()
    _seen(sign_in, user)
    sign_in.account = user
    request.sign_in = sign_in  # type: ignore[attr-defined]
    return user


def _seen(sign_in: SignIn, account: Account) -> None:
    now = timezone.now()
    if now - sign_in.last_seen_at >= _SEEN_EVERY:
        sign_in.last_seen_at, sign_in.idle_at = now, now + _idle(account, stay=sign_in.stay)
        sign_in.save(update_fields=["last_seen_at", "idle_at"])


def _longest(account: Account, *, stay: bool) -> timedelta:
    """NIST SP 800-63B-4, 2.1.3 and 2.2.3: 30 days with one factor, 24 hours with two."""
    if account.is_staff:
        return timedelta(hours=settings.STAFF_SESSION_HOURS)
    return timedelta(days=settings.STAY_SIGNED_IN_DAYS) if stay else timedelta(hours=settings.SESSION_HOURS)


def _idle(account: Account, *, stay: bool) -> timedelta:
    if account.is_staff:
        return timedelta(minutes=settings.STAFF_IDLE_MINUTES)
    return timedelta(days=settings.STAY_SIGNED_IN_DAYS) if stay else timedelta(minutes=settings.SESSION_IDLE_MINUTES)
