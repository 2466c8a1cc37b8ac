"""Which language a path is in, and the same page in the other one. No prefix is Japanese, ``/en/`` English."""

from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.urls import Resolver404, resolve
from django.utils.translation import activate, get_language, override


class PathLanguageMiddleware(LocaleMiddleware):
    """The language is in the path and nowhere else, so that no answer varies by what the browser prefers."""

    def process_request(self, request: HttpRequest) -> None:
        activate(of_path(request.path_info))
        request.LANGUAGE_CODE = current()

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response.headers.setdefault("Content-Language", current())
        return response


def current() -> str:
    """The language of the page being made, one of ``settings.LANGUAGES``."""
    return "en" if (get_language() or settings.LANGUAGE_CODE).startswith("en") else "ja"


def of_path(path: str) -> str:
    return "en" if path == "/en" or path.startswith("/en/") else "ja"


def in_language(path: str, language: str) -> str:
    """``path`` (with or without a prefix, query allowed) as the address of the same page in ``language``."""
    bare = path[3:] or "/" if of_path(path.partition("?")[0]) == "en" else path
    return f"/en{bare}" if language == "en" else bare


@lru_cache(maxsize=256)
def exists(path: str) -> bool:
    """Whether any page answers ``path`` (without query), so that no menu links to a page that is not there."""
    with override(of_path(path)):
        try:
            resolve(path)
        except Resolver404:
            return False
    return True
