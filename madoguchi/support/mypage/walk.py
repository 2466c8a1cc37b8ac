"""E3 and E4 on behalf of whatever needs a code: the same pages, under the path of the one that needs it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise

from madoguchi.contracts.contact_phone import hint
from madoguchi.contracts.models import Contract
from madoguchi.contracts.passcodes import Ask


@dataclass(frozen=True, slots=True)
class Pages:
    """The paths of one errand: where it begins, how the code comes, where it is typed and sent again."""

    start: str
    method: str
    code: str
    resend: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """One errand's way to a right code and past it.

    ``then`` is carried out with a right code, in its transaction; afterwards the customer goes on to ``onward``, a
    path of this site. ``named`` is the contract in the page's words, None where it is not the customer's yet.
    """

    ask: Ask
    pages: Pages
    title: str | Promise
    steps: Sequence[str | Promise]
    at_method: int
    at_code: int
    then: Callable[[HttpRequest], None]
    onward: str
    named: Contract | None = None
    remembers: bool = False  # offers to remember the device
    of_contracts: bool = False  # belongs under the page of linked contracts

    @property
    def hint(self) -> str:
        return hint(self.ask.phone)
