"""What waits in the session between two pages: wishes to confirm, a deletion to undo,
a word to say once."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from madoguchi.notices.destinations import Preferences
from madoguchi.notices.follow import Wishes

_WISHES, _DELETED, _SAID = "mynotices.wishes", "mynotices.deleted", "mynotices.said"
_ADDRESS = "mynotices.address"
UNDO_LASTS = timedelta(minutes=30)


def keep_wishes(request: HttpRequest, slug: str, wishes: Wishes) -> None:
    request.session[_WISHES] = {"slug": slug, **_plain(wishes)}


def wishes(request: HttpRequest, slug: str) -> Wishes | None:
    """What was chosen for the service and waits to be confirmed."""
    return _wishes(request.session.get(_WISHES), slug)


def forget_wishes(request: HttpRequest) -> None:
    request.session.pop(_WISHES, None)


def keep_deleted(request: HttpRequest, slug: str, wishes: Wishes) -> None:
    request.session[_DELETED] = {"slug": slug, "at": timezone.now().timestamp(), **_plain(wishes)}


def deleted(request: HttpRequest) -> tuple[str, Wishes] | None:
    """The service deleted a moment ago, by its slug, and how it was followed."""
    kept = request.session.get(_DELETED)
    if not kept or kept["at"] < (timezone.now() - UNDO_LASTS).timestamp():
        return None
    wishes = _wishes(kept, kept["slug"])
    return (kept["slug"], wishes) if wishes else None


def forget_deleted(request: HttpRequest) -> None:
    request.session.pop(_DELETED, None)


def keep_address(request: HttpRequest, slot: int, address: str, preferences: Preferences) -> None:
    request.session[_ADDRESS] = {"slot": slot, "address": address, "preferences": preferences.columns()}


def address(request: HttpRequest, slot: int) -> tuple[str, Preferences] | None:
    """What was entered for the slot and waits to be confirmed."""
    kept = request.session.get(_ADDRESS)
    if not kept or kept["slot"] != slot:
        return None
    return kept["address"], Preferences(**kept["preferences"])


def forget_address(request: HttpRequest) -> None:
    request.session.pop(_ADDRESS, None)


def say(request: HttpRequest, word: str) -> None:
    """Have the next page say ``word`` (a name its template knows)."""
    request.session[_SAID] = word


def said(request: HttpRequest) -> str:
    word: str = request.session.pop(_SAID, "")
    return word


def _plain(wishes: Wishes) -> dict[str, Any]:
    return {**asdict(wishes), "regions": list(wishes.regions)}


def _wishes(kept: dict[str, Any] | None, slug: str) -> Wishes | None:
    if not kept or kept["slug"] != slug:
        return None
    return Wishes(**{name: kept[name] for name in ("work", "trouble", "only_my_contracts", "regions")})
