"""One stylesheet for the browser out of one file per component, with the operator's colours at its end.

The files are joined as they are: no bundler, nothing rewritten. The address carries a digest of the content, so that
it can be kept for ever.
"""

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from madoguchi.shell.brand import properties

STATIC = Path(__file__).resolve().parent / "static"
FOREVER = 60 * 60 * 24 * 365


@dataclass(frozen=True, slots=True)
class Stylesheet:
    text: str
    digest: str
    compressed: bytes


def parts() -> list[Path]:
    """The files in their order: tokens, what every element looks like, the page's frame, then each component, then
    what the reader's system or paper asks for."""
    css = STATIC / "shell" / "css"
    return [
        STATIC / "vendor" / "design-tokens" / "tokens.css",
        css / "properties.css",
        css / "base.css",
        css / "layout.css",
        *sorted((css / "components").glob("*.css")),
        css / "preferences.css",
        css / "print.css",
    ]


@lru_cache(maxsize=2)
def joined(colour: str) -> Stylesheet:
    text = "\n".join([*(part.read_text(encoding="utf-8") for part in parts()), properties(colour)])
    content = text.encode()
    return Stylesheet(text, hashlib.sha256(content).hexdigest()[:12], gzip.compress(content, mtime=0))


def address() -> str:
    return f"/style.{joined(settings.OPERATOR['colour']).digest}.css"


def show(request: HttpRequest, digest: str) -> HttpResponse:
    stylesheet = joined(settings.OPERATOR["colour"])
    if digest != stylesheet.digest:
        raise Http404
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response = HttpResponse(stylesheet.compressed, content_type="text/css; charset=utf-8")
        response["Content-Encoding"] = "gzip"
    else:
        response = HttpResponse(stylesheet.text, content_type="text/css; charset=utf-8")
    response["Cache-Control"] = f"public, max-age={FOREVER}, immutable"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response
