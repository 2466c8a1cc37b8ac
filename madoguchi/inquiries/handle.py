"""What the staff do with an inquiry. Each verb holds the inquiry's row, so that of two at once the second is told."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from madoguchi.accounts.models import Account
from madoguchi.inquiries import mail
from madoguchi.inquiries.models import Inquiry, Message
from madoguchi.inquiries.open import plain


class Overtaken(Exception):
    """Something was said meanwhile that who answers has not seen: ``messages``."""

    def __init__(self, messages: Sequence[Message]) -> None:
        super().__init__(len(messages))
        self.messages = messages


class Taken(Exception):
    """Somebody else has it meanwhile: ``assignee``, or None where it was given back."""

    def __init__(self, assignee: Account | None) -> None:
        super().__init__()
        self.assignee = assignee


class IsClosed(Exception):
    """A closed inquiry is opened again first; one that nobody wrote never is."""


def _hold(inquiry: Inquiry) -> Inquiry:
    return Inquiry.objects.select_for_update(of=("self",)).select_related("assignee", "account").get(pk=inquiry.pk)


@transaction.atomic
def assign(inquiry: Inquiry, *, to: Account | None, instead_of: int | None) -> Inquiry:
    """Give it to somebody, or with None back to everybody.

    ``instead_of`` is the id of who had it as far as the caller knew; raises :class:`Taken` if that is not so any more,
    and :class:`IsClosed`.
    """
    inquiry = _hold(inquiry)
    if inquiry.assignee_id not in {instead_of, to and to.pk}:
        raise Taken(inquiry.assignee)
    if inquiry.state == Inquiry.State.CLOSED:
        raise IsClosed
    inquiry.assignee = to
    if inquiry.state != Inquiry.State.ANSWERED:
        inquiry.wait(at=timezone.now())
    inquiry.save()
    return inquiry


@transaction.atomic
def answer(inquiry: Inquiry, *, body: str, by: Account, seen: int) -> Message:
    """Mail ``body`` to the writer. Who answers an inquiry of nobody has it from then on.

    ``seen`` is the id of the last message the caller was shown. Raises :class:`Overtaken` when there is a later one,
    a colleague's answer or a further message of the writer; nothing is sent then. Raises :class:`IsClosed`.
    """
    inquiry = _hold(inquiry)
    if later := list(inquiry.messages.filter(pk__gt=seen).select_related("by")):
        raise Overtaken(later)
    if inquiry.state == Inquiry.State.CLOSED:
        raise IsClosed
    now = timezone.now()
    message = inquiry.say(kind=Message.Kind.STAFF, body=plain(body), by=by, at=now)
    inquiry.assignee = inquiry.assignee or by
    inquiry.state, inquiry.waiting_since = Inquiry.State.ANSWERED, None
    inquiry.save()
    mail.send_answer(message)
    return message


@transaction.atomic
def note(inquiry: Inquiry, *, body: str, by: Account) -> Message:
    """A word among the staff, at any time. Whoever is answering at this moment is shown it first."""
    return _hold(inquiry).say(kind=Message.Kind.NOTE, body=plain(body), by=by, at=timezone.now())


@transaction.atomic
def close(inquiry: Inquiry) -> Inquiry:
    """Nothing more is to be done; a further message of the writer opens it again. Twice is as once."""
    inquiry = _hold(inquiry)
    if inquiry.state != Inquiry.State.CLOSED:
        inquiry.state, inquiry.waiting_since = Inquiry.State.CLOSED, None
        inquiry.closed_at = timezone.now()
        inquiry.save()
    return inquiry


@transaction.atomic
def reopen(inquiry: Inquiry) -> Inquiry:
    """It waits again. Raises :class:`IsClosed` where the address's holder said that they did not write it."""
    inquiry = _hold(inquiry)
    if inquiry.disowned_at:
        raise IsClosed
    if inquiry.state == Inquiry.State.CLOSED:
        inquiry.wait(at=timezone.now())
        inquiry.save()
    return inquiry
