"""Errors for programs: problem documents (RFC 9457), in the language the program asks for, with the request's id."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import NotRequired, TypedDict

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import get_language_from_request, override
from django.utils.translation import gettext_lazy as _

from madoguchi.shell.logs import request_id

MEDIA_TYPE = "application/problem+json"
# Whatever is asked for below is asked for by programs.
API = "/api/"
_TITLES = {
    400: _("The request cannot be understood"),
    401: _("A token is needed"),
    403: _("Not allowed"),
    404: _("There is nothing at this address"),
    405: _("This address does not take that method"),
    409: _("This contradicts what is stored"),
    413: _("The request is too large"),
    422: _("The request cannot be carried out"),
    429: _("Too many requests"),
    500: _("Something went wrong here"),
    503: _("Not available for the moment"),
}


class Fault(TypedDict):
    """One thing that is wrong with a request: where (``query.limit``), and a sentence.

    ``pointer`` is the same place within the body, as a fragment (RFC 6901, section 6).
    """

    field: str
    message: str
    pointer: NotRequired[str]


def problem(request: HttpRequest, status: int, *, detail: str = "", errors: Sequence[Fault] = ()) -> HttpResponse:
    """A problem document, never kept by anybody. ``detail`` and the messages are in the language in force."""
    language = get_language_from_request(request)
    with override(language):
        title = str(_TITLES[status]) if status in _TITLES else HTTPStatus(status).phrase
    document: dict[str, object] = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "request_id": request_id.get(),
    }
    if detail:
        document["detail"] = detail
    if errors:
        document["errors"] = list(errors)
    response = JsonResponse(document, status=status, content_type=MEDIA_TYPE, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = "no-store"
    response["Content-Language"] = language
    return response
