"""Markdown written by the operator, as safe HTML."""

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt

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
