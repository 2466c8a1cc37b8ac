"""A provider's API in the place of a relay (django-anymail): the same interface as :mod:`.smtp`, one letter at a time.

Requests block, so each connection has a thread of its own. The provider makes the message anew from its parts: it signs
it, and what it cannot do (a return path of ours, with some) is left out.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes
from email.message import EmailMessage as Parsed
from email.policy import SMTP
from typing import Any

import requests
from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives, get_connection

from madoguchi.delivery.engine.feeder import Feeder, Parcel, Patience, RelayTrouble, Step
from madoguchi.delivery.engine.relays import Relay
from madoguchi.delivery.returns import path
from madoguchi.delivery.returns.provider import REFERENCE

# What the provider writes itself.
_THEIRS = {"from", "to", "subject", "date", "mime-version", "dkim-signature"}
_TAKEN = ("sent", "queued")
# Nothing went out, whatever the provider would have said.
_NOT_BEGUN = (requests.ConnectTimeout, requests.exceptions.SSLError, requests.exceptions.ProxyError)


class ProviderConnection:
    """One at a time; :meth:`open` it, then :meth:`pump` whenever there may be letters."""

    def __init__(self, relay: Relay, feeder: Feeder, *, patience: Patience, messages: int) -> None:
        self.relay = relay
        self._feeder, self._patience, self._left = feeder, patience, messages
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="provider")
        self._backend: Any = None
        self._task: asyncio.Task[None] | None = None
        self._gone = False
        self._clock = asyncio.get_running_loop().time
        self._deadline = self._clock() + patience.idle

    async def open(self) -> None:
        """Raises :class:`RelayTrouble` where the settings do not suffice. The API is reached with the first letter."""
        try:
            self._backend = get_connection(
                f"anymail.backends.{self.relay.host}.EmailBackend", ignore_unsupported_features=True
            )
        except (ImproperlyConfigured, ImportError) as error:
            self._thread.shutdown(wait=False)
            raise RelayTrouble(f"MADOGUCHI_ANYMAIL: {error}"[:200]) from None

    @property
    def takes_wide(self) -> bool:
        """Providers take addresses of any alphabet, or refuse them by their own words."""
        return True

    @property
    def busy(self) -> bool:
        return self._task is not None

    def overdue(self, now: float) -> bool:
        return now > self._deadline

    def pump(self) -> None:
        """Begin the next letter if there is none on its way."""
        if self._gone or self.busy:
            return
        parcel = self._feeder.fetch(self) if self._left > 0 else None
        if parcel is not None:
            self._left -= 1
            self._deadline = self._clock() + self._patience.acceptance
            self._task = asyncio.create_task(self._send(parcel))
        elif self._left <= 0:
            self._close()

    def finish(self) -> None:
        """Take nothing more; end when what is on the way is done."""
        self._left = 0
        self.pump()

    def abort(self) -> None:
        """End at once; a letter on its way is told as unanswered."""
        if self._task is not None:
            self._task.cancel()
        else:
            self._close()

    def _close(self) -> None:
        if not self._gone:
            self._gone = True
            self._thread.submit(self._backend.close)
            self._thread.shutdown(wait=False)
            self._feeder.closed(self)

    async def _send(self, parcel: Parcel) -> None:
        try:
            reply = await asyncio.get_running_loop().run_in_executor(self._thread, self._post, parcel)
        except asyncio.CancelledError:
            self._feeder.unanswered(parcel)
            self._left = 0
        except AnymailError as error:
            self._failed(parcel, error)
        else:
            self._feeder.accepted(parcel, reply)
        self._task = None
        self._deadline = self._clock() + self._patience.idle
        self.pump()

    def _post(self, parcel: Parcel) -> str:
        """In the thread: what the provider answered."""
        self._backend.open()  # keeps its session for the letters that follow
        message = message_of(parcel)
        self._backend.send_messages([message])
        [one] = message.anymail_status.recipients.values()  # type: ignore[attr-defined]
        if one.status not in _TAKEN and not one.message_id:
            raise AnymailError(f"status {one.status}")
        return f"250 {one.status} {one.message_id or ''}".strip()[:500]

    def _failed(self, parcel: Parcel, error: AnymailError) -> None:
        """The table of ``docs/delivery.md``, "A provider's API"."""
        status = error.status_code or 0
        if isinstance(error, AnymailRecipientsRefused):
            # "rejected" is on a list of the provider's, for whatever reason; its webhook says for which.
            given = getattr(error.email_message, "anymail_status", None)
            enhanced = " 5.1.1" if given is not None and given.status == {"invalid"} else ""
            self._feeder.refused(parcel, Step.RCPT, 550, f"550{enhanced} the provider refuses the recipient")
        elif isinstance(error, _NOT_BEGUN):
            self._feeder.untried(parcel)
        elif isinstance(error, AnymailAPIError) and not status:
            self._feeder.unanswered(parcel)
        elif status in (401, 402, 403):
            self._feeder.refused(parcel, Step.MAIL, 535, f"535 5.7.8 the provider answered {status}")
        elif status in (408, 429) or status >= 500:
            self._feeder.refused(parcel, Step.MAIL, 451, f"451 4.3.2 the provider answered {status}")
        else:
            self._feeder.refused(parcel, Step.END, 554, f"554 5.6.0 the provider answered {status or 'nothing'}")


def message_of(parcel: Parcel) -> EmailMultiAlternatives:
    """The letter in parts, as providers take it."""
    mail = message_from_bytes(parcel.message, _class=Parsed, policy=SMTP)
    [sender] = mail["From"].addresses
    made = EmailMultiAlternatives(
        subject=str(mail["Subject"]),
        body=_text(mail, "plain"),
        from_email=str(sender),
        to=[parcel.recipient.decode()],
        headers={
            field: str(value)
            for field, value in mail.items()
            if field.lower() not in _THEIRS and not field.lower().startswith("content-")
        },
    )
    if html := _text(mail, "html"):
        made.attach_alternative(html, "text/html")
    for part in mail.walk():
        if part.get_content_type() == "text/calendar":
            made.attach(part.get_filename(), part.get_content(), "text/calendar")
    made.metadata = {REFERENCE: path.reference(parcel.letter.id)}  # type: ignore[attr-defined]
    made.envelope_sender = parcel.sender.decode()  # type: ignore[attr-defined]
    return made


def _text(mail: Parsed, subtype: str) -> str:
    part = mail.get_body((subtype,))
    return "" if part is None else str(part.get_content()).replace("\r\n", "\n")
