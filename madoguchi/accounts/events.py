"""Writing the assurance ledger: one row for every proof asked for and its outcome."""

from django.http import HttpRequest

from madoguchi.accounts.models import Account, AuthEvent
from madoguchi.accounts.network import client_address
from madoguchi.lib.tokens import digest


def record(  # noqa: PLR0913 - a row of the ledger has as many columns
    request: HttpRequest,
    account: Account | None,
    method: AuthEvent.Method,
    succeeded: bool,
    *,
    contract_number: str = "",
    detail: str = "",
) -> AuthEvent:
    """Note one proof in the ledger.

    ``account`` is None where nobody is known yet (a login with an unknown address). ``detail`` is a short word of
    ours, never something a person typed.
    """
    key = request.session.session_key
    return AuthEvent.objects.create(
        account=account,
        method=method,
        succeeded=succeeded,
        session_digest=digest(key) if key else "",
        network=client_address(request),
        agent=request.headers.get("User-Agent", "").replace("\0", "")[:300],
        contract_number=contract_number,
        detail=detail,
    )
