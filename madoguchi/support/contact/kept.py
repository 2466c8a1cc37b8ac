"""What was entered, between the page that asks and the page that confirms: sealed in the session, for an hour."""

import json
import time

from django.http import HttpRequest

from madoguchi.lib.tokens import BrokenSeal, new_token, seal, unseal

_FORM, _SENT = "contact.form", "contact.sent"
_SECONDS = 3600


def keep(request: HttpRequest, entered: dict[str, str]) -> None:
    """Keep what was entered; the form gets a mark by which sending it twice is known."""
    sealed = seal(json.dumps({**entered, "draft": new_token(), "at": time.time()}))
    request.session[_FORM] = sealed.decode("ascii")


def kept(request: HttpRequest) -> dict[str, str] | None:
    """What was entered within the hour, by field, and ``draft``, its mark."""
    try:
        found = json.loads(unseal(request.session.get(_FORM, "").encode()))
    except BrokenSeal:
        return None
    if time.time() - found.pop("at") > _SECONDS:
        return None
    return {str(name): str(value) for name, value in found.items()}


def sent(request: HttpRequest, number: str, address: str, *, confirmed: bool) -> None:
    """It is sent: the form is forgotten, the last page knows what to say."""
    request.session.pop(_FORM, None)
    request.session[_SENT] = {"number": number, "address": address, "confirmed": confirmed}


def last_sent(request: HttpRequest) -> dict[str, object] | None:
    found: dict[str, object] | None = request.session.get(_SENT)
    return found
