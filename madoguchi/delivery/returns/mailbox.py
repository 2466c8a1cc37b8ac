"""A mailbox that mail comes back to, looked into over IMAP inside TLS.

What was understood is deleted there, after the commit. What was not is left, marked as read and flagged, because a
person may have written it. A mail that is seen again, because the connection ended in between, adds nothing.
"""

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings

from madoguchi.delivery.models import Return, ReturnTally
from madoguchi.delivery.returns import path, reading, take

SECONDS = 30.0  # for each answer
AT_ONCE = 500  # the rest at the next look
_PORTS = {"imaps": 993, "imap+starttls": 143}


class Away(Exception):
    """The mail system does not answer, does not let us in, or has no such folder."""


def look() -> int:
    """Take in what is new in the mailbox of the settings; return how many mails that were. Raises :class:`Away`."""
    try:
        with _opened(settings.RETURN_MAILBOX_URL) as box:
            return sum(_take(box, uid) for uid in _unread(box)[:AT_ONCE])
    except (OSError, imaplib.IMAP4.error) as error:
        raise Away(type(error).__name__) from None


def try_out() -> None:
    """Log in and open the folder, and leave everything as it is. Raises :class:`Away`."""
    try:
        with _opened(settings.RETURN_MAILBOX_URL):
            pass
    except (OSError, imaplib.IMAP4.error) as error:
        raise Away(type(error).__name__) from None


@contextmanager
def _opened(url: str) -> Iterator[imaplib.IMAP4]:
    where = urlsplit(url)
    host, port = where.hostname or "", where.port or _PORTS[where.scheme]
    # Verifies the certificate and the name in it.
    trust = ssl.create_default_context(cafile=settings.RETURN_MAILBOX_CA or None)
    box: imaplib.IMAP4
    if where.scheme == "imaps":
        box = imaplib.IMAP4_SSL(host, port, ssl_context=trust, timeout=SECONDS)
    else:
        box = imaplib.IMAP4(host, port, timeout=SECONDS)
        box.starttls(trust)
    try:
        box.login(unquote(where.username or ""), unquote(where.password or ""))
        folder = unquote(where.path.strip("/")) or "INBOX"
        quoted = folder.replace("\\", "\\\\").replace('"', '\\"')
        _said(box.select(f'"{quoted}"'))
        yield box
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            box.logout()


def _unread(box: imaplib.IMAP4) -> list[str]:
    """The UIDs of what nobody, we included, has read; with it what an earlier look could not quite delete."""
    found = _said(box.uid("SEARCH", "UNSEEN"))
    return found[0].decode("ascii").split() if found and found[0] else []


def _take(box: imaplib.IMAP4, uid: str) -> int:
    # PEEK: it stays unread until we are done with it. A report quotes our mail; no more of it is fetched than is read.
    answer = _said(box.uid("FETCH", uid, f"(BODY.PEEK[]<0.{reading.MOST_BYTES}>)"))
    raw = next((part[1] for part in answer if isinstance(part, tuple)), None)
    if raw is None:
        return 0  # somebody else took it away
    taken = take.mail(raw, to=_recipient(raw), source=Return.Source.IMAP)
    if taken.counted in (None, ReturnTally.Why.AUTOMATIC):
        _said(box.uid("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)"))
        _said(box.uid("EXPUNGE", uid) if "UIDPLUS" in box.capabilities else box.expunge())
    else:
        _said(box.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen \Flagged)"))
    return 1


def _recipient(raw: bytes) -> str:
    """Whom the mail came for, by the first field that names an address of ours; empty where none does."""
    head = raw.partition(b"\r\n\r\n")[0].partition(b"\n\n")[0].decode("ascii", "replace")
    for line in head.splitlines():
        name, _colon, value = line.partition(":")
        if name.lower() in ("delivered-to", "x-original-to", "envelope-to", "to", "x-envelope-to"):
            for word in value.replace(",", " ").split():
                if path.is_ours(word.strip("<>")):
                    return word.strip("<>")
    return ""


def _said(answer: tuple[str, list[Any]]) -> list[Any]:
    status, data = answer
    if status != "OK":
        raise imaplib.IMAP4.error(status)
    return data
