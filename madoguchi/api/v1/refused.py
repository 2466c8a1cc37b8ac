"""What a request can be refused for, as sentences for whoever writes the program."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import get_language_from_request, override
from django.utils.translation import gettext_lazy as _
from ninja.errors import ValidationError

from madoguchi.api.v1.schemas import Problem
from madoguchi.contracts.imports import rows
from madoguchi.contracts.imports.reasons import sentence
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
    "date_type": _("Write a day as 2026-11-22."),
    "string_type": _("Write a text."),
    "string_too_short": _("This must not be empty."),
    "too_long": _("These are too many."),
    "extra_forbidden": _("There is nothing of this name."),
}
# What the address answers besides what it is for, to systems that show a token.
REFUSALS = dict.fromkeys((400, 401, 403, 404, 409, 413, 422, 429, 503), Problem)
# Rows that are right in themselves and contradict what is stored.
CONTRADICTS = {"another_customer", "held_before", "held_later"}
# What a column of a file is called in a body.
NAMES = {
    "customers": {"customer_number": "number"},
    "contracts": {"contract_number": "number", "customer_number": "customer"},
    "numbers": {"contract_number": "contract"},
    "roles": {"customer_number": "customer", "contract_numbers": "contracts"},
}
_OTHERWISE = _("This value cannot be read.")


class Refused(Exception):
    """The request is well-formed but asks for what cannot be; ``faults`` says what, all at once."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__(str(faults))
        self.faults = faults


class NotStored(Exception):
    """Rows that a system told cannot be stored; ``alone`` when the body is the row."""

    def __init__(self, problems: Sequence[tuple[str, int, rows.Problem]], *, alone: bool) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems
        self.alone = alone


def fault(field: str, code: str) -> tuple[str, str]:
    return f"query.{field}", code


def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    return _answer(request, [(field, code, "") for field, code in error.faults], status=400)


def malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """400 for an address that cannot be read, 422 for a body that says what it should not."""
    faults = [(_where(one), str(one["type"]), _pointer(one)) for one in error.errors]
    return _answer(request, faults, status=422 if any(pointer for *_others, pointer in faults) else 400)


def not_stored(request: HttpRequest, error: NotStored) -> HttpResponse:
    """409 where the rows are right in themselves and contradict what is stored, 422 else."""
    with override(get_language_from_request(request)):
        errors: list[Fault] = []
        for kind, place, problem_ in error.problems:
            name = NAMES[kind].get(problem_.column, problem_.column)
            path = name if error.alone else f"{kind}/{place}/{name}"
            errors.append(
                {
                    "field": f"body.{path.replace('/', '.')}",
                    "pointer": f"#/{path}",
                    "message": sentence(problem_.reason, problem_.value),
                }
            )
    contradicts = all(one.reason in CONTRADICTS for _kind, _place, one in error.problems)
    return problem(request, 409 if contradicts else 422, errors=errors)


def _where(error: dict[str, Any]) -> str:
    """``query.limit``; without the name of our own parameter that stands between."""
    place = [str(part) for part in error["loc"]]
    return f"{place[0]}.{place[-1]}"


def _pointer(error: dict[str, Any]) -> str:
    """Of what is in the body, where; its first two parts are ``body`` and the name of our own parameter."""
    place = [str(part) for part in error["loc"]]
    return (
        "#" + "".join(f"/{part.replace('~', '~0').replace('/', '~1')}" for part in place[2:])
        if place[0] == "body"
        else ""
    )


def _answer(request: HttpRequest, faults: Sequence[tuple[str, str, str]], *, status: int) -> HttpResponse:
    with override(get_language_from_request(request)):
        errors: list[Fault] = []
        for field, code, pointer in faults:
            said: Fault = {"field": field, "message": str(_SENTENCES.get(code, _OTHERWISE))}
            errors.append({**said, "pointer": pointer} if pointer else said)
    return problem(request, status, errors=errors)
