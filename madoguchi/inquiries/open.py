"""Writing to the operator: what was typed becomes an inquiry in the staff's queue, and a mail to who wrote."""

import re
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from madoguchi.accounts import limits
from madoguchi.accounts.models import Account
from madoguchi.catalog.models import Service
from madoguchi.inquiries import mail
from madoguchi.inquiries.models import Inquiry, InquiryNumber, Message
from madoguchi.lib.tokens import digest

SUBJECT_LONGEST, BODY_LONGEST, NAME_LONGEST = 100, 5000, 60  # characters

FROM_NETWORK = limits.Limit("inquiries of a network", 20, timedelta(hours=1))
FROM_ADDRESS = limits.Limit("inquiries of an address", 5, timedelta(hours=6))

# Controls but for tab and line break; and the characters that mark a slot in a mail (delivery/renderers.py).
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ue000\ue001\u2028\u2029]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What was entered. ``account`` for a signed-in customer; else ``email`` is the address typed, normalised.

    ``draft`` is a random mark of the form, the same when its button is pressed again.
    """

    subject: str
    body: str
    language: str
    draft: str
    service: Service | None = None
    account: Account | None = None
    email: str = ""
    name: str = ""


def plain(text: str) -> str:
    """Text as it is kept: line breaks of one kind, nothing that cannot be seen, no white space around it."""
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def open_inquiry(opening: Opening, *, network: str) -> Inquiry:
    """Keep the inquiry, in the queue at once, and post its mail. Raises :class:`limits.TooMany`.

    A customer who is signed in gets a copy of what they wrote. An address that was only typed gets a link and not a
    word of what was typed: it may be somebody else's (``docs/inquiries.md``).
    """
    limits.take(FROM_NETWORK, network)
    limits.take(FROM_ADDRESS, opening.account.email if opening.account else opening.email)
    now = timezone.now()
    with transaction.atomic():
        mark = digest(opening.draft)
        _one_at_a_time(mark)
        if sent := Inquiry.objects.filter(draft=mark).first():
            return sent  # the button was pressed twice
        inquiry = Inquiry(
            number=InquiryNumber.take(year=now.astimezone(ZoneInfo(settings.TIME_ZONE)).year),
            draft=mark,
            subject=plain(opening.subject).replace("\n", " "),
            service=opening.service,
            language=opening.language,
            account=opening.account,
            email="" if opening.account else opening.email,
            name=plain(opening.name),
            created_at=now,
            last_message_at=now,
        )
        inquiry.make_token()
        inquiry.wait(at=now)
        inquiry.save()
        inquiry.say(kind=Message.Kind.WRITER, body=plain(opening.body), by=None, at=now)
        if opening.account:
            mail.send_copy(inquiry)
        else:
            mail.send_link(inquiry)
    return inquiry


def _one_at_a_time(mark: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"inquiry {mark}"])
