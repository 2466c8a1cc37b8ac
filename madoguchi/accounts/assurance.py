"""How sure we are of who it is: derived from the ledger's events of a sign-in, never from a flag.

``docs/identity.md`` explains the ladder and holds the worked table which the tests read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from django.db.models.functions import Coalesce
from django.utils import timezone

from madoguchi.accounts.models import Account, AuthEvent, SignIn
from madoguchi.accounts.second_factor import has_any

_METHOD = AuthEvent.Method
_FIRST = {_METHOD.PASSWORD, _METHOD.MAILBOX, _METHOD.BUSINESS, _METHOD.REGISTRATION}
_SECOND = {_METHOD.TOTP, _METHOD.RECOVERY_CODE}
# The details of a CONTACT_PHONE event that say a phone was proven; the others are tries.
BY_TEXT, BY_VOICE, BY_DEVICE = "sms", "voice", "device"
BY_IP_PHONE, BY_IP_PHONE_DEVICE = "ip_phone", "ip_phone_device"
# The detail of a PASSKEY event whose authenticator verified its user (a fingerprint, a PIN): two factors in one.
USER_VERIFIED = "user_verified"
# The detail of a BUSINESS event whose provider said that two factors were proven, in the words agreed on with it.
TWO_FACTORS = "two_factors"
_PROOFS = [*_FIRST, *_SECOND, _METHOD.PASSKEY, _METHOD.CONTACT_PHONE]


class Level(IntEnum):
    """The rungs, each above the one before."""

    NONE = 0
    PASSWORD = 1
    CONTACT_VOIP = 2  # the contract's phone confirmed, an IP phone
    CONTACT = 3  # the contract's phone confirmed
    MFA = 4
    PASSKEY = 5


_BY_PHONE = {
    BY_TEXT: Level.CONTACT,
    BY_VOICE: Level.CONTACT,
    BY_DEVICE: Level.CONTACT,
    BY_IP_PHONE: Level.CONTACT_VOIP,
    BY_IP_PHONE_DEVICE: Level.CONTACT_VOIP,
}
# As `acr` in the tokens of the OpenID Connect provider.
ACR = {
    Level.NONE: "",
    Level.PASSWORD: "pwd",
    Level.CONTACT_VOIP: "pwd+contact-voip",
    Level.CONTACT: "pwd+contact",
    Level.MFA: "mfa",
    Level.PASSKEY: "passkey",
}
# As `amr`: values of RFC 8176. A passkey says no more than that a key was proven: nobody attested hardware.
_AMR = {
    _METHOD.PASSWORD: "pwd",
    _METHOD.MAILBOX: "pwd",
    _METHOD.REGISTRATION: "pwd",
    _METHOD.TOTP: "otp",
    _METHOD.RECOVERY_CODE: "otp",
    _METHOD.PASSKEY: "swk",
}


@dataclass(frozen=True, slots=True)
class Proof:
    """One successful proof of the ledger; ``at`` is when it was proven, to us or to who vouches for it."""

    method: str
    detail: str
    at: datetime

    @property
    def strength(self) -> Level:
        """The rung this proof alone lifts to, given that what is below is proven too."""
        if self.method == _METHOD.BUSINESS and self.detail == TWO_FACTORS:
            return Level.MFA
        if self.method in _FIRST:
            return Level.PASSWORD
        if self.method in _SECOND:
            return Level.MFA
        if self.method == _METHOD.PASSKEY:
            return Level.PASSKEY if self.detail == USER_VERIFIED else Level.MFA
        return _BY_PHONE.get(self.detail, Level.NONE)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a sign-in has proven, oldest first."""

    proofs: tuple[Proof, ...] = ()

    @property
    def level(self) -> Level:
        strengths = {proof.strength for proof in self.proofs}
        if Level.PASSKEY in strengths:
            return Level.PASSKEY
        if not any(proof.method in _FIRST for proof in self.proofs):
            return Level.NONE  # a second factor is worth something only beside a first
        return max(strengths)

    @property
    def auth_time(self) -> datetime | None:
        """When whoever it is was last asked to prove it, other than by the contract's phone."""
        times = [proof.at for proof in self.proofs if proof.method != _METHOD.CONTACT_PHONE]
        return max(times, default=None)

    @property
    def amr(self) -> tuple[str, ...]:
        """Authentication method references (RFC 8176), each once, in the order in which they were proven."""
        found = [_AMR[_METHOD(proof.method)] for proof in self.proofs if proof.method in _AMR]
        found += ["sms" for proof in self.proofs if proof.detail == BY_TEXT]
        found += ["tel" for proof in self.proofs if proof.detail in (BY_VOICE, BY_IP_PHONE)]
        found += ["mfa"] if self.level >= Level.MFA else []
        return tuple(dict.fromkeys(found))

    @property
    def acr(self) -> str:
        return ACR[self.level]

    def meets(self, level: Level, *, max_age: timedelta | None = None) -> bool:
        """Whether ``level`` is reached, and, with ``max_age``, by a proof of that strength no older than that."""
        if self.level < level:
            return False
        if max_age is None:
            return True
        since = timezone.now() - max_age
        return any(proof.strength >= level and proof.at >= since for proof in self.proofs)


def standing(sign_in: SignIn | None) -> Standing:
    """What ``sign_in`` has proven: one query."""
    if sign_in is None:
        return Standing()
    events = AuthEvent.objects.filter(sign_in=sign_in, succeeded=True, method__in=_PROOFS).order_by("at", "pk")
    when = Coalesce("proven_at", "at")
    return standing_of([Proof(*row) for row in events.values_list("method", "detail", when)])


def standing_of(proofs: Sequence[Proof]) -> Standing:
    return Standing(tuple(proof for proof in proofs if proof.strength > Level.NONE))


def best_level(account: Account) -> Level:
    """The highest rung ``account`` can be asked for without a contract: with a second factor, both."""
    return Level.MFA if has_any(account) else Level.PASSWORD
