"""Writing the assurance ledger: one row for every proof asked for and its outcome, and for every change of the ID."""

from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone

from madoguchi.accounts import known_device, sessions
from madoguchi.accounts.models import Account, AuthEvent
from madoguchi.accounts.network import client_address
from madoguchi.lib import rows


def record(  # noqa: PLR0913 - a row of the ledger has as many columns
    request: HttpRequest,
    account: Account | None,
    method: AuthEvent.Method,
    succeeded: bool,
    *,
    contract_number: str = "",
    detail: str = "",
    at: datetime | None = None,
    proven_at: datetime | None = None,
) -> AuthEvent:
    """Note one proof or change in the ledger; the arguments are those of :func:`about`."""
    event = about(
        request,
        account,
        method,
        succeeded,
        contract_number=contract_number,
        detail=detail,
        at=at,
        proven_at=proven_at,
    )
    rows.insert(event)
    return event


def about(  # noqa: PLR0913 - as above
    request: HttpRequest,
    account: Account | None,
    method: AuthEvent.Method,
    succeeded: bool,
    *,
    contract_number: str = "",
    detail: str = "",
    at: datetime | None = None,
    proven_at: datetime | None = None,
) -> AuthEvent:
    """A row of the ledger about one proof or change, for the caller to write: under the sign-in of this session if it
    is the account's.

    ``account`` is None where nobody is known yet (a login with an unknown address). ``detail`` is a short word of
    ours, never something a person typed. ``at`` is now unless given. ``proven_at`` is for proofs given to somebody
    else, who vouches for them.
    """
    sign_in = sessions.row_of(request)
    return AuthEvent(
        account=account,
        sign_in=sign_in if sign_in and account and sign_in.account_id == account.pk else None,
        at=at or timezone.now(),
        method=method,
        succeeded=succeeded,
        device=known_device.device(request),
        network=client_address(request),
        agent=sessions.agent(request),
        contract_number=contract_number,
        detail=detail,
        proven_at=proven_at,
    )
