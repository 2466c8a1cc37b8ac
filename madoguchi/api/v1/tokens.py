"""Who may call what is not public: the operator's own systems, by their tokens."""

from datetime import timedelta

from django.http import HttpRequest
from ninja.security import HttpBearer

from madoguchi.accounts import limits
from madoguchi.accounts.network import source_network
from madoguchi.contracts.models import OperatorToken
from madoguchi.contracts.models.operator_tokens import Scope

A_TOKEN = limits.Limit("api token", 600, timedelta(minutes=1))
# Tokens cannot be guessed; this keeps a program that goes on with a dead one from asking the database for ever.
NO_TOKEN = limits.Limit("api without token", 300, timedelta(minutes=15))


class NotInScope(Exception):
    """The token is good, but not for this."""

    def __init__(self, scope: str) -> None:
        super().__init__(scope)
        self.scope = scope


class OperatorSystem(HttpBearer):
    """``Authorization: Bearer mdg_…`` with a token that has ``scope``.

    Raises :class:`NotInScope`, :class:`.limits.TooMany`.
    """

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> OperatorToken | None:
        found = OperatorToken.objects.holder_of(token)
        if found is None:
            limits.take(NO_TOKEN, source_network(request))
            return None
        limits.take(A_TOKEN, str(found.pk))
        if not found.may(self.scope):
            raise NotInScope(self.scope)
        found.used()
        return found


READ, WRITE = OperatorSystem(Scope.READ), OperatorSystem(Scope.WRITE)
