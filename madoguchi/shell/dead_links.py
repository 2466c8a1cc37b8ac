"""A link of a mail that works no more, or never did: one page for all, which says which it is and what to do next."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

USED = _("This link has been used already")
EXPIRED = _("This link has expired")
REPLACED = _("A newer link has replaced this one")
CLOSED = _("This link has been closed")
UNKNOWN = _("This link is not complete")


@dataclass(frozen=True, slots=True)
class Way:
    """A button: the path of a page, without language, and its label."""

    path: str
    label: str | Promise


@dataclass(frozen=True, slots=True)
class DeadLink:
    """What the page says; the first of ``ways`` is the one to take."""

    title: str | Promise
    words: str | Promise
    ways: tuple[Way, ...]


def dead_link(
    request: HttpRequest, why: str, ends: Mapping[str, DeadLink], *, frame: str = "base.html"
) -> HttpResponse:
    """The page for a link that came to the end ``why``; ``ends`` has one for each, and ``""`` for a link never sent.

    410 for a link that once worked, 404 for one that never did. ``frame`` is the template around it.
    """
    context = {"dead": ends[why], "frame": frame}
    return render(request, "shell/dead_link.html", context, status=410 if why else 404)
