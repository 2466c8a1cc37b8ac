"""What waits in the session between two pages: wishes to confirm, a deletion to undo, a word to say once."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from madoguchi.notices.follow import Wishes

_WISHES, _DELETED, _SAID = "mynotices.wishes", "mynotices.deleted", "mynotices.said"
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


def say(request: HttpRequest, word: str) -> None:
    """Have the table say ``word`` (a name the template knows) when it is shown next."""
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
