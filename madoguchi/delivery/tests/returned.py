"""Mails that come back, in the shapes mail systems give them: the structure is theirs, the words are ours."""

from base64 import b64encode
from email.message import EmailMessage
from email.mime.text import MIMEText

TO = "hanako@customer.example.jp"


def dsn(
    *,
    to: str = TO,
    action: str = "failed",
    status: str = "5.1.1",
    words: str = "smtp; 550 5.1.1 User unknown",
    fields: str | None = None,
    base64: bool = False,
    subtype: str = "delivery-status",
) -> bytes:
    """A report in the standard form (RFC 3464), as Postfix and most others send it."""
    about = fields if fields is not None else f"Final-Recipient: rfc822; {to}\nAction: {action}\nStatus: {status}\n"
    if fields is None and words:
        about += f"Diagnostic-Code: {words}\n"
    machine = f"Reporting-MTA: dns; mx.example.jp\nArrival-Date: Sun, 22 Nov 2026 14:05:00 +0900\n\n{about}"
    if base64:
        machine = b64encode(machine.encode()).decode() + "\n"
    head = f"Content-Type: message/{subtype}\n" + ("Content-Transfer-Encoding: base64\n" if base64 else "")
    return _report("delivery-status", "This is the mail system. It could not be delivered.\n", head, machine)


def exchange(to: str = TO) -> bytes:
    """Exchange: HTML first, the address in its own spelling, an answer that is more precise than the words."""
    return dsn(
        fields=f"Original-Recipient: rfc822;{to.upper()}\nFinal-Recipient: rfc822;{to.upper()}\nAction: failed\n"
        "Status: 5.1.10\nDiagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found\n"
        f"X-Display-Name: {to}\n"
    )


def gmail(to: str = TO) -> bytes:
    """Google: folded diagnostics over several lines, each with the code in front."""
    return dsn(
        fields=f"Final-Recipient: rfc822; {to}\nAction: failed\nStatus: 5.2.2\n"
        "Remote-MTA: dns; mx.example. (192.0.2.1)\n"
        "Diagnostic-Code: smtp; 552-5.2.2 The recipient's inbox is out of storage\n"
        " space. Please direct the recipient to the help page\n 552 5.2.2 over quota\n"
        "Last-Attempt-Date: Sun, 22 Nov 2026 14:05:00 +0900\n"
    )


def exim(to: str = TO) -> bytes:
    """Exim: words and X-Failed-Recipients, and a machine's part whose status says nothing."""
    return dsn(
        fields=f"Action: failed\nFinal-Recipient: rfc822;{to}\nStatus: 5.0.0\nRemote-MTA: dns; mx.example.jp\n"
        "Diagnostic-Code: smtp; 550 5.1.1 mailbox unavailable\n"
    )


def old_exim(to: str = TO) -> bytes:
    """An older Exim: words alone."""
    message = _daemon("Mail delivery failed: returning message to sender")
    message["X-Failed-Recipients"] = to
    message.set_content(
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be "
        f"delivered to one or more of its\nrecipients. This is a permanent error.\n\n  {to}\n    SMTP error from "
        f"remote mail server after RCPT TO:<{to}>:\n    550 5.1.1 <{to}>: no such user\n"
    )
    return message.as_bytes()


def qmail(to: str = TO) -> bytes:
    message = _daemon("failure notice")
    message.set_content(
        "Hi. This is the qmail-send program at mx.example.jp.\nI'm afraid I wasn't able to deliver your message to the "
        f"following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<{to}>:\n"
        "Sorry, no mailbox here by that name. (#5.1.1)\n"
    )
    return message.as_bytes()


def carrier(to: str = "taro..yamada@docomo.ne.jp") -> bytes:
    """A mobile carrier: a few words in Japanese and English, the reply, no machine's part."""
    message = MIMEText(
        "次の宛先へ配信できませんでした。\nThe following address had a delivery problem.\n\n"
        f"<{to}>: 550 Unknown user {to}\n",
        _charset="iso-2022-jp",
    )
    message["From"] = "Mail Delivery Subsystem <mailer-daemon@carrier.example.jp>"
    message["Subject"] = "Mail System Error - Returned Mail"
    return message.as_bytes()


def complaint(kind: str = "abuse", *, quoted: str = "") -> bytes:
    """A feedback loop's report (RFC 5965)."""
    machine = f"Feedback-Type: {kind}\nUser-Agent: Loop/1.0\nVersion: 1\n{quoted}"
    words = "This is an email abuse report for a message received today.\n"
    return _report("feedback-report", words, "Content-Type: message/feedback-report\n", machine)


def out_of_office(*, marked: bool = True, subject: str = "Out of office: Re: notice") -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = TO, subject
    if marked:
        message["Auto-Submitted"] = "auto-replied"
    message.set_content("I am away until Monday. For 550 matters please write to desk@example.jp.\n")
    return message.as_bytes()


def read_receipt() -> bytes:
    machine = f"Final-Recipient: rfc822;{TO}\nDisposition: manual-action/MDN-sent-manually; displayed\n"
    words = "Your message was displayed.\n"
    return _report("disposition-notification", words, "Content-Type: message/disposition-notification\n", machine)


def _report(kind: str, words: str, head: str, machine: str) -> bytes:
    """A multipart/report: words for people, the machine's part, the headers of our mail."""
    return (
        "From: MAILER-DAEMON@mx.example.jp (Mail Delivery System)\nSubject: Undelivered Mail Returned to Sender\n"
        "Auto-Submitted: auto-replied\nMIME-Version: 1.0\n"
        f'Content-Type: multipart/report; report-type={kind}; boundary="=_b"\n\n'
        f"--=_b\nContent-Type: text/plain\n\n{words}\n--=_b\n{head}\n{machine}\n--=_b\n"
        "Content-Type: text/rfc822-headers\n\nFrom: notice@aoba.example\nSubject: notice\n\n--=_b--\n"
    ).encode()


def _daemon(subject: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["Subject"] = "MAILER-DAEMON@mx.example.jp", subject
    return message
