"""Whose request it is, as the proofs of this room see it."""

from typing import cast

from django.http import HttpRequest

from madoguchi.accounts import sessions
from madoguchi.accounts.models import Account, SignIn


def account_of(request: HttpRequest) -> Account:
    """The ID signed in; pages that come here are for signed-in customers only."""
    return cast(Account, request.user)


def sign_in_of(request: HttpRequest) -> SignIn:
    """What codes and proofs are bound to: the sign-in, which stays the same while the session's key changes."""
    return cast(SignIn, sessions.current(request))
