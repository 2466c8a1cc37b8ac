"""What became of the last sending of a code, in the customer's words."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from madoguchi.contracts.contact_phone import Channel
from madoguchi.contracts.models import Dispatch, Passcode
from madoguchi.delivery.telephony import Reason

# After that the gateway will hardly tell us more, and a page left open need not ask on.
WATCHED_FOR = timedelta(minutes=5)
# A message or a call of which nothing was heard for so long may be lost: the page stops saying that it is on its way.
_USUALLY_TAKES = {Channel.SMS: timedelta(minutes=1), Channel.VOICE: timedelta(minutes=2)}
_SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Progress:
    """``state`` is the :class:`Dispatch.State`, or ``silent`` when it was sent and nothing was heard since; ``words``
    the sentence about it; ``goes_on`` while it may change."""

    state: str
    words: str
    goes_on: bool

    @classmethod
    def of(cls, passcode: Passcode) -> Self | None:
        """Of the last sending of ``passcode``; None when there was none, or the code is used already."""
        last = passcode.dispatches.order_by("-pk").first()
        if last is None or passcode.end == Passcode.End.REDEEMED:
            return None
        age = timezone.now() - last.requested_at
        goes_on = not last.is_final and age < WATCHED_FOR
        if last.state == Dispatch.State.SENT and age >= _USUALLY_TAKES[Channel(passcode.channel)]:
            return cls(_SILENT, str(_NOTHING_HEARD[passcode.channel]), goes_on)
        return cls(last.state, _words(last, passcode.channel), goes_on)

    @property
    def failed(self) -> bool:
        return self.state == Dispatch.State.FAILED

    @property
    def arrived(self) -> bool:
        return self.state == Dispatch.State.DELIVERED


_ON_ITS_WAY: dict[tuple[str, str], Promise] = {
    (Dispatch.State.QUEUED, Channel.SMS): _("We are getting the code ready to be sent."),
    (Dispatch.State.QUEUED, Channel.VOICE): _("We are getting the call ready."),
    (Dispatch.State.SENT, Channel.SMS): _("The text message is on its way to your phone."),
    (Dispatch.State.SENT, Channel.VOICE): _("The call is on its way: your phone should ring any moment."),
    (Dispatch.State.DELIVERED, Channel.SMS): _("The text message has been delivered to the phone."),
    (Dispatch.State.DELIVERED, Channel.VOICE): _("The call was answered and the code was read out."),
}
_NOTHING_HEARD: dict[str, Promise] = {
    Channel.SMS: _(
        "We sent the text message, but have not heard that it arrived. If you do not have it, "
        "please have it sent again."
    ),
    Channel.VOICE: _("We called, but have not heard how it went. If nobody called you, please have it sent again."),
}
_FAILED: dict[tuple[str, str], Promise] = {
    (Reason.BUSY, Channel.SMS): _("The phone was busy. Please have the code sent again."),
    (Reason.BUSY, Channel.VOICE): _("The line was busy. Please end the other call and have the code sent again."),
    (Reason.NO_ANSWER, Channel.SMS): _(
        "The phone could not be reached; it may be switched off or out of range. Please check it and have the code "
        "sent again."
    ),
    (Reason.NO_ANSWER, Channel.VOICE): _(
        "Nobody answered the call. Please keep the phone at hand and have the code sent again."
    ),
    (Reason.REFUSED, Channel.SMS): _(
        "The text message was refused. Please look at the phone's filter, or choose a call instead."
    ),
    (Reason.REFUSED, Channel.VOICE): _(
        "The call was refused. Please allow calls from unknown and foreign numbers for a moment, and try again."
    ),
}
_NEVER_IN_THIS_WAY = _("The number could not be reached in this way. Please choose another way, or contact us.")
_NOT_NOW = _("The code could not be sent. Please have it sent again in a while.")


def _words(last: Dispatch, channel: str) -> str:
    if last.state != Dispatch.State.FAILED:
        return str(_ON_ITS_WAY[last.state, channel])
    if last.reason == Reason.INVALID_NUMBER:
        return str(_NEVER_IN_THIS_WAY)
    return str(_FAILED.get((last.reason, channel), _NOT_NOW))
