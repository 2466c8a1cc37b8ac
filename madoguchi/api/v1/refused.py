"""What a request can be refused for, as sentences for whoever writes the program."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import get_language_from_request, override
from django.utils.translation import gettext_lazy as _
from ninja.errors import ValidationError

from madoguchi.shell.problems import Fault, problem

_SENTENCES: dict[str, str | Promise] = {
    "unknown": _("There is none of that name."),
    "before_since": _("The last day is before the first."),
    "nul": _("This text holds a character that cannot be stored."),
    "damaged": _("This is not a place in the list. Use the address given as “next”."),
    # pydantic's names
    "missing": _("This is needed."),
    "literal_error": _("Choose one of the values in the API's description."),
    "bool_parsing": _("Write true or false."),
    "int_parsing": _("Write a whole number."),
    "greater_than_equal": _("This is too small."),
    "less_than_equal": _("This is too large."),
    "string_too_long": _("This is too long."),
    "string_pattern_mismatch": _("This does not have the right form."),
    "date_from_datetime_parsing": _("Write a day as 2026-11-22."),
    "date_parsing": _("Write a day as 2026-11-22."),
}
_OTHERWISE = _("This value cannot be read.")


class Refused(Exception):
    """The request is well-formed but asks for what cannot be; ``faults`` says what, all at once."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__(str(faults))
        self.faults = faults


def fault(field: str, code: str) -> tuple[str, str]:
    return f"query.{field}", code


def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    return _answer(request, error.faults)


def malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return _answer(request, [(_where(one), str(one["type"])) for one in error.errors])


def _where(error: dict[str, Any]) -> str:
    """``query.limit``; without the name of our own parameter that stands between."""
    place = [str(part) for part in error["loc"]]
    return f"{place[0]}.{place[-1]}"


def _answer(request: HttpRequest, faults: Sequence[tuple[str, str]]) -> HttpResponse:
    with override(get_language_from_request(request)):
        errors: list[Fault] = [
            {"field": field, "message": str(_SENTENCES.get(code, _OTHERWISE))} for field, code in faults
        ]
    return problem(request, 400, errors=errors)
