"""What a mail that came back says: a report about an address, a complaint, an automatic answer, or nothing we know.

A delivery report (RFC 3464) is read first, a complaint (RFC 5965) next, then what older systems write in words
(flufl.bounce, and the SMTP reply that nearly all of them quote). Nothing that anybody can send raises here.
"""

import logging
import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

from flufl.bounce import all_failures

from madoguchi.delivery.models import Return
from madoguchi.delivery.returns import rules
from madoguchi.delivery.returns.fields import blocks, header, masked_words, parts, plain_text

# A report quotes our mail, which is small; what lies behind that much is not read.
MOST_BYTES = 512 * 1024
# Recipients of one report that are looked at; ours has one.
MOST_RECIPIENTS = 50

# It logs each failure with what it stumbled over, which is somebody's mail.
logging.getLogger("flufl.bounce").disabled = True

_DAEMON = re.compile(r"(?:mailer[-_.]?daemon|postmaster|mail[-_.]?daemon|mail[-_.]?delivery|mdaemon)", re.I)
_AWAY = re.compile(
    r"out of (?:the )?office|auto(?:matic|mated)?[- ]?(?:reply|response)|vacation|away from"
    r"|自動(?:返信|応答|回答)|不在",
    re.I,
)
_REPLY = re.compile(r"(?<![0-9.])([45][0-9]{2})(?:[ -]+#?([45]\.[0-9]{1,3}\.[0-9]{1,3}))?(?![0-9.])")
STATUS = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}", re.A)
_ABUSE = {"abuse", "fraud", "virus", "other", "opt-out", "opt-out-list", "miscategorized"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What is said of one recipient. ``recipient``: as the report names it, or empty. ``words``: addresses masked.

    ``failed``: the letter did not arrive.
    """

    kind: Return.Kind
    status: str = ""
    words: str = ""
    recipient: str = ""
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """``findings`` about recipients; none where it is ``automatic``, or nothing we know."""

    findings: tuple[Finding, ...] = ()
    automatic: bool = False


def read(raw: bytes) -> Reading:
    """What ``raw`` says. Never raises: what cannot be read says nothing."""
    try:
        message = message_from_bytes(raw[:MOST_BYTES])
        return _report(message) or _automatic(message) or _words(message) or Reading()
    except Exception:  # noqa: BLE001 - the libraries raise whatever a crafted message makes them
        return Reading()


def _report(message: Message) -> Reading | None:
    """A machine's report in its standard form."""
    found = {part.get_content_type(): part for part in reversed(parts(message))}
    for kind in ("message/delivery-status", "message/global-delivery-status"):
        if kind in found and (findings := _delivery(found[kind])):
            return Reading(findings)
    if "message/feedback-report" in found:
        return Reading((_complaint(found["message/feedback-report"]),))
    if "message/disposition-notification" in found:
        return Reading(automatic=True)  # it was read, or deleted unread
    return None


def _delivery(part: Message) -> tuple[Finding, ...]:
    findings = []
    for fields in blocks(part)[: MOST_RECIPIENTS + 1]:
        action = fields.get("action", "").split(" ")[0].lower()
        code = STATUS.search(fields.get("status", ""))
        if not action and not code:
            continue  # the block about the whole message
        words = fields.get("diagnostic-code", "").partition(";")[2].strip() or fields.get("diagnostic-code", "")
        status = rules.telling_status(code[0] if code else "", words)
        kind = rules.kind_of(action, status, words)
        recipient = (fields.get("final-recipient") or fields.get("original-recipient") or "").rpartition(";")[2].strip()
        failed = action == "failed" or (not action and status[:1] in ("4", "5"))
        findings.append(Finding(kind, status, masked_words(words), recipient, failed))
    return tuple(findings)


def _complaint(part: Message) -> Finding:
    fields: dict[str, str] = {}
    for block in blocks(part):
        fields = {**block, **fields}
    kind = fields.get("feedback-type", "").split(" ")[0].lower()
    # "not-spam" takes a complaint back, "auth-failure" is about our settings; only words we know count against us.
    complaint = kind in _ABUSE
    return Finding(
        Return.Kind.COMPLAINT if complaint else Return.Kind.OTHER,
        words=masked_words(kind),
        recipient=fields.get("original-rcpt-to", "").strip(" <>"),
    )


def _automatic(message: Message) -> Reading | None:
    """An answer nobody wrote, such as out of office; not what a mail system itself sends."""
    if _DAEMON.search(header(message, "from").partition("@")[0]):
        return None
    submitted = header(message, "auto-submitted").lower()
    precedence = header(message, "precedence").lower()
    marked = any(message.get(name) for name in ("x-autoreply", "x-autorespond", "x-auto-reply"))
    automatic = marked or submitted.startswith("auto-") or precedence in ("auto_reply", "auto-reply")
    return Reading(automatic=True) if automatic or _AWAY.search(header(message, "subject")) else None


def _words(message: Message) -> Reading | None:
    """What older systems say in words."""
    text = plain_text(message)
    temporary, permanent = _detected(message)
    reply = _REPLY.search(text)
    if not temporary and not permanent and not (reply and _DAEMON.search(header(message, "from"))):
        return None
    # The address stands in the bounce itself; the reply quoted there says more than the detector, which may be
    # looking for an address alone.
    said = text[reply.start() : reply.start() + 300] if reply else text[:300]
    status = (reply[2] or f"{reply[1][0]}.0.0") if reply else ("5.0.0" if permanent else "4.0.0")
    status = rules.telling_status(status, said)
    kind = rules.kind_of("failed", status, text[:4000] if status.endswith(".0.0") else said)
    recipient = next(iter(sorted(permanent or temporary)), b"").decode("ascii", "replace")
    if temporary and not permanent and not reply:
        return Reading((Finding(Return.Kind.DELAYED, status, masked_words(said), recipient),))
    return Reading((Finding(kind, status, masked_words(said), recipient, failed=True),))


def _detected(message: Message) -> tuple[frozenset[bytes], frozenset[bytes]]:
    """flufl.bounce's addresses, given up for now and for good; none where it stumbles."""
    try:
        temporary, permanent = all_failures(message)
    except Exception:  # noqa: BLE001 - its detectors expect well-formed mail
        return frozenset(), frozenset()
    return frozenset(temporary), frozenset(permanent)
