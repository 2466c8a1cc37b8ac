"""What the demo's recipients can do with a mail: let it come back, or report it as spam, by a real report over LMTP."""

import smtplib
from email.utils import formatdate, make_msgid, parseaddr
from enum import StrEnum
from urllib.parse import urlsplit

from django.conf import settings

from madoguchi.demo.mailbox.store import Mail

_HOST = "mailbox.demo.invalid"


class How(StrEnum):
    GONE = "gone"
    FULL = "full"
    SPAM = "spam"


_ANSWERS = {
    How.GONE: ("5.1.1", "550 5.1.1 No such mailbox here"),
    How.FULL: ("5.2.2", "552 5.2.2 Mailbox full"),
}


class NotTaken(Exception):
    """There is nobody to give it back to: the mail names no return path, or the receiver does not take it."""


def send_back(mail: Mail, how: How) -> None:
    """Write the report a mail system writes about ``mail`` and hand it to where the mail's envelope came from."""
    to = parseaddr(str(mail.message.get("Return-Path", "")))[1]
    if not to:
        raise NotTaken
    where = urlsplit(settings.RETURN_LISTEN)
    try:
        with smtplib.LMTP(where.hostname or "", where.port or 24, timeout=10) as receiver:
            receiver.sendmail("", [to], report(mail, how).replace("\n", "\r\n").encode())
    except (OSError, smtplib.SMTPException) as error:
        raise NotTaken from error


def report(mail: Mail, how: How) -> str:
    """A delivery report (RFC 3464) or a complaint (RFC 5965) about ``mail``, with its headers."""
    if how is How.SPAM:
        kind, words = "feedback-report", "This message was reported as spam by its recipient."
        fields = f"Feedback-Type: abuse\nUser-Agent: Demo/1.0\nVersion: 1\nOriginal-Rcpt-To: <{mail.recipient}>"
    else:
        status, answer = _ANSWERS[how]
        kind, words = "delivery-status", f"The mail below could not be delivered: {answer}"
        fields = (
            f"Reporting-MTA: dns; {_HOST}\n\nFinal-Recipient: rfc822; {mail.recipient}\nAction: failed\n"
            f"Status: {status}\nDiagnostic-Code: smtp; {answer}"
        )
    boundary = make_msgid(domain=_HOST).strip("<>").replace("@", "=_")
    quoted = mail.raw.partition(b"\r\n\r\n")[0].replace(b"\r\n", b"\n").decode("ascii", "replace")
    return (
        f"From: MAILER-DAEMON@{_HOST}\nSubject: Undelivered Mail Returned to Sender\nDate: {formatdate()}\n"
        f"Message-ID: {make_msgid(domain=_HOST)}\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n"
        f'Content-Type: multipart/report; report-type={kind}; boundary="{boundary}"\n\n'
        f"--{boundary}\nContent-Type: text/plain\n\n{words}\n\n"
        f"--{boundary}\nContent-Type: message/{kind}\n\n{fields}\n\n"
        f"--{boundary}\nContent-Type: text/rfc822-headers\n\n{quoted}\n\n--{boundary}--\n"
    )
