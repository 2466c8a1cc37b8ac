"""A gateway of the REST shape several providers share, whose base address is a setting.

Two requests, ``Messages.json`` and ``Calls.json``, and signed form posts back to ``StatusCallback``. They are small
enough that no gateway's own package is needed.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape, quoteattr

from madoguchi.delivery.telephony import wire
from madoguchi.delivery.telephony.gateway import (
    TROUBLES,
    Callback,
    Forged,
    InvalidNumber,
    News,
    Order,
    Reason,
    Receipt,
    Refused,
    State,
    TelephoneTrouble,
    Unreachable,
    spelled,
)

# The voice is the gateway's choice; the language is ours.
_SPOKEN = {"ja": "ja-JP", "en": "en-US"}
_PAUSE = '<Pause length="1"/>'
# Error codes as the gateways of this shape document them: of the request (2xxxx), of the delivery (3xxxx).
_INVALID = {21211, 21214, 21217, 21401, 21407, 21421, 21612, 21614, 13223, 13224, 30005, 30006}
_SWITCHED_OFF = {30003}
_REFUSED = {21610, 30004, 30007}
# SIP (RFC 3261 section 21) where a call's own status is only "failed".
_SIP_INVALID = {404, 410, 484, 604}
_SIP_REFUSED = {403, 603, 607}
_STATES = {
    **dict.fromkeys(("sent", "ringing", "in-progress", "answered"), State.SENT),
    **dict.fromkeys(("delivered", "read", "completed"), State.DELIVERED),
    **dict.fromkeys(("busy", "no-answer", "canceled", "failed", "undelivered"), State.FAILED),
}


@dataclass(frozen=True, slots=True)
class Twilio:
    url: str
    account: str
    token: str

    def send_text(self, order: Order, text: str) -> Receipt:
        return self._ask("Messages", order, {"Body": text})

    def call(self, order: Order, lines: list[str], *, language: str) -> Receipt:
        events = {"StatusCallbackEvent": ["ringing", "answered", "completed"]} if order.callback else {}
        return self._ask("Calls", order, {"Twiml": script(lines, language=language), **events})

    def news(self, callback: Callback) -> News | None:
        try:
            form = parse_qs(callback.body.decode(), keep_blank_values=True, max_num_fields=100)
        except ValueError as error:
            raise Forged("not a form") from error
        expected = signature(self.token, callback.url, form)
        if not hmac.compare_digest(expected.encode(), callback.headers.get("x-twilio-signature", "").encode()):
            raise Forged("signature")
        said = {name: values[-1] for name, values in form.items()}
        state = _STATES.get(said.get("MessageStatus") or said.get("CallStatus", ""))
        reference = parse_qs(urlsplit(callback.url).query).get("reference", [""])[0]
        if state is None or not reference:
            return None
        return News(reference, state, _reason(said) if state is State.FAILED else None)

    def _ask(self, resource: str, order: Order, form: dict[str, Any]) -> Receipt:
        url = f"{self.url.rstrip('/')}/2010-04-01/Accounts/{self.account}/{resource}.json"
        form = {"To": order.to, "From": order.caller, **form}
        if order.callback:
            # The shape has no field for our reference; the signature covers the whole address.
            form["StatusCallback"] = f"{order.callback}?reference={order.reference}"
        answer = wire.post(url, data=form, auth=(self.account, self.token))
        said = wire.said(answer)
        if answer.is_success and "sid" in said:
            return _receipt(said)
        raise _trouble(answer.status_code, said)


def signature(token: str, url: str, form: Mapping[str, Sequence[str]]) -> str:
    """What ``X-Twilio-Signature`` has to be: base64 of HMAC-SHA1, keyed with the account's token, over the address as
    it was called and then every name and value of the form in the order of their names."""
    pairs = "".join(name + value for name in sorted(form) for value in sorted(set(form[name])))
    return base64.b64encode(hmac.new(token.encode(), (url + pairs).encode(), hashlib.sha1).digest()).decode()


def script(lines: list[str], *, language: str) -> str:
    """What a call says, as the shape's own markup; the digits of a code one by one, a second between them."""
    voice = quoteattr(_SPOKEN.get(language, _SPOKEN["ja"]))
    words = [word for line in lines for word in spelled(line) or [line]]
    said = _PAUSE.join(f"<Say language={voice}>{escape(word)}</Say>" for word in words)
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{said}</Response>'


def _receipt(said: dict[str, Any]) -> Receipt:
    status = str(said.get("status", "queued"))
    if _STATES.get(status) is State.FAILED:
        raise TROUBLES[_reason({"CallStatus": status})](status)
    return Receipt(id=str(said["sid"]), status=status)


def _reason(said: dict[str, str]) -> Reason:
    """Why it failed: the status says it, or an error code, or the answer of the telephone network."""
    status = said.get("MessageStatus") or said.get("CallStatus", "")
    code = _number(said.get("ErrorCode")) or 0
    sip = _number(said.get("SipResponseCode")) or 0
    if status == "busy":
        return Reason.BUSY
    if status in ("no-answer", "canceled") or code in _SWITCHED_OFF:
        return Reason.NO_ANSWER
    if code in _REFUSED or sip in _SIP_REFUSED:
        return Reason.REFUSED
    if code in _INVALID or sip in _SIP_INVALID or not (code or sip):
        return Reason.INVALID_NUMBER
    return Reason.UNREACHABLE


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else None


def _trouble(status: int, said: dict[str, Any]) -> TelephoneTrouble:
    code = said.get("code")
    label = f"status {status}, code {code if isinstance(code, int) else 'none'}"
    if status == 429 or status >= 500 or 200 <= status < 400:
        return Unreachable(label)
    if code in _INVALID:
        return InvalidNumber(label)
    return Refused(label)
