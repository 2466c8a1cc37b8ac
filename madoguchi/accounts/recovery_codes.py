"""Recovery codes: ten on paper, each good once in place of an authenticator or a passkey that is not at hand.

A code is twelve characters. The first two only say which of the ten it is, so that one slow hash decides; the other
ten are its secret, 50 random bits. That is less than 112 bits, so each is kept under the password hash with a salt of
its own (ASVS 5.0, 6.5.2): a copy of the database opens nothing, and no page can show a code again.
"""

import secrets
import unicodedata
from dataclasses import dataclass
from typing import cast

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils import timezone

from madoguchi.accounts.hashers import of_nobody
from madoguchi.accounts.models import Account

COUNT = 10
# From here on a page asks to make new ones.
FEW = 3
LENGTH = 12
_LOOKUP = 2
# Crockford's: no i, l, o, u. Whoever reads o for 0 or l for 1 is understood.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_MISREAD = str.maketrans({"o": "0", "i": "1", "l": "1"})


@dataclass(frozen=True, slots=True)
class Fresh:
    """Ten new codes as they are shown (``3kq2-xm9f-7dw8``), and what is kept: a hash by the first two letters."""

    shown: tuple[str, ...]
    hashes: dict[str, str]


def draw() -> Fresh:
    """Ten codes nobody has yet. Costs ten password hashes: done before anything is locked."""
    codes: dict[str, str] = {}
    while len(codes) < COUNT:
        code = "".join(secrets.choice(_ALPHABET) for _letter in range(LENGTH))
        codes.setdefault(code[:_LOOKUP], code)
    hashes = {lookup: make_password(code) for lookup, code in codes.items()}
    return Fresh(tuple(spaced(code) for code in codes.values()), hashes)


def keep(account: Account, fresh: Fresh) -> None:
    """Give ``account`` these codes in place of any there were."""
    with transaction.atomic():
        discard(account)
        Authenticator.objects.create(user=account, type=Authenticator.Type.RECOVERY_CODES, data={"codes": fresh.hashes})


def discard(account: Account) -> None:
    """No code of ``account`` is good any more."""
    Authenticator.objects.filter(user=account, type=Authenticator.Type.RECOVERY_CODES).delete()


def kept(account: Account) -> Authenticator | None:
    """The row that keeps the codes' hashes, and since when."""
    found = Authenticator.objects.filter(user=account, type=Authenticator.Type.RECOVERY_CODES).first()
    return cast("Authenticator | None", found)


def left(account: Account) -> int:
    """How many codes are still good."""
    found = kept(account)
    return len(found.data["codes"]) if found else 0


def redeem(account: Account, code: str) -> bool:
    """Whether ``code`` (as :func:`normal` makes it) is one of the account's; it is good no more afterwards.

    Costs one password hash whatever the answer; raises :class:`madoguchi.accounts.hashers.HashingBusy`.
    """
    found, lookup = kept(account), code[:_LOOKUP]
    hashed = found.data["codes"].get(lookup) if found else None
    if hashed is None:
        check_password(code, of_nobody())
        return False
    return check_password(code, hashed) and _strike_out(account, lookup, hashed)


def normal(typed: str) -> str:
    """What a person typed in one spelling: half-width, lower case, no spaces or hyphens. Empty if it is no code."""
    letters = unicodedata.normalize("NFKC", typed).lower().translate(_MISREAD)
    code = "".join(letter for letter in letters if letter.isalnum())
    return code if len(code) == LENGTH and set(code) <= set(_ALPHABET) else ""


def spaced(code: str) -> str:
    return "-".join(code[at : at + 4] for at in range(0, LENGTH, 4))


def _strike_out(account: Account, lookup: str, hashed: str) -> bool:
    """Take the code off the list; False when another request was first."""
    with transaction.atomic():
        found = (
            Authenticator.objects.select_for_update()
            .filter(user=account, type=Authenticator.Type.RECOVERY_CODES)
            .first()
        )
        if found is None or found.data["codes"].get(lookup) != hashed:
            return False
        good = {other: value for other, value in found.data["codes"].items() if other != lookup}
        found.data = {**found.data, "codes": good}
        found.last_used_at = timezone.now()
        found.save(update_fields=["data", "last_used_at"])
    return True
