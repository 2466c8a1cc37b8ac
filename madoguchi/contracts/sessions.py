"""Whose request it is, as the proofs of this room see it."""

from typing import cast

from django.http import HttpRequest

from madoguchi.accounts.models import Account
from madoguchi.lib.tokens import digest


def account_of(request: HttpRequest) -> Account:
    """The ID signed in; pages that come here are for signed-in customers only."""
    return cast(Account, request.user)


def session_digest(request: HttpRequest) -> str:
    """What a proof is bound to: the session, by a digest that opens no session. As in the assurance ledger."""
    return digest(request.session.session_key or "")
