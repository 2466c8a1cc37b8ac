from enum import StrEnum


class Why(StrEnum):
    """Why a business login came to nothing. The page says it in the reader's words, the ledger in these."""

    AWAY = "away"  # the provider does not answer, or not in time
    PROVIDER = "provider"  # it answers what it must not, or refuses us: for the operator to settle
    DENIED = "denied"  # the person said no there, or may not use it
    STATE = "state"  # the answer belongs to no login begun in this browser, or to one too long ago
    CODE = "code"  # the provider's code was used already, or is too old
    TOKEN = "token"  # noqa: S105 - what it vouches for is not signed, not for us, or not for this login
    CLOCK = "clock"  # by its times it is from the past or the future
    STALE = "stale"  # asked to prove it anew, it vouched for an earlier login
    OTHER = "other"  # asked to prove who is signed in, it vouched for somebody else
    CLOSED = "closed"  # the ID behind it is closed
    ADDRESS = "address"  # there is no ID yet, and no confirmed address to make one with
    TAKEN = "taken"  # it opens another ID already


class Refused(Exception):
    """The business login goes no further."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why
