"""The two shapes of request the demo's telephone takes, as a real gateway of each would: what is asked, how it is
answered, and how it reports back."""

import base64
import hmac
import json
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qs, urlencode
from xml.etree import ElementTree

from madoguchi.delivery.telephony import Reason, State, twilio, webhook
from madoguchi.demo.telephone.faults import Step

_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_PATH = re.compile(r"/2010-04-01/Accounts/(?P<account>[^/]+)/(?P<resource>Messages|Calls)\.json")


@dataclass(frozen=True, slots=True)
class Credentials:
    account: str
    token: str


@dataclass(frozen=True, slots=True)
class Asked:
    """``text`` is a message's, or what a call says line by line; ``callback`` where to report, empty for nowhere."""

    id: str
    channel: str
    to: str
    caller: str
    text: str
    language: str
    callback: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A signed callback, ready to be posted."""

    url: str
    headers: Mapping[str, str]
    body: bytes


class Refusal(Exception):
    """An answer that it cannot be done: HTTP status, and the body in the shape's own form."""

    def __init__(self, status: int, said: Mapping[str, object]) -> None:
        super().__init__(str(status))
        self.status, self.said = status, said


class Shape(Protocol):
    def read(self, path: str, headers: Mapping[str, str], body: bytes) -> Asked | None:
        """What is asked; None when the path is none of this shape. Raises :class:`Refusal`."""

    def answer(self, asked: Asked) -> dict[str, object]: ...

    def report(self, asked: Asked, step: Step) -> Report: ...


@dataclass(frozen=True, slots=True)
class TwilioShape:
    credentials: Credentials

    def read(self, path: str, headers: Mapping[str, str], body: bytes) -> Asked | None:
        found = _PATH.fullmatch(path)
        if not found:
            return None
        if not self._known(headers.get("authorization", "")):
            raise _twilio(401, 20003, "Authenticate")
        form = {name: values[-1] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        if not _NUMBER.fullmatch(form.get("To", "")):
            raise _twilio(400, 21211, "Invalid 'To' number")
        by_text = found["resource"] == "Messages"
        text, language = (form.get("Body", ""), "ja") if by_text else _said(form.get("Twiml", ""))
        if not text:
            raise _twilio(400, 21602 if by_text else 21205, "Nothing to say")
        return Asked(
            id=("SM" if by_text else "CA") + secrets.token_hex(16),
            channel="sms" if by_text else "voice",
            to=form["To"],
            caller=form.get("From", ""),
            text=text,
            language=language,
            callback=form.get("StatusCallback", ""),
        )

    def answer(self, asked: Asked) -> dict[str, object]:
        return {"sid": asked.id, "status": "queued"}

    def account(self, path: str, authorization: str) -> dict[str, object]:
        """What it says of the account; raises :class:`Refusal` for another, or without its token."""
        if path != f"/2010-04-01/Accounts/{self.credentials.account}.json":
            raise _twilio(404, 20404, "No such resource")
        if not self._known(authorization):
            raise _twilio(401, 20003, "Authenticate")
        return {"sid": self.credentials.account, "status": "active"}

    def report(self, asked: Asked, step: Step) -> Report:
        status, more = _TWILIO_SAYS[step.state, step.reason][asked.channel == "voice"]
        kind = "Message" if asked.channel == "sms" else "Call"
        form = {f"{kind}Sid": asked.id, f"{kind}Status": status, "To": asked.to, "From": asked.caller, **more}
        signed = twilio.signature(
            self.credentials.token, asked.callback, {name: [value] for name, value in form.items()}
        )
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signed}
        return Report(asked.callback, headers, urlencode(form).encode())

    def _known(self, header: str) -> bool:
        both = f"{self.credentials.account}:{self.credentials.token}"
        expected = f"Basic {base64.b64encode(both.encode()).decode()}"
        return hmac.compare_digest(header.encode(), expected.encode())


# What each step is called for a message, and for a call.
_TWILIO_SAYS: dict[tuple[State, Reason | None], tuple[tuple[str, dict[str, str]], tuple[str, dict[str, str]]]] = {
    (State.SENT, None): (("sent", {}), ("ringing", {})),
    (State.DELIVERED, None): (("delivered", {}), ("completed", {})),
    (State.FAILED, Reason.BUSY): (("undelivered", {"ErrorCode": "30003"}), ("busy", {"SipResponseCode": "486"})),
    (State.FAILED, Reason.NO_ANSWER): (("undelivered", {"ErrorCode": "30003"}), ("no-answer", {})),
    (State.FAILED, Reason.REFUSED): (
        ("undelivered", {"ErrorCode": "30007"}),
        ("failed", {"SipResponseCode": "603"}),
    ),
}


@dataclass(frozen=True, slots=True)
class WebhookShape:
    credentials: Credentials

    def read(self, path: str, headers: Mapping[str, str], body: bytes) -> Asked | None:
        if path not in ("", "/"):
            return None
        stamp = headers.get("madoguchi-timestamp", "")
        expected = webhook.signature(self.credentials.token, stamp, body)
        if not hmac.compare_digest(expected.encode(), headers.get("madoguchi-signature", "").encode()):
            raise Refusal(401, {"error": "signature"})
        if not stamp.isdigit() or abs(time.time() - int(stamp)) > webhook.TOLERANCE_SECONDS:
            raise Refusal(401, {"error": "timestamp"})
        said = json.loads(body)
        if not _NUMBER.fullmatch(said["to"]):
            raise Refusal(422, {"error": "to", "reason": Reason.INVALID_NUMBER})
        by_text = said["type"] == "text"
        language = said.get("language", "ja")
        lines = [] if by_text else [_line(line, language) for line in said["lines"]]
        return Asked(
            id=secrets.token_hex(16),
            channel="sms" if by_text else "voice",
            to=said["to"],
            caller=said["from"],
            text=said["text"] if by_text else "\n".join(lines),
            language=language,
            callback=said["callback"],
            reference=said["reference"],
        )

    def answer(self, asked: Asked) -> dict[str, object]:
        return {"id": asked.id, "status": State.QUEUED}

    def report(self, asked: Asked, step: Step) -> Report:
        said = {"type": "status", "id": asked.id, "reference": asked.reference, "status": step.state}
        body = json.dumps({**said, **({"reason": step.reason} if step.reason else {})}).encode()
        return Report(asked.callback, webhook.headers(self.credentials.token, body), body)


def _twilio(status: int, code: int, message: str) -> Refusal:
    return Refusal(status, {"code": code, "message": message, "status": status})


def _said(script: str) -> tuple[str, str]:
    """What a call with this script says aloud, a line for each ``Say`` but the digits of a code in one; and in which
    language."""
    if "<!" in script:  # no document type: it could hold entities without end
        raise _twilio(400, 12100, "Document parse failure")
    try:
        parsed = ElementTree.fromstring(script.encode())  # noqa: S314 - see above
    except ElementTree.ParseError:
        raise _twilio(400, 12100, "Document parse failure") from None
    says = list(parsed.iter("Say"))
    language = says[0].get("language", "ja-JP")[:2] if says else "ja"
    lines: list[str] = []
    digits: list[str] = []
    for say in [*says, None]:
        word = (say.text or "").strip() if say is not None else ""
        if len(word) == 1 and word.isdigit():
            digits.append(word)
            continue
        if digits:
            lines.append(_line({"digits": digits}, language))
            digits = []
        if word:
            lines.append(word)
    return "\n".join(lines), language


def _line(line: Mapping[str, object], language: str) -> str:
    """As it is written: digits with a comma, so that one sees the pauses."""
    if isinstance(digits := line.get("digits"), list):
        return f"{', '.join(digits)}." if language == "en" else f"{'、'.join(digits)}。"
    return str(line["say"])
