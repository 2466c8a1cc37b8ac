"""The unsubscribe link of a mail: one address, one service, one kind, without login.

Its token is ``12-3-t-`` (the destination's id, the service's, the kind's first letter) and 16 bytes of a SHA-256, in
hexadecimal, over the destination's own random key, these and the address. audience.py makes it in SQL; because the
address is under the signature, a link in an old mail cannot silence an address that took the slot later. Half of the
hash is kept to itself, so that it cannot be extended. A digest's link is several of them, joined by dots.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from madoguchi.catalog.models import Service
from madoguchi.delivery.post import post
from madoguchi.lib.lanes import Lane
from madoguchi.notices.lifecycle import Kind
from madoguchi.notices.models import Destination, OptOut

_TOKEN = re.compile(
    r"(?P<what>(?P<destination>[0-9]{1,18})-(?P<service>[0-9]{1,18})-(?P<kind>[tw])-)(?P<mark>[0-9a-f]{32})"
)
# So many in one link: a header's line has 998 characters at most.
_AT_MOST = 15
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
    what = f"{destination.pk}-{service.pk}-{kind[0]}-"
    return what + _mark(destination, what)


def joined(tokens: Iterable[str]) -> str:
    """The token of one link for several: of a digest, whose mail programs have one button for the whole."""
    return ".".join(list(dict.fromkeys(tokens))[:_AT_MOST])


def about(token: str) -> tuple[int, str]:
    """The service's id and the kind a token of ours is about."""
    parts = _TOKEN.fullmatch(token)
    if parts is None:
        raise Damaged
    return int(parts["service"]), next(kind for kind in Kind if kind[0] == parts["kind"])


def read_all(token: str) -> list[Wish]:
    """What a link asks for: one wish, or a digest's several; raises :class:`Damaged`."""
    if token.count(".") >= _AT_MOST:
        raise Damaged
    return [read(part) for part in token.split(".")]


def read(token: str) -> Wish:
    """What the link with ``token`` asks for; raises :class:`Damaged`."""
    parts = _TOKEN.fullmatch(token)
    if parts is None:
        raise Damaged
    destination = Destination.objects.standing().filter(pk=int(parts["destination"])).first()
    if destination is None or not hmac.compare_digest(parts["mark"], _mark(destination, parts["what"])):
        raise Damaged
    # Signed by us, so service and kind were right; the operator may have removed the service since.
    service = Service.objects.filter(pk=int(parts["service"])).first()
    if service is None:
        raise Damaged
    return Wish(destination, service, next(kind for kind in Kind if kind[0] == parts["kind"]))


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


def _mark(destination: Destination, what: str) -> str:
    signed = bytes(destination.unsubscribe_key) + what.encode() + destination.address.encode()
    return hashlib.sha256(signed).hexdigest()[:32]
