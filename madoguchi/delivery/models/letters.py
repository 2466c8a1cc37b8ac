"""What goes out: a *mailing* (what is said, how urgent, until when) and its *letters* (one per recipient).

This room knows no notice, no registration and no statement. A room above registers a renderer under a name
(:mod:`madoguchi.delivery.renderers`) and posts mailings that name it. ``docs/delivery.md`` tells how they leave.
"""

from typing import Any

from django.contrib.postgres.functions import TransactionNow
from django.contrib.postgres.indexes import BrinIndex
from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.functions import Now

from madoguchi.lib.lanes import Lane

LANES = [(lane.value, lane.name.lower()) for lane in Lane]


class Mailing(models.Model):
    """One thing said to one or many recipients.

    A *single* mailing is one letter posted by :func:`madoguchi.delivery.post.post`; any other is unique by renderer
    and reference, so that publishing again finds the one that exists.

    Whoever writes letters in several transactions keeps ``checkpoint`` set (to anything) until the last one: while it
    is set, the mailing is not closed although every letter written so far has its outcome.
    """

    class State(models.TextChoices):
        OPEN = "open"
        PAUSED = "paused"
        CANCELLED = "cancelled"

    class Why(models.TextChoices):
        OPERATOR = "operator"
        FAILURES = "failures"  # by the engine itself: too many letters could not be sent

    renderer = models.CharField(max_length=60)
    # What the renderer looks up, in the words of the room that registered it: "42" for report 42.
    reference = models.CharField(max_length=120)
    lane = models.PositiveSmallIntegerField(choices=LANES)
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    # Since when and why it is paused, and by whom (a login ID; this room knows no accounts).
    paused_reason = models.CharField(max_length=12, choices=Why, blank=True, default="")
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_by = models.CharField(max_length=254, blank=True, default="")
    # When it last went on after a pause: how fast it is tells nothing of the time before.
    resumed_at = models.DateTimeField(null=True, blank=True)
    single = models.BooleanField(default=False)
    # After this moment nothing of it is sent any more: a notice that ended long ago must not arrive late.
    expires_at = models.DateTimeField()
    # How far the recipients have been written; null when all are.
    checkpoint = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # Every letter has its outcome.
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["renderer", "reference"], name="mailing_once", condition=models.Q(single=False)
            ),
        ]
        indexes = [
            models.Index(
                fields=["lane", "id"],
                name="mailing_unfinished",
                condition=models.Q(finished_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.renderer}:{self.reference}"

    def pause(self, *, reason: str = Why.OPERATOR, by: str = "") -> bool:
        """Send nothing more of it until :meth:`resume`; what is on the wire goes out, what a worker holds is returned.

        False when it was not open, or has nothing left to send.
        """
        changed = {"state": self.State.PAUSED, "paused_reason": reason, "paused_at": Now(), "paused_by": by}
        return self._move(Mailing.objects.filter(pk=self.pk, state=self.State.OPEN, finished_at=None), changed)

    def resume(self) -> bool:
        """Send on; False when it was not paused."""
        changed: dict[str, Any] = {"state": self.State.OPEN, "paused_reason": "", "paused_at": None, "paused_by": ""}
        changed["resumed_at"] = Now()
        return self._move(Mailing.objects.filter(pk=self.pk, state=self.State.PAUSED), changed)

    def _move(self, where: "models.QuerySet[Mailing]", changed: dict[str, Any]) -> bool:
        moved = bool(where.update(**changed))
        self.refresh_from_db(fields=list(changed))
        return moved

    @transaction.atomic
    def cancel(self, *, reason: str = "cancelled") -> int:
        """Send nothing more of it, ever; return how many letters were skipped for that ``reason``.

        Letters a worker holds at this moment are skipped by it, ``cancelled``; what is on the wire goes out.
        """
        Mailing.objects.filter(pk=self.pk).update(state=self.State.CANCELLED)
        self.refresh_from_db(fields=["state"])
        waiting = self.letters.filter(state__in=[Letter.State.QUEUED, Letter.State.HELD], leased_until=None)
        return waiting.update(state=Letter.State.SKIPPED, reason=reason, sealed=None, finished_at=Now())

    @transaction.atomic
    def retry_failed(self) -> int:
        """Try its failed letters again, from the first try, but for those whose address is at fault; how many.

        None when it is cancelled, expired, or a single letter (whose secrets are wiped by now). A paused one stays so.
        """
        again = Mailing.objects.filter(pk=self.pk, single=False, expires_at__gt=Now())
        if not again.exclude(state=self.State.CANCELLED).select_for_update().exists():
            return 0
        failed = self.letters.filter(state=Letter.State.FAILED).exclude(reason__in=Letter.ADDRESS_AT_FAULT)
        queued = {"state": Letter.State.QUEUED, "tries": 0, "due_at": Now(), "reason": "", "finished_at": None}
        number = failed.update(**queued)
        if number:
            # By a change of its state the workers are woken.
            again.update(finished_at=None, state=models.F("state"))
            self.refresh_from_db(fields=["finished_at"])
        return number

    def progress(self) -> dict[str, int]:
        """How many letters are in each state that occurs."""
        return dict(self.letters.values_list("state").annotate(models.Count("pk")).order_by())


class AsWritten(models.JSONField):
    """JSON that PostgreSQL keeps as the text it was given (``json``): to take it apart and put it together again
    (``jsonb``) costs half a microsecond a letter each way, and nobody searches in it."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "json"

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> Any:
        """The driver has read it already, as it does not for Django's own type."""
        return value


class Letter(models.Model):
    """One message to one recipient, from due to its outcome. Every outcome is a row.

    Rows may be written by ``INSERT … SELECT``. Required: ``mailing_id, recipient_key, address, language``. Usual
    besides: ``format`` (``full``), ``personal`` (``{}``), ``due_at`` (now); the others have defaults in the database
    and belong to the engine. ``ON CONFLICT (mailing_id, recipient_key) DO NOTHING`` makes a repetition add nothing.
    A row that is not to be sent is written with its ``state`` (``held``, ``skipped``, ``suppressed``) and ``reason``.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        HELD = "held"
        SKIPPED = "skipped"
        SENT = "sent"
        FAILED = "failed"
        BOUNCED = "bounced"
        SUPPRESSED = "suppressed"

    class Format(models.TextChoices):
        FULL = "full"  # text and HTML
        SHORT = "short"  # 携帯: short plain text
        CALENDAR = "calendar"  # text, HTML and a calendar

    # Reasons of failure that another try does not mend.
    ADDRESS_AT_FAULT = ("refused", "address")

    # Without a constraint in the database, whose check would cost a tenth of writing a letter; letters are written by
    # whoever holds the mailing's row.
    mailing = models.ForeignKey(
        Mailing, on_delete=models.CASCADE, related_name="letters", db_index=False, db_constraint=False
    )
    due_at = models.DateTimeField(db_default=TransactionNow())
    # A worker holds it until then; null when nobody does.
    leased_until = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(db_default=0)
    state = models.CharField(max_length=12, choices=State, db_default=State.QUEUED)
    language = models.CharField(max_length=2)
    format = models.CharField(max_length=8, choices=Format, db_default=Format.FULL)
    # Whom, in the words of the room above (a destination's id): unique within the mailing.
    recipient_key = models.CharField(max_length=120, db_collation="C")
    # The envelope address exactly as sent; old Japanese mobile addresses keep their quotes here.
    address = models.CharField(max_length=320)
    # What is spliced into the rendered message for this recipient alone. No secret in clear: see ``sealed``.
    personal = AsWritten(db_default=models.Value({}, models.JSONField()))
    # Encrypted bits (a link's token) that are wiped once the letter has its outcome.
    sealed = models.BinaryField(null=True)
    reason = models.CharField(max_length=60, blank=True, db_default="")
    reply = models.CharField(max_length=500, blank=True, db_default="")

    class Meta:
        constraints = [
            # The recipient first, so that it also finds what somebody was sent.
            models.UniqueConstraint(fields=["recipient_key", "mailing"], name="letter_once"),
        ]
        # Every index is written to twice for each letter, so there are few.
        indexes = [
            # Leased letters stay in it, so that claiming one changes no index (a HOT update).
            models.Index(
                fields=["mailing", "due_at", "id"],
                name="letter_claim",
                condition=models.Q(state__in=["queued", "held"]),
            ),
            # A mailing's letters lie together. Vacuuming keeps it, which new rows bring about as soon: to be asked for
            # range of pages by the statement that fills it is more than PostgreSQL remembers, and it logs the whole
            # statement each time it does not.
            BrinIndex(fields=["mailing"], name="letter_mailing", pages_per_range=32),
        ]

    def __str__(self) -> str:
        return f"letter {self.pk} of {self.mailing_id}"
