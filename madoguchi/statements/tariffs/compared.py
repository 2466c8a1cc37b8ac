"""Comparisons of two versions over a month: who asked, how far a worker is, and what came of them."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from madoguchi.contracts.models import Contract

from .models import TariffVersion


class TariffComparison(models.Model):
    """A month's calls under two versions, as asked for, and kept with its result. Money in milli-yen before tax."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("comparison", "Waits for a worker")
        WORKING = "working", pgettext_lazy("comparison", "Being worked out")
        DONE = "done", pgettext_lazy("comparison", "Worked out")
        FAILED = "failed", pgettext_lazy("comparison", "Not worked out")

    # A worker has it, or will have it without anybody's doing.
    MOVING = (State.WAITING, State.WORKING)

    # A draft may be thrown away or edited afterwards: the names stay, and what decided the prices then.
    first = models.ForeignKey(TariffVersion, on_delete=models.SET_NULL, null=True, related_name="+")
    second = models.ForeignKey(TariffVersion, on_delete=models.SET_NULL, null=True, related_name="+")
    first_name = models.CharField(max_length=60)
    second_name = models.CharField(max_length=60)
    first_print = models.CharField(max_length=64, blank=True)  # versions.fingerprint when it was worked out
    second_print = models.CharField(max_length=64, blank=True)
    month = models.DateField()
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # Of the form that was sent: sent twice, it asks once.
    key = models.UUIDField(default=uuid.uuid4, db_index=True)

    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    # How far a worker is, told while its transaction runs; how often one began.
    calls_in_all = models.BigIntegerField(default=0)
    calls_done = models.BigIntegerField(default=0)
    told_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=20, blank=True)  # why it failed: a key of comparing.REASONS
    value = models.CharField(max_length=200, blank=True)

    # The result: sums of all calls, and a row for each class as in compare.Comparison.kinds.
    calls = models.BigIntegerField(default=0)
    before = models.BigIntegerField(default=0)
    after = models.BigIntegerField(default=0)
    changed = models.BigIntegerField(default=0)
    unpriced_before = models.BigIntegerField(default=0)
    unpriced_after = models.BigIntegerField(default=0)
    kinds = models.JSONField(default=list, blank=True)
    contracts = models.PositiveIntegerField(default=0)  # with calls
    dearer = models.PositiveIntegerField(default=0)  # contracts that would pay more
    cheaper = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["first", "second", "month"],
                condition=models.Q(state__in=("waiting", "working")),
                name="comparison_under_way_once",
            )
        ]

    def __str__(self) -> str:
        return f"comparison {self.pk}"

    @property
    def moves(self) -> bool:
        return self.state in self.MOVING

    @property
    def difference(self) -> int:
        return self.after - self.before

    @property
    def share(self) -> int:
        """How many of the calls have been rated, in per cent."""
        return min(100, 100 * self.calls_done // self.calls_in_all) if self.calls_in_all else 0


class ComparedContract(models.Model):
    """What a comparison makes of one contract's calls."""

    comparison = models.ForeignKey(
        TariffComparison, on_delete=models.CASCADE, related_name="by_contract", db_index=False
    )
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="+")
    calls = models.PositiveIntegerField()
    changed = models.PositiveIntegerField()  # calls whose charge differs
    before = models.BigIntegerField()
    after = models.BigIntegerField()
    difference = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["comparison", "difference", "contract"], name="compared_contract_order")]

    def __str__(self) -> str:
        return f"{self.contract_id} in comparison {self.comparison_id}"
