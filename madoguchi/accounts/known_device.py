"""The mark by which a browser is known again: random, said to nobody else, and no proof of anything.

The ledger keeps its digest with every event. So a browser that logged in before counts its own tries (strangers who
use up an address's tries do not lock its holder out), and a login from a browser never seen is news to its owner.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from madoguchi.accounts.models import AuthEvent
from madoguchi.lib.tokens import digest, new_token

COOKIE = f"{settings.COOKIE_PREFIX}known"
_SECONDS = 60 * 60 * 24 * 400  # as long as browsers keep a cookie
_LONGEST = 64
_NEW = "new_device"
FIRST_FACTORS = (
    AuthEvent.Method.PASSWORD,
    AuthEvent.Method.MAILBOX,
    AuthEvent.Method.BUSINESS,
    AuthEvent.Method.PASSKEY,
    AuthEvent.Method.REGISTRATION,
)

# SQL for whether this browser is known to ``account``. The methods are written out: a list given as a value costs as
# much as the other values of the statement together.
KNOWN_HERE = f"""
    EXISTS (
        SELECT FROM accounts_authevent
        WHERE account_id = account.id AND device = %(device)s AND device <> '' AND succeeded
            AND method IN ({", ".join(f"'{method.value}'" for method in FIRST_FACTORS)})
    )
"""


def device(request: HttpRequest) -> str:
    """The digest of this browser's mark; empty where it has none yet."""
    mark = _mark_of(request)
    return digest(f"device {mark}") if mark else ""


def assign(request: HttpRequest) -> None:
    """Give a browser without a mark one; until :func:`keep` the session holds it."""
    if not _mark_of(request):
        request.session[_NEW] = new_token()


def keep(request: HttpRequest, response: HttpResponse) -> None:
    """Let the browser keep its mark."""
    response.set_cookie(
        COOKIE,
        _mark_of(request),
        max_age=_SECONDS,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )


def knows(request: HttpRequest, email: str) -> bool:
    """Whether somebody has logged in as ``email`` with this browser before."""
    this = device(request)
    return bool(this) and (
        AuthEvent.objects.filter(account__email=email, device=this, succeeded=True, method__in=FIRST_FACTORS).exists()
    )


def _mark_of(request: HttpRequest) -> str:
    given = request.COOKIES.get(COOKIE, "")
    return given if 0 < len(given) <= _LONGEST else str(request.session.get(_NEW, ""))
