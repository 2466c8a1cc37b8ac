"""Whose fault a refusal is, by the codes of RFC 5321 4.2.3 and RFC 3463; the table is in ``docs/delivery.md``."""

import re
from enum import StrEnum

from madoguchi.delivery.engine.feeder import Step

_STATUS = re.compile(r"\d{3}[ -]5\.(\d{1,3})\.(\d{1,3})\b")
# Without a status of RFC 3463, replies to a recipient that speak of the mailbox.
_MAILBOX = (550, 551, 553)
_ADDRESS_OR_MAILBOX = ("1", "2")
_SENDERS_ADDRESS = (("1", "7"), ("1", "8"))


class Fault(StrEnum):
    """Stands in the letter as its reason."""

    ADDRESS = "refused"  # this recipient: trying again is of no use
    CONTENT = "content"  # what we send, or that we send it: the next recipient will be refused too
    SENDER = "sender"  # our envelope sender: wrongly set up here


def fault(step: Step, code: int, reply: str) -> Fault:
    """Of a refusal for good (5xx) at ``step``; ``reply`` begins with its code."""
    if step is Step.MAIL:
        return Fault.SENDER
    if status := _STATUS.match(reply):
        if status.groups() in _SENDERS_ADDRESS:
            return Fault.SENDER
        return Fault.ADDRESS if status[1] in _ADDRESS_OR_MAILBOX else Fault.CONTENT
    return Fault.ADDRESS if step is Step.RCPT and code in _MAILBOX else Fault.CONTENT
