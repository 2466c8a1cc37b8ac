"""Every notice that was due to somebody, and what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BigIntegerField, Case, CharField, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from madoguchi.accounts.models import Account
from madoguchi.delivery.models import Letter
from madoguchi.notices import mailings
from madoguchi.notices.models import Destination, Report

# Held, and sent together with others in one mail.
DIGEST = "digest"
# A held letter that a digest carries has become what became of the digest.
_CARRIER = Letter.objects.filter(pk=Cast(KeyTextTransform(DIGEST, OuterRef("personal")), BigIntegerField()))
_BECAME = Case(
    When(reason=DIGEST, then=Coalesce(Subquery(_CARRIER.values("state")), Value(Letter.State.SENT.value))),
    default=F("state"),
    output_field=CharField(),
)
# How it is told of a letter that a digest carries, by what became of the digest.
_CARRIED: dict[str, str] = {Letter.State.SENT: DIGEST, Letter.State.SKIPPED: "expired"}
# What customers tell apart; every letter is in exactly one of them.
OUTCOMES: dict[str, Q] = {
    "sent": Q(became=Letter.State.SENT),
    "waiting": Q(became__in=[Letter.State.QUEUED, Letter.State.HELD]),
    "not_sent": Q(became__in=[Letter.State.SKIPPED, Letter.State.SUPPRESSED]),
    "not_delivered": Q(became__in=[Letter.State.FAILED, Letter.State.BOUNCED]),
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
        became: str = letter.became  # type: ignore[attr-defined]
        if letter.reason == DIGEST:
            return _CARRIED.get(became, became)
        if letter.state in {Letter.State.SKIPPED, Letter.State.SUPPRESSED}:
            return letter.reason or letter.state
        return letter.state


def deliveries_of(
    account: Account, *, since: datetime, destination: Destination | None = None, outcome: str = ""
) -> QuerySet[Letter]:
    """What was due to the account's addresses from ``since`` on, those removed since too, newest first.

    ``destination``: to that one alone. ``outcome``: one of :data:`OUTCOMES`, or empty for all.
    """
    theirs = [destination] if destination else account.destinations.all()
    letters = Letter.objects.annotate(became=_BECAME).filter(
        OUTCOMES.get(outcome, Q()),
        recipient_key__in=[each.recipient_key for each in theirs],
        due_at__gte=since,
        mailing__renderer__in=mailings.ALL,
    )
    return letters.select_related("mailing").order_by("-mailing__created_at", "-pk")


def told(letters: Iterable[Letter]) -> list[Delivery]:
    """The letters of a page with the reports they are about."""
    letters = list(letters)
    reports = mailings.reports_of(letter.mailing for letter in letters)
    return [Delivery(letter, reports[letter.mailing_id]) for letter in letters]
