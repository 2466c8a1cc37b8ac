"""Text messages and calls out, through a gateway of the ``twilio`` REST shape whose address is a setting.

The two requests are small enough that no gateway's own package is needed. Numbers are E.164; neither a number nor
what is said ever enters a log line or an exception's text.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import httpx
from django.conf import settings

# The voice is the gateway's choice; the language is ours.
_SPOKEN = {"ja": "ja-JP", "en": "en-US"}
_TIMEOUT = httpx.Timeout(10, connect=3)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the gateway answered: its id of the message or call, and the state it gave it (``queued``, ``sent``…)."""

    id: str
    status: str


class TelephoneTrouble(Exception):
    """It did not go out. ``reason`` is one word of ours, ``again`` whether the same request may succeed later."""

    reason = "trouble"
    again = False


class Unreachable(TelephoneTrouble):
    """The gateway did not answer, or answered that it cannot serve now."""

    reason = "unreachable"
    again = True


class InvalidNumber(TelephoneTrouble):
    """The gateway cannot reach a phone at this number, or not in this way."""

    reason = "invalid_number"


class Busy(TelephoneTrouble):
    """The line was busy or nobody answered; the person decides whether to try again."""

    reason = "busy"


class Refused(TelephoneTrouble):
    """The gateway refuses: our credentials, its balance, a block of the destination."""

    reason = "refused"


# Error codes as the gateways of this shape document them.
_INVALID = {21211, 21214, 21217, 21401, 21407, 21421, 21612, 21614, 13223, 13224, 30003, 30005, 30006}
_ENDED = {
    "busy": Busy,
    "no-answer": Busy,
    "canceled": Busy,
    "failed": InvalidNumber,
    "undelivered": InvalidNumber,
}


def send_text(to: str, text: str) -> Receipt:
    """Send ``text`` as an SMS to ``to`` (E.164). Raises :class:`TelephoneTrouble`."""
    return _ask("Messages", {"To": to, "From": settings.TELEPHONE_CALLER, "Body": text})


def call(to: str, spoken: str, *, language: str) -> Receipt:
    """Call ``to`` (E.164) and read ``spoken`` aloud in ``language``, with a pause after each of its lines.

    Raises :class:`TelephoneTrouble`.
    """
    return _ask(
        "Calls", {"To": to, "From": settings.TELEPHONE_CALLER, "Twiml": _script(spoken.splitlines(), language=language)}
    )


def _script(lines: list[str], *, language: str) -> str:
    voice = quoteattr(_SPOKEN.get(language, _SPOKEN["ja"]))
    said = '<Pause length="1"/>'.join(f"<Say language={voice}>{escape(line)}</Say>" for line in lines if line.strip())
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{said}</Response>'


@cache
def _client() -> httpx.Client:
    # One client a process: it is thread-safe and keeps its connections.
    return httpx.Client(timeout=_TIMEOUT, follow_redirects=False, trust_env=False)


def _ask(resource: str, form: dict[str, str]) -> Receipt:
    url = f"{settings.TELEPHONE_URL.rstrip('/')}/2010-04-01/Accounts/{settings.TELEPHONE_ACCOUNT}/{resource}.json"
    try:
        answer = _client().post(url, data=form, auth=(settings.TELEPHONE_ACCOUNT, settings.TELEPHONE_TOKEN))
    except httpx.HTTPError as error:
        # httpx's messages may quote the request, so only the kind of trouble is kept.
        raise Unreachable(type(error).__name__) from None
    said = _json(answer)
    if answer.is_success and "sid" in said:
        return _receipt(said)
    raise _trouble(answer.status_code, said)


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _receipt(said: dict[str, Any]) -> Receipt:
    status = str(said.get("status", "queued"))
    if status in _ENDED:
        raise _ENDED[status](status)
    return Receipt(id=str(said["sid"]), status=status)


def _trouble(status: int, said: dict[str, Any]) -> TelephoneTrouble:
    code = said.get("code")
    label = f"status {status}, code {code if isinstance(code, int) else 'none'}"
    if status == 429 or status >= 500 or 200 <= status < 400:
        return Unreachable(label)
    if code in _INVALID:
        return InvalidNumber(label)
    return Refused(label)
