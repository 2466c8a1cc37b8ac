"""Every notice that was due to somebody, and what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from madoguchi.accounts.models import Account
from madoguchi.delivery.models import Letter
from madoguchi.notices import mailings
from madoguchi.notices.models import Destination, Report

# Held, and sent together with others in one mail.
DIGEST = "digest"
_IN_DIGEST = Q(reason=DIGEST)
# What customers tell apart; every letter is in exactly one of them.
OUTCOMES: dict[str, Q] = {
    "sent": Q(state=Letter.State.SENT) | _IN_DIGEST,
    "waiting": Q(state__in=[Letter.State.QUEUED, Letter.State.HELD]) & ~_IN_DIGEST,
    "not_sent": Q(state__in=[Letter.State.SKIPPED, Letter.State.SUPPRESSED]) & ~_IN_DIGEST,
    "not_delivered": Q(state__in=[Letter.State.FAILED, Letter.State.BOUNCED]) & ~_IN_DIGEST,
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One mail at one address; ``letter`` has state, reason, ``due_at`` and ``finished_at``.

    ``report`` is the one that was mailed; of a reminder or a withdrawal (``what`` says so) the notice's last one.
    """

    letter: Letter
    report: Report

    @property
    def what(self) -> str:
        """``report``, ``reminder`` or ``withdrawal``."""
        return self.letter.mailing.renderer.rpartition(".")[2]

    @property
    def outcome(self) -> str:
        """Why it is where it is, as one word: the reason where there is one that is ours, else the state."""
        letter = self.letter
        if letter.state in {Letter.State.SKIPPED, Letter.State.SUPPRESSED} or letter.reason in {DIGEST, "expired"}:
            return letter.reason or letter.state
        return letter.state


def deliveries_of(
    account: Account, *, since: datetime, destination: Destination | None = None, outcome: str = ""
) -> QuerySet[Letter]:
    """What was due to the account's addresses from ``since`` on, those removed since too, newest first.

    ``destination``: to that one alone. ``outcome``: one of :data:`OUTCOMES`, or empty for all.
    """
    theirs = [destination] if destination else account.destinations.all()
    letters = Letter.objects.filter(
        OUTCOMES.get(outcome, Q()),
        recipient_key__in=[each.recipient_key for each in theirs],
        due_at__gte=since,
        mailing__renderer__in=mailings.ALL,
    )
    return letters.select_related("mailing").order_by("-due_at", "-pk")


def told(letters: Iterable[Letter]) -> list[Delivery]:
    """The letters of a page with the reports they are about."""
    letters = list(letters)
    reports = mailings.reports_of(letter.mailing for letter in letters)
    return [Delivery(letter, reports[letter.mailing_id]) for letter in letters]
