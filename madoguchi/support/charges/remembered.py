"""What a session remembers of a statement and no address may say: digits searched for, and that numbers are whole."""

from django.http import HttpRequest

from madoguchi.contracts.models import Contract
from madoguchi.contracts.sessions import account_of
from madoguchi.statements.masking import sees_whole_numbers

_DIGITS, _WHOLE = "statement_digits", "statement_whole_numbers"


def digits(request: HttpRequest, contract: Contract) -> str:
    """Of the other party's number, as they were searched for on this contract's statements last."""
    searched = request.session.get(_DIGITS)
    return searched[1] if searched and searched[0] == contract.pk else ""


def search(request: HttpRequest, contract: Contract, wanted: str) -> None:
    """``wanted``: digits; empty ends the search."""
    request.session.pop(_DIGITS, None)
    if wanted:
        request.session[_DIGITS] = [contract.pk, wanted]


def whole_numbers(request: HttpRequest, contract: Contract) -> bool:
    """Whether the reader may see whole numbers, and has asked to in this session."""
    asked = contract.pk in request.session.get(_WHOLE, [])
    return asked and sees_whole_numbers(account_of(request), contract)


def show_whole_numbers(request: HttpRequest, contract: Contract, *, whole: bool) -> None:
    others = [pk for pk in request.session.get(_WHOLE, []) if pk != contract.pk]
    request.session[_WHOLE] = [*others, contract.pk] if whole else others
