"""A token's text, shown once: sealed in the session from the form that made it to the page after it."""

from django.http import HttpRequest

from madoguchi.contracts.models import OperatorToken
from madoguchi.lib.tokens import seal, unseal

_KEY = "operator_token"


def keep(request: HttpRequest, token: OperatorToken, text: str) -> None:
    request.session[_KEY] = {"token": token.pk, "sealed": seal(text).decode("ascii")}


def take(request: HttpRequest, token: OperatorToken) -> str:
    """The text just made; empty when it was shown already."""
    kept = request.session.get(_KEY)
    if not kept or kept["token"] != token.pk:
        return ""
    del request.session[_KEY]
    return unseal(kept["sealed"].encode())
