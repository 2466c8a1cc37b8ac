"""Before and after a password is looked at, each in one statement: who it may be, and the tries of both buckets.

The network's bucket is always locked before the address's, so that no two tries wait for each other; where the first
is full the second is not counted. The steps are the same for addresses with and without an ID.
"""

from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from madoguchi.accounts import known_device, limits
from madoguchi.accounts.models import Account, SignIn
from madoguchi.accounts.network import source_network
from madoguchi.lib import rows, statements


@dataclass(frozen=True, slots=True)
class Knock:
    """Somebody at the door, counted: the account of the address, if there is one, and the values of the buckets."""

    account: Account | None
    buckets: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What letting an account in depends on, and the key of the sign-in to come."""

    second_factor: bool  # it has one
    been_here: bool  # on this browser
    been_anywhere: bool
    sign_in: int

    @property
    def is_news(self) -> bool:
        """Whether its owner is told: another browser than ever before, and not the first login of all."""
        return self.been_anywhere and not self.been_here


def knock(request: HttpRequest, email: str) -> Knock:
    """Look up ``email`` and count a try of it and of the network. Raises :class:`limits.TooMany`.

    A browser on which the address logged in before counts its tries in a bucket of its own.
    """
    device = known_device.device(request)
    buckets = limits.asked(limits.LOGIN_SOURCE, source_network(request), prefix="source_")
    buckets |= limits.asked(limits.LOGIN_TARGET, email, prefix="target_")
    known_key = limits.key_of(limits.LOGIN_TARGET, target(email, device=device, known=True))
    looked_up = {"email": email, "device": device, "known_key": known_key}
    counted, known, *columns = statements.first_row(_KNOCK, buckets | looked_up)
    if not counted:
        of_network = limits.full(limits.LOGIN_SOURCE, source_network(request))
        limit = limits.LOGIN_SOURCE if of_network else limits.LOGIN_TARGET
        raise limits.TooMany(limit.one_empties, limit=limit)
    if known:
        buckets["target_key"] = known_key
    account = Account.from_db("default", _NAMES, columns)  # of nothing but NULL where there is none: the same work
    return Knock(None if account.pk is None else account, buckets)


def give_back(knock: Knock) -> None:
    """It was no guess: as if neither bucket had counted it."""
    statements.first_row(_GIVE_BACK, knock.buckets)


def give_back_and_look(request: HttpRequest, knock: Knock, account: Account) -> Outlook:
    """:func:`give_back` after a right password, and what :func:`look` answers."""
    return Outlook(*statements.first_row(_GIVE_BACK_AND_LOOK, knock.buckets | _looked_for(request, account)))


def look(request: HttpRequest, account: Account) -> Outlook:
    """What letting ``account`` in on this browser depends on."""
    return Outlook(*statements.first_row(_LOOK, _looked_for(request, account)))


def target(email: str, *, device: str, known: bool) -> str:
    """What the tries for an address are counted under: the address, or the address on one browser that knows it."""
    return f"{email} on {device}" if known else email


def _looked_for(request: HttpRequest, account: Account) -> dict[str, Any]:
    return {"account": account.pk, "device": known_device.device(request)}


_FIELDS = Account._meta.concrete_fields
_NAMES = [field.attname for field in _FIELDS]
_COLUMNS = ", ".join(f"account.{field.column}" for field in _FIELDS)
_TARGET_KEY = (
    "CASE WHEN EXISTS (SELECT FROM account WHERE known) THEN %(known_key)s::text ELSE %(target_key)s::text END"
)
_KNOCK = f"""
    WITH account AS (
        SELECT {_COLUMNS}, {known_device.KNOWN_HERE} AS known
        FROM accounts_account account WHERE email = %(email)s::text
    ),
    source AS ({limits.taking("source_")}),
    target AS ({limits.taking("target_", key=_TARGET_KEY, after="FROM source")})
    SELECT EXISTS (SELECT FROM target), account.known, {_COLUMNS}
    FROM (VALUES (true)) AS one LEFT JOIN account ON true
"""  # noqa: S608 - put together from constants; values are parameters
# The count is asked so that the network's is done, and its bucket locked, before the address's.
_BACK = f"""
    WITH source AS ({limits.giving_back("source_")} RETURNING true),
    target AS ({limits.giving_back("target_", after="AND (SELECT count(*) FROM source) >= 0")})
"""  # noqa: S608 - as above
_GIVE_BACK = f"{_BACK} SELECT true"
_SECOND_FACTORS = f"'{Authenticator.Type.TOTP.value}', '{Authenticator.Type.WEBAUTHN.value}'"
_LOOK = f"""
    SELECT
        EXISTS (SELECT FROM mfa_authenticator WHERE user_id = %(account)s::bigint AND type IN ({_SECOND_FACTORS})),
        EXISTS (
            SELECT FROM accounts_signin
            WHERE account_id = %(account)s::bigint AND opened_at IS NOT NULL
                AND device = %(device)s::text AND device <> ''
        ),
        EXISTS (SELECT FROM accounts_signin WHERE account_id = %(account)s::bigint AND opened_at IS NOT NULL),
        {rows.next_key(SignIn)}
"""  # noqa: S608 - as above
_GIVE_BACK_AND_LOOK = f"{_BACK} {_LOOK}"
