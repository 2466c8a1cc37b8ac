"""``{% load menu %}``: the console's menu."""

from dataclasses import dataclass
from typing import Any, cast

from django import template
from django.http import HttpRequest
from django.utils.functional import Promise

from madoguchi.accounts.models import Account
from madoguchi.console.menu import AREAS, Entry, entry_of

register = template.Library()


@dataclass(frozen=True, slots=True)
class Link:
    label: str | Promise
    href: str
    current: str  # as aria-current says it: "page", "true" for what lies under the link, or ""


@register.inclusion_tag("console/menu.html", takes_context=True)
def menu(context: dict[str, Any]) -> dict[str, Any]:
    """The areas whose pages the reader may open, each leading to its first, and the pages of the one they are in."""
    request = cast(HttpRequest, context["request"])
    role = cast(Account, request.user).staff_role
    at = request.resolver_match
    name = at.url_name if at and at.app_name == "console" else ""
    here = entry_of(name or "")
    areas: list[Link] = []
    pages: list[Link] = []
    for area in AREAS:
        entries = area.open_to(role)
        if not entries:
            continue
        links = [Link(entry.label, entry.href, _current(entry, here, name)) for entry in entries]
        if here in entries and links[1:]:
            pages = links
        alone = links[0].current if not links[1:] else ""
        areas.append(Link(area.label, links[0].href, alone or ("true" if here in area.entries else "")))
    return {"areas": areas, "pages": pages, "request": request}


def _current(entry: Entry, here: Entry | None, name: str | None) -> str:
    if entry.page == name:
        return "page"
    return "true" if entry is here else ""
