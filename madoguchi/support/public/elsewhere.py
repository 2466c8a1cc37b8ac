"""``badge.svg`` and ``embed/``: our state on other people's pages, by an image or a frame, without script or cookie."""

import unicodedata
from dataclasses import dataclass

from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_exempt

from madoguchi.catalog.models import Service
from madoguchi.shell import languages
from madoguchi.shell.cacheable import public_page
from madoguchi.shell.templatetags.shell import in_language_plain
from madoguchi.support.public.condition import Standing, standing

SHOWN = 3  # notices in a frame; the rest is one link away
# Of the badge, in pixels: a character of half width (a full one takes two), the edges, the icon with its distance.
HALF, EDGE, ICON = 7, 10, 24


@public_page
def badge(request: HttpRequest, slug: str = "") -> HttpResponse:
    now = standing(slug)
    name, words = _name(now), now.condition.words
    left, right = _columns(name) * HALF, _columns(words) * HALF
    seam = EDGE + left + EDGE
    context = {
        "now": now,
        "name": {"text": name, "x": EDGE, "width": left},
        "state": {"text": words, "x": seam + EDGE + ICON, "width": right},
        "seam": seam,
        "icon_x": seam + EDGE - 2,
        "width": seam + EDGE + ICON + right + EDGE,
    }
    response = render(request, "public/badge.svg", context, content_type="image/svg+xml")
    return _for_everybody(response)


@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})  # type: ignore[untyped-decorator]
@public_page
def embed(request: HttpRequest, slug: str = "") -> HttpResponse:
    """A page for a frame on any site: it shows what everybody may see, knows nobody, and can be pressed for nothing."""
    now = standing(slug)
    context = {"now": now, "name": _name(now), "notices": now.notices[:SHOWN], "more": len(now.notices) - SHOWN}
    return _for_everybody(render(request, "public/embed.html", context))


@dataclass(frozen=True, slots=True)
class Lines:
    """What somebody copies into a page of theirs, as HTML; ``badge`` is the address of the image."""

    badge: str
    image: str
    frame: str


def lines_for(service: Service | None, *, title: str) -> Lines:
    """``title`` says in plain text what the image or the frame shows."""
    slug = [service.slug] if service else []
    kind = "service_" if service else ""
    image = reverse(f"public:{kind}badge", args=slug)
    page = reverse("public:service" if service else "public:front", args=slug)
    frame = reverse(f"public:{kind}embed", args=slug)
    site, said = settings.SITE_URL, _attribute(title)
    return Lines(
        badge=image,
        image=f'<a href="{site}{page}"><img src="{site}{image}" alt="{said}" height="28"></a>',
        frame=f'<iframe src="{site}{frame}" title="{said}" width="100%" height="280" loading="lazy"></iframe>',
    )


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


def _name(now: Standing) -> str:
    if now.service:
        return in_language_plain(now.service, "name")
    return str(settings.OPERATOR[f"name_{languages.current()}"])


def _columns(text: str) -> int:
    """The width of ``text`` in characters of half width."""
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)


def _for_everybody(response: HttpResponse) -> HttpResponse:
    """Pages of other sites may show it, even those that let nothing in that does not ask to be (COEP)."""
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
