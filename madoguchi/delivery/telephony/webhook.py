"""A gateway of one's own: signed JSON out, signed JSON back. ``docs/telephone.md`` has the whole contract.

For a carrier whose message centre stands behind a small program of theirs. Both directions are signed alike:
``Madoguchi-Signature: v1=…`` is the HMAC-SHA256, in hexadecimal, of the ``Madoguchi-Timestamp`` (seconds since 1970), a
full stop and the bytes of the body, keyed with the token both sides hold.
"""

import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any

from madoguchi.delivery.models import SeenCallback
from madoguchi.delivery.telephony import wire
from madoguchi.delivery.telephony.gateway import (
    TROUBLES,
    Callback,
    Forged,
    News,
    Order,
    Reason,
    Receipt,
    Refused,
    State,
    Unreachable,
    spelled,
)

# How far the clocks of the two sides may be apart, and how long a caught callback could be sent again.
TOLERANCE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Webhook:
    url: str
    account: str
    token: str

    def send_text(self, order: Order, text: str) -> Receipt:
        return self._ask("text", order, {"text": text})

    def call(self, order: Order, lines: list[str], *, language: str) -> Receipt:
        said = [{"digits": spelled(line)} if spelled(line) else {"say": line} for line in lines]
        return self._ask("call", order, {"lines": said, "language": language})

    def news(self, callback: Callback) -> News | None:
        believe(self.token, callback)
        try:
            said = json.loads(callback.body)
            reason = said.get("reason")
            if said["type"] != "status":
                raise Forged("not a status")
            state = State(said["status"])
            found = News(str(said["reference"]), state, _reason(reason) if state is State.FAILED else None)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Forged("not a status") from error
        return found

    def _ask(self, kind: str, order: Order, words: dict[str, Any]) -> Receipt:
        asked = {
            "type": kind,
            "account": self.account,
            "to": order.to,
            "from": order.caller,
            "reference": order.reference,
            "callback": order.callback,
            **words,
        }
        body = json.dumps(asked, ensure_ascii=False).encode()
        answer = wire.post(self.url, content=body, headers=headers(self.token, body))
        said = wire.said(answer)
        if answer.is_success and said.get("id"):
            return Receipt(id=str(said["id"]), status=str(said.get("status", State.QUEUED)))
        label = f"status {answer.status_code}"
        if answer.status_code == 429 or answer.status_code >= 500 or answer.status_code < 400:
            raise Unreachable(label)
        raise TROUBLES.get(_reason(said.get("reason")), Refused)(label) if "reason" in said else Refused(label)


def signature(token: str, stamp: str, body: bytes) -> str:
    """The value of ``Madoguchi-Signature`` for a body sent at ``stamp``."""
    return "v1=" + hmac.new(token.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def believe(token: str, callback: Callback) -> None:
    """Raise :class:`Forged` unless ``callback`` was signed with ``token`` a moment ago and comes for the first time."""
    stamp = callback.headers.get("madoguchi-timestamp", "")
    signed = callback.headers.get("madoguchi-signature", "")
    if not hmac.compare_digest(signature(token, stamp, callback.body).encode(), signed.encode()):
        raise Forged("signature")
    if not (stamp.isascii() and stamp.isdigit()) or abs(time.time() - int(stamp)) > TOLERANCE_SECONDS:
        raise Forged("timestamp")
    if not SeenCallback.first(signed):
        raise Forged("replay")


def headers(token: str, body: bytes) -> dict[str, str]:
    """What goes with a signed body sent now."""
    stamp = str(int(time.time()))
    return {
        "Content-Type": "application/json",
        "Madoguchi-Timestamp": stamp,
        "Madoguchi-Signature": signature(token, stamp, body),
    }


def _reason(word: Any) -> Reason:
    try:
        return Reason(word)
    except ValueError:
        return Reason.UNREACHABLE
