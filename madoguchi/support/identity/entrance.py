"""In through the door: what every login does after its first factor, whatever that was."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from madoguchi.accounts import known_device, login, terms
from madoguchi.accounts.knock import Outlook
from madoguchi.accounts.models import Account, AuthEvent
from madoguchi.support.identity.onward import home


def admit(  # noqa: PLR0913 - everything a login is about
    request: HttpRequest,
    account: Account,
    *,
    method: AuthEvent.Method,
    stay: bool,
    onward: str,
    outlook: Outlook | None = None,
    detail: str = "",
    proven_at: datetime | None = None,
) -> HttpResponse:
    """``account`` gave a right first factor: on to ``onward`` (a path of this site; empty: home), or to the second.

    The other arguments are those of :func:`madoguchi.accounts.login.first_factor`.
    """
    if not login.first_factor(
        request, account, method, stay=stay, next=onward, outlook=outlook, detail=detail, proven_at=proven_at
    ):
        return HttpResponseRedirect(reverse("identity:login_code"))
    return entered(request, account, onward=onward)


def entered(request: HttpRequest, account: Account, *, onward: str) -> HttpResponse:
    """``account`` is signed in: on to where it wanted, in a browser that is known from now on."""
    onward = onward or home(account)
    if terms.due_here(request):
        onward = reverse("identity:terms", query={"next": onward})
    response = HttpResponseRedirect(onward)
    known_device.keep(request, response)
    return response
