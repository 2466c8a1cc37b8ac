"""What became of a bill, as the operator's books say."""

from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from madoguchi.statements.closing.models import Bill


class PaymentQuerySet(models.QuerySet["Payment"]):
    def latest_of(self, bills: models.QuerySet[Bill]) -> dict[int, "Payment"]:
        """By bill, the last word about it; bills nobody has told of yet are left out."""
        newest = self.filter(bill=OuterRef("pk")).order_by("-pk").values("pk")[:1]
        keys = bills.order_by().annotate(news=Subquery(newest)).exclude(news=None).values("news")
        return {payment.bill_id: payment for payment in self.filter(pk__in=keys)}


class Payment(models.Model):
    """A word of the operator's books about a bill: paid on a day, or found unpaid on it. Append-only; the last counts.

    A bill of which nothing was told is billed. That its day is over says nothing: the money may be on its way.
    """

    class State(models.TextChoices):
        PAID = "paid", pgettext_lazy("bill", "Paid")
        UNPAID = "unpaid", pgettext_lazy("bill", "Not paid")

    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, related_name="payments")
    state = models.CharField(max_length=6, choices=State)
    on = models.DateField()
    told_at = models.DateTimeField(default=timezone.now)
    # Who sent the file of the name below; None: the command did.
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    file_name = models.CharField(max_length=200, blank=True)

    objects: ClassVar[models.Manager["Payment"]] = PaymentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["bill", "-id"], name="payment_last")]

    def __str__(self) -> str:
        return f"{self.state} {self.pk}"


class PaymentFile(models.Model):
    """A file of the books' words, checked and then stored or given up; what came of it stays."""

    class State(models.TextChoices):
        RECEIVED = "received", pgettext_lazy("import", "Waits for its check")
        CHECKING = "checking", pgettext_lazy("import", "Being checked")
        CHECKED = "checked", pgettext_lazy("import", "Waits for a decision")
        CONFIRMED = "confirmed", pgettext_lazy("import", "Waits to be imported")
        STORING = "storing", pgettext_lazy("import", "Being imported")
        DONE = "done", pgettext_lazy("import", "Imported")
        REFUSED = "refused", pgettext_lazy("import", "Not imported")
        DROPPED = "dropped", pgettext_lazy("import", "Given up")

    # A worker has it, or will have it without anybody's doing.
    MOVING = (State.RECEIVED, State.CHECKING, State.CONFIRMED, State.STORING)

    name = models.CharField(max_length=200)
    size = models.BigIntegerField()  # bytes
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    received_at = models.DateTimeField(default=timezone.now)
    # None: the command, which checks and stores at once.
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    finished_at = models.DateTimeField(null=True, blank=True)
    # Why the file was refused as a whole: a key of payment_words.FILES, and what about it.
    reason = models.CharField(max_length=20, blank=True)
    about = models.CharField(max_length=200, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)  # by the worker that has it
    tries = models.PositiveSmallIntegerField(default=0)
    # Rows, as the check found them, or as they came; ``read`` is told while a worker is at it.
    read = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    # The first ones: line, column, reason, value.
    problems = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ("-pk",)
        indexes = [models.Index(fields=["state"], name="payment_file_state")]

    def __str__(self) -> str:
        return f"file of payments {self.pk}"

    @property
    def moves(self) -> bool:
        return self.state in self.MOVING

    @property
    def folder(self) -> Path:
        """Where it lies, and what was rejected of it, until they have had their time."""
        return settings.RECEIVED / f"payments-{self.pk}"

    @property
    def path(self) -> Path:
        return self.folder / "file.csv"

    @property
    def rejects(self) -> Path:
        return self.folder / "rejected.csv"
