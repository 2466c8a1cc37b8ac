"""Markdown written by the operator, as safe HTML."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import nh3
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token

_PARSER = MarkdownIt("commonmark", {"html": False}).enable("table")
_TAGS = {
    *("p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "em", "a", "code", "pre", "blockquote", "br"),
    *("hr", "table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto", "tel"}


@lru_cache(maxsize=256)
def to_html(text: str) -> str:
    """HTML of CommonMark with tables: no raw HTML, images, scripts, styles or other schemes than web, mail, telephone.

    Headings start at ``##``: the page's own title is the only ``h1``.
    """
    return nh3.clean(
        _PARSER.render(text), tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel="noopener"
    )


@dataclass(frozen=True, slots=True)
class Heading:
    level: int  # 2 or 3
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Article:
    html: str
    headings: tuple[Heading, ...]


@lru_cache(maxsize=256)
def article(text: str) -> Article:
    """The same HTML with an anchor at each heading of the second and third level, and the list of them.

    An anchor is made of the heading's words, so that a link to it lives as long as they do. It begins with ``s-``,
    which no id of a page does.
    """
    tokens = _PARSER.parse(text)
    headings = _anchor(tokens)
    html = nh3.clean(
        _PARSER.renderer.render(tokens, _PARSER.options, {}),
        tags=_TAGS,
        attributes={**_ATTRIBUTES, "h2": {"id"}, "h3": {"id"}},
        url_schemes=_SCHEMES,
        link_rel="noopener",
    )
    return Article(html, headings)


def _anchor(tokens: list[Token]) -> tuple[Heading, ...]:
    """Give the headings among ``tokens`` their ids."""
    found: list[Heading] = []
    taken: set[str] = set()
    for token, inline in pairwise(tokens):
        if token.type != "heading_open" or token.tag not in {"h2", "h3"}:
            continue
        words = "".join(part.content for part in inline.children or [] if part.type in {"text", "code_inline"})
        plain = anchor = f"s-{slugify(words, allow_unicode=True)}"
        number = 2
        while anchor in taken:
            anchor = f"{plain}-{number}"
            number += 1
        taken.add(anchor)
        token.attrSet("id", anchor)
        found.append(Heading(int(token.tag[1]), anchor, words))
    return tuple(found)
