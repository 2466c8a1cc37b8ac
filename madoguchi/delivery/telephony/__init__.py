"""Text messages and calls out, through the gateway the settings name, and what it calls back about them.

The interface is :class:`~madoguchi.delivery.telephony.gateway.Gateway`. Numbers are E.164; neither a number nor what is
said ever enters a log line or an exception's text.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings

from madoguchi.delivery.telephony.gateway import (
    Busy,
    Callback,
    Forged,
    Gateway,
    InvalidNumber,
    News,
    NoAnswer,
    Order,
    Reason,
    Receipt,
    Refused,
    State,
    TelephoneTrouble,
    Unreachable,
)
from madoguchi.delivery.telephony.twilio import Twilio
from madoguchi.delivery.telephony.webhook import Webhook

__all__ = [
    "Busy",
    "Callback",
    "Forged",
    "InvalidNumber",
    "News",
    "NoAnswer",
    "Reason",
    "Receipt",
    "Refused",
    "State",
    "TelephoneTrouble",
    "Unreachable",
    "call",
    "callback_address",
    "gateway",
    "send_text",
]

_GATEWAYS: dict[str, type[Twilio] | type[Webhook]] = {"twilio": Twilio, "webhook": Webhook}


def gateway() -> Gateway:
    """The one of the settings."""
    made = _GATEWAYS[settings.TELEPHONE_GATEWAY]
    return made(settings.TELEPHONE_URL, settings.TELEPHONE_ACCOUNT, settings.TELEPHONE_TOKEN)


def send_text(to: str, text: str, *, reference: str = "") -> Receipt:
    """Send ``text`` as an SMS to ``to`` (E.164). Callbacks carry ``reference``. Raises :class:`TelephoneTrouble`."""
    return gateway().send_text(_order(to, reference), text)


def call(to: str, spoken: str, *, language: str, reference: str = "") -> Receipt:
    """Call ``to`` (E.164) and read ``spoken`` aloud in ``language``, with a pause after each of its lines.

    A line of digits alone is read digit by digit. Callbacks carry ``reference``. Raises :class:`TelephoneTrouble`.
    """
    lines = [line for line in spoken.splitlines() if line.strip()]
    return gateway().call(_order(to, reference), lines, language=language)


def callback_address() -> str:
    """Where the gateway tells what became of a message; empty when it could not reach this site.

    A site on loopback is reached by a gateway on loopback alone, as in the demo.
    """
    if _on_loopback(settings.SITE_URL) and not _on_loopback(settings.TELEPHONE_URL):
        return ""
    return f"{settings.SITE_URL}/callbacks/telephone/{settings.TELEPHONE_GATEWAY}/"


def _order(to: str, reference: str) -> Order:
    return Order(to, settings.TELEPHONE_CALLER, reference, callback_address() if reference else "")


def _on_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
