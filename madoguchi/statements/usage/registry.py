"""Every kind of usage record. A new one is a module, and a line here."""

from datetime import date

from madoguchi.contracts.models import UsageKind

from .calls import CALLS
from .data import DATA
from .declared import RecordKind
from .messages import MESSAGES
from .sessions import SESSIONS

# In the order in which the statements of a contract are offered.
KINDS: dict[str, RecordKind] = {kind.code: kind for kind in (DATA, MESSAGES, CALLS, SESSIONS)}


def of_contract(usage_kind: str) -> list[RecordKind]:
    """The kinds of record a kind of contract has, each with a statement of its own."""
    return [kind for kind in KINDS.values() if UsageKind(usage_kind) in kind.opens]


def opens_on(usage_kind: str, month: date) -> date:
    """The day from which the statements of a month (its first day) can be seen; the first day itself where at once."""
    return max(kind.opens[UsageKind(usage_kind)](month) for kind in of_contract(usage_kind))


def is_open(usage_kind: str, month: date, *, today: date) -> bool:
    return opens_on(usage_kind, month) <= today
