"""The unsubscribe link of a mail: one address, one service, one kind, without login.

Its token is 33 bytes in URL-safe base64: the destination's and the service's id (eight bytes each, big end first), the
kind's first letter, and 16 bytes of a SHA-256 keyed by the destination's own random key over these and the address.
audience.py makes it in SQL; because the address is under the signature, a link in an old mail cannot silence an
address that took the slot later. The hash is nested as HMAC does it, so that it cannot be extended.
"""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from madoguchi.catalog.models import Service
from madoguchi.delivery.post import post
from madoguchi.lib.lanes import Lane
from madoguchi.notices.lifecycle import Kind
from madoguchi.notices.models import Destination, OptOut

SIGNED_BYTES = 17
MARK_BYTES = 16
# The word to the owner is worth little after that.
WORD_LASTS = timedelta(days=7)
RENDERER = "notices.opted_out"


class Damaged(Exception):
    """No address of ours made this link: cut off, mistyped, or of an address that is not registered any more."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a link asks for."""

    destination: Destination
    service: Service
    kind: Kind

    def is_fulfilled(self) -> bool:
        """Whether that address already gets no such mail by its own wish."""
        return (
            OptOut.objects.standing()
            .filter(
                account_id=self.destination.account_id,
                address=self.destination.address,
                service=self.service,
                kind=self.kind,
            )
            .exists()
        )


def token_for(destination: Destination, *, service: Service, kind: str) -> str:
    """The token of a link in a mail to ``destination``; the same always, as audience.py writes it."""
    what = destination.pk.to_bytes(8) + service.pk.to_bytes(8) + kind[0].encode()
    return urlsafe_b64encode(what + _mark(destination, what)).decode()


def read(token: str) -> Wish:
    """What the link with ``token`` asks for; raises :class:`Damaged`."""
    try:
        raw = urlsafe_b64decode(token.encode())
    except (Error, ValueError):
        raise Damaged from None
    what, mark = raw[:SIGNED_BYTES], raw[SIGNED_BYTES:]
    if len(mark) != MARK_BYTES:
        raise Damaged
    # Ids beyond what the database counts to are not ids; 63 bits keep the query from failing.
    destination = Destination.objects.standing().filter(pk=int.from_bytes(what[:8]) & (2**63 - 1)).first()
    if destination is None or not hmac.compare_digest(mark, _mark(destination, what)):
        raise Damaged
    # Signed by us, so service and kind were right; the operator may have removed the service since.
    service = Service.objects.filter(pk=int.from_bytes(what[8:16])).first()
    if service is None:
        raise Damaged
    return Wish(destination, service, next(kind for kind in Kind if kind[0].encode() == what[16:]))


@transaction.atomic
def fulfil(wish: Wish) -> bool:
    """Send that address no more mail of that service and kind, and tell the owner of the ID, who can undo it.

    False when it was so already; then nothing happens. An address may be a list with many readers: one of them must not
    silence the others without the owner's knowing.
    """
    account = wish.destination.account
    opt_out, new = OptOut.objects.get_or_create(
        account=account, address=wish.destination.address, service=wish.service, kind=wish.kind, undone_at=None
    )
    if new:
        post(
            renderer=RENDERER,
            reference=str(opt_out.pk),
            lane=Lane.REST,
            to=account.email,
            language=account.language,
            expires_at=timezone.now() + WORD_LASTS,
            personal={"address": opt_out.address},
            recipient_key=account.recipient_key,
        )
    return new


def _mark(destination: Destination, what: bytes) -> bytes:
    key = bytes(destination.unsubscribe_key)
    inner = hashlib.sha256(key + what + destination.address.encode()).digest()
    return hashlib.sha256(key + inner).digest()[:MARK_BYTES]
