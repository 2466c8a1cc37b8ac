"""The size of text a reader chose, in three steps, kept in the browser. Pages for everybody are the same for everybody:
it counts on pages for who is signed in.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

COOKIE = "text_size"
SIZES = {
    "standard": pgettext_lazy("text size", "Standard"),
    "large": pgettext_lazy("text size", "Large"),
    "largest": _("Largest"),
}
_KEPT = 60 * 60 * 24 * 365


def chosen(request: HttpRequest) -> str:
    size = request.COOKIES.get(COOKIE, "")
    return size if size in SIZES else "standard"


def keep(response: HttpResponse, size: str) -> None:
    """Remember one of :data:`SIZES`; the standard one is remembered by forgetting."""
    if size == "standard":
        response.delete_cookie(COOKIE, samesite="Lax")
    else:
        response.set_cookie(COOKIE, size, max_age=_KEPT, secure=settings.SECURE, httponly=True, samesite="Lax")
