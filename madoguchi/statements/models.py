"""The calls of the operator's contracts with their price, and how they came in; and the models of the rooms within."""

from datetime import date

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from madoguchi.contracts.models import Contract, UsageKind

from .billing.models import Payment, PaymentFile
from .closing.models import (
    Adjustment,
    Bill,
    BillingMonth,
    BillItem,
    ClosingRun,
    ClosingShard,
    MonthArchive,
)
from .closing.rerated import RerateDifference, Rerating
from .imports.models import ImportRun
from .reading.models import HidingChoice
from .tariffs.compared import ComparedContract, TariffComparison
from .tariffs.models import IncomingCallDiscount, NumberFee, TariffRule, TariffVersion, TaxRate
from .usage.models import DataAllowance, MessagePrice, UsageLine

__all__ = [
    "Adjustment",
    "Bill",
    "BillItem",
    "BillingMonth",
    "Call",
    "ClosingRun",
    "ClosingShard",
    "ComparedContract",
    "Conflict",
    "DataAllowance",
    "HidingChoice",
    "ImportRun",
    "IncomingCallDiscount",
    "MessagePrice",
    "MonthArchive",
    "NumberFee",
    "Payment",
    "PaymentFile",
    "RejectedRow",
    "RerateDifference",
    "Rerating",
    "TariffComparison",
    "TariffRule",
    "TariffVersion",
    "TaxRate",
    "UsageImport",
    "UsageKind",
    "UsageLine",
]


class UsageImport(models.Model):
    """One file of usage records taken in. Its digest keeps it from being taken in twice. Append-only: one that is
    undone stays, without its lines."""

    digest = models.CharField(max_length=64)  # SHA-256 of the file
    file_name = models.CharField(max_length=200)
    format = models.CharField(max_length=20)
    records = models.CharField(max_length=10, default="calls")  # their kind: a key of usage.registry.KINDS
    source = models.CharField(max_length=40)
    zone = models.CharField(max_length=64)
    imported_at = models.DateTimeField(default=timezone.now)
    # Records of the file, each counted once.
    read = models.PositiveIntegerField(default=0)
    stored = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    conflicting = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest"], condition=models.Q(undone_at=None), name="usage_import_once")
        ]

    def __str__(self) -> str:
        return f"import {self.pk}"


class RejectedRow(models.Model):
    """A record that was not stored, where it stands and why. The reason's words are in reasons.py.

    It is kept with the import, or until there is one with the run whose check found it.
    """

    usage_import = models.ForeignKey(
        UsageImport, on_delete=models.CASCADE, null=True, blank=True, related_name="rejected_rows"
    )
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, null=True, blank=True, related_name="rejected_rows")
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=60)
    reason = models.CharField(max_length=30)
    value = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(usage_import=None) ^ models.Q(run=None), name="rejected_row_is_of_one"
            )
        ]

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


class Conflict(models.Model):
    """A line of a record that says something else about a line already stored: kept apart until somebody decides
    (``imports/conflicts.py``)."""

    class Decision(models.TextChoices):
        KEPT = "kept", pgettext_lazy("conflict", "The stored one was kept")
        TAKEN = "taken", pgettext_lazy("conflict", "The new one was taken")

    usage_import = models.ForeignKey(UsageImport, on_delete=models.CASCADE, related_name="conflicts")
    line = models.PositiveIntegerField()
    records = models.CharField(max_length=10, db_default="calls")
    month = models.DateField()
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="+")
    key = models.UUIDField(db_index=True)
    outgoing = models.BooleanField()
    payload = models.JSONField()  # the line as it would have been stored
    decision = models.CharField(max_length=5, choices=Decision, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    replaced = models.JSONField(null=True, blank=True)  # the lines that stood when it was decided

    class Meta:
        indexes = [models.Index(fields=["usage_import", "decision", "line"], name="conflict_undecided")]

    def __str__(self) -> str:
        return f"conflict {self.pk}"


class CallQuerySet(models.QuerySet["Call"]):
    def of_month(self, contract: Contract, month: date) -> "CallQuerySet":
        """A contract's calls that ended in a month (its first day, operator's zone), in the order they began."""
        return self.filter(month=month, contract=contract).order_by("started_at", "key", "outgoing")


class Call(models.Model):
    """One line of a call statement: what was used, and what it cost and why.

    A call between two of our numbers is two lines, outgoing for one and incoming for the other. The table is
    partitioned by month (migration 0002); a partition is opened by the SQL function ``statements_open_month``.
    """

    pk = models.CompositePrimaryKey("month", "contract_id", "key", "outgoing")
    month = models.DateField()  # first day of the month the call ended in, operator's zone
    # No constraint in the database: it would keep the table from being distributed and cost a look-up a row.
    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, related_name="calls", db_constraint=False, db_index=False
    )
    key = models.UUIDField()  # digest of source and call id, or of the record where it has none
    outgoing = models.BooleanField()
    record = models.UUIDField()  # digest of the record: same key and other record is a conflict
    usage_import = models.ForeignKey(
        UsageImport, on_delete=models.PROTECT, related_name="calls", db_constraint=False, db_index=False
    )
    call_id = models.CharField(max_length=120, blank=True)
    number = models.CharField(max_length=16)  # ours, E.164
    other = models.CharField(max_length=20, blank=True)  # theirs: E.164 or special number; empty when withheld
    dialled = models.CharField(max_length=8, blank=True)  # 184, 186, carrier selector stripped from it
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    talk_seconds = models.IntegerField()
    # Rated: nothing below is computed again to show it.
    tariff = models.CharField(max_length=60, blank=True)
    prefix = models.CharField(max_length=15, blank=True)
    kind = models.CharField(max_length=20)
    area_ja = models.CharField(max_length=60, blank=True)
    area_en = models.CharField(max_length=60, blank=True)
    blocks = models.IntegerField()
    block_seconds = models.IntegerField()
    price = models.BigIntegerField()
    setup = models.BigIntegerField()
    charge = models.BigIntegerField()
    tax = models.CharField(max_length=10, blank=True)
    carried = models.BooleanField(default=True)
    earns = models.BooleanField(default=False)  # counts for the incoming-call discount

    objects = CallQuerySet.as_manager()

    def __str__(self) -> str:
        return f"call {self.key}"

    @property
    def answered(self) -> bool:
        return self.talk_seconds > 0
