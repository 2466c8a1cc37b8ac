"""``{% load public %}``: the operator's texts, and regions by name."""

from collections.abc import Callable, Sequence
from typing import Any

from django import template
from django.conf import settings
from django.template.context import Context
from django.utils.html import format_html, linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from madoguchi.catalog.models import Service
from madoguchi.catalog.regions import BY_CODE
from madoguchi.lib.markdown import to_html
from madoguchi.shell import languages
from madoguchi.shell.templatetags.shell import in_language_plain
from madoguchi.support.public import elsewhere

register = template.Library()

# The colours of components/badge.css, for an image that has no stylesheet: of the words and shapes, and behind them.
_TONES = {
    "alert": ("#ce0000", "#fff5f5"),
    "watch": ("#6b4e00", "#fff9de"),
    "act": ("#8b3200", "#fff3e6"),
    "good": ("#115a36", "#f0faf4"),
}


def _in_own_language(thing: Any, field: str, render: Callable[[str], str]) -> SafeString:
    """The text of ``field`` for the reader, else the other language's, rendered and marked with its language.

    ``render`` returns HTML in which nothing of the text acts.
    """
    wanted = languages.current()
    for language in (wanted, "en" if wanted == "ja" else "ja"):
        if text := getattr(thing, f"{field}_{language}"):
            return format_html('<div class="prose" lang="{}">{}</div>', language, mark_safe(render(text)))  # noqa: S308
    return SafeString()


@register.simple_tag
def markdown(thing: Any, field: str) -> SafeString:
    """A long text of the operator's, written in Markdown."""
    return _in_own_language(thing, field, to_html)


@register.simple_tag
def paragraphs(thing: Any, field: str) -> SafeString:
    """A plain text, with its paragraphs and line breaks."""
    return _in_own_language(thing, field, lambda text: linebreaks(text, autoescape=True))


@register.inclusion_tag("public/parts/page_links.html", takes_context=True)
def page_links(context: Context, description: str = "", *, index: bool = True) -> dict[str, Any]:
    """For search engines: what the page is about, its one address, and the same page in each language.

    Filters are left out of the addresses, the number of a further page is not. ``index``: whether the page is for
    search engines at all.
    """
    request, page = context["request"], context.get("page_obj")
    query = f"?page={page.number}" if page and page.number > 1 else ""

    def address(language: str) -> str:
        return f"{settings.SITE_URL}{languages.in_language(request.path, language)}{query}"

    codes = [code for code, _name in settings.LANGUAGES]
    return {
        "description": shortened(description),
        "index": index,
        "canonical": address(languages.current()),
        "alternates": [(code, address(code)) for code in codes],
        "otherwise": address(settings.LANGUAGE_CODE),
    }


def shortened(text: str, *, most: int = 160) -> str:
    """One line of at most ``most`` characters."""
    return Truncator(" ".join(text.split())).chars(most)


@register.filter
def badge_colour(tone: str) -> str:
    return _TONES[tone][0]


@register.filter
def badge_tint(tone: str) -> str:
    return _TONES[tone][1]


@register.simple_tag
def lines_for(service: Service | None = None) -> elsewhere.Lines:
    """The lines to put our state on another site; of all services without one."""
    if service:
        title = _("Status of %(service)s") % {"service": in_language_plain(service, "name")}
    else:
        title = _("Status of the services of %(operator)s") % {
            "operator": settings.OPERATOR[f"name_{languages.current()}"]
        }
    return elsewhere.lines_for(service, title=title)


@register.filter
def less(number: int, by: int) -> int:
    return number - by


@register.filter
def regions(codes: Sequence[str]) -> str:
    """The names of region codes in their usual order; none given is the whole country."""
    field = f"name_{languages.current()}"
    names = [getattr(BY_CODE[code], field) for code in sorted(codes) if code in BY_CODE]
    separator = "、" if languages.current() == "ja" else ", "
    return separator.join(names or [getattr(BY_CODE["00"], field)])
