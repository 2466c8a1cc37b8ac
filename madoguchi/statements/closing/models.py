"""Billing months, the runs that close them, the bills that come of it, and what is put right afterwards."""

from datetime import date, datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from madoguchi.contracts.models import Contract, Customer


class BillingMonth(models.Model):
    """A month of bills. A row is made when its closing begins; a month without one is open.

    From ``frozen_at`` on the database refuses to change its calls, and whatever comes late becomes an adjustment in a
    later month. Its bills are there for everybody at ``closed_at``, all at once.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("billing month", "Provisional")
        CLOSING = "closing", _("Being closed")
        CLOSED = "closed", pgettext_lazy("billing month", "Closed")

    month = models.DateField(primary_key=True)  # its first day
    frozen_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # Since then its calls are in the archive alone.
    dropped_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"

    @property
    def state(self) -> "BillingMonth.State":
        if self.closed_at:
            return self.State.CLOSED
        return self.State.CLOSING if self.frozen_at else self.State.OPEN


class ClosingRun(models.Model):
    """One closing of a month, from the freeze to the last bill, or until it was called off. Append-only."""

    month = models.DateField(db_index=True)
    begun_at = models.DateTimeField(default=timezone.now)
    # None: the periodic job or the command line.
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    finished_at = models.DateTimeField(null=True, blank=True)
    called_off_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month"], condition=Q(called_off_at__isnull=True), name="closing_run_one_a_month"
            )
        ]

    def __str__(self) -> str:
        return f"closing {self.month:%Y-%m}"


class ClosingShard(models.Model):
    """A part of a run: the contracts whose hash falls into it. Bills and this row's end are one transaction."""

    run = models.ForeignKey(ClosingRun, on_delete=models.CASCADE, related_name="shards")
    shard = models.PositiveSmallIntegerField()
    finished_at = models.DateTimeField(null=True, blank=True)
    bills = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "shard"], name="closing_shard_once")]

    def __str__(self) -> str:
        return f"shard {self.shard} of {self.run_id}"


class BillQuerySet(models.QuerySet["Bill"]):
    def issued(self) -> "BillQuerySet":
        """Those of closed months: the only ones anybody may see."""
        return self.exclude(number="")


class Bill(models.Model):
    """What a contract owes for a month. Milli-yen, save ``tax`` and ``total``, which are yen.

    It has its number when the month is closed, and not before.
    """

    run = models.ForeignKey(ClosingRun, on_delete=models.PROTECT, related_name="bills")
    month = models.DateField()
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="bills")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="bills")
    number = models.CharField(max_length=20, blank=True)
    due_on = models.DateField()
    lines = models.BigIntegerField()
    discount = models.BigIntegerField()
    fees = models.BigIntegerField()
    adjustments = models.BigIntegerField()  # of closed months, either sign
    brought = models.BigIntegerField()  # credit an earlier bill carried on; not above 0
    carried = models.BigIntegerField()  # credit this one carries on; not below 0
    tax = models.BigIntegerField()
    cut = models.BigIntegerField()
    total = models.BigIntegerField()

    objects: ClassVar[models.Manager["Bill"]] = BillQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["month", "contract"], name="bill_once"),
            models.UniqueConstraint(fields=["number"], condition=~Q(number=""), name="bill_number_once"),
            # The invariant of docs/rating.md once more, where no code of ours can forget it.
            models.CheckConstraint(
                name="bill_adds_up",
                condition=Q(
                    lines=(F("total") - F("tax")) * 1000
                    + F("cut")
                    + F("discount")
                    - F("fees")
                    - F("adjustments")
                    - F("brought")
                    - F("carried")
                ),
            ),
            models.CheckConstraint(
                name="bill_bounds", condition=Q(total__gte=0, cut__gte=0, cut__lt=1000, brought__lte=0, carried__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"bill {self.pk}"


class BillItem(models.Model):
    """A line of a bill, with the words that held when it was made."""

    class Kind(models.TextChoices):
        CALLS = "calls"  # of a class of destinations
        MESSAGES = "messages"  # of a class of destinations
        DATA = "data"  # all of the month, against the plan's allowance
        DISCOUNT = "discount"
        FEE = "fee"
        ADJUSTMENT = "adjustment"  # of the calls of a closed month
        DISCOUNT_ADJUSTMENT = "discount_adj"  # what these change in that month's discount
        DATA_ADJUSTMENT = "data_adj"  # what data that came late changes beyond that month's allowance
        BROUGHT = "brought"
        CARRIED = "carried"
        TAX = "tax"

    bill = models.ForeignKey(Bill, on_delete=models.CASCADE, related_name="items")
    ordinal = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=Kind)
    # Class of destination, fee, rule of the discount, allowance of data; of an adjustment the kind of record.
    code = models.CharField(max_length=40, blank=True)
    name_ja = models.CharField(max_length=60, blank=True)
    name_en = models.CharField(max_length=60, blank=True)
    month = models.DateField(null=True, blank=True)  # the one it is for, where that is another than the bill's
    tax_class = models.CharField(max_length=24, blank=True)
    rate = models.PositiveIntegerField(default=0)  # basis points
    count = models.IntegerField(default=0)  # calls, messages, blocks of data, numbers or units
    seconds = models.BigIntegerField(default=0)
    bytes = models.BigIntegerField(default=0)
    each = models.BigIntegerField(default=0)  # milli-yen
    amount = models.BigIntegerField()  # milli-yen as it stands in the sum; of a tax, its base
    tax_yen = models.BigIntegerField(null=True, blank=True)  # of a tax, the tax; of another line its share of it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bill", "ordinal"], name="bill_item_once")]
        ordering = ("bill", "ordinal")

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"


class AdjustmentQuerySet(models.QuerySet["Adjustment"]):
    def of_month(self, contract: Contract, month: date) -> "AdjustmentQuerySet":
        """What is put right on a contract's bill of ``month``."""
        return self.filter(contract=contract, month=month).order_by("for_month", "pk")


class Adjustment(models.Model):
    """A line of a closed month that came late, or is other than was billed: as it was and as it should be.

    ``old`` and ``new`` have the columns of a call (or of a usage line) as JSON; ``old`` is empty for one that was not
    billed, ``new`` for one that should not have been.
    """

    class Reason(models.TextChoices):
        LATE = "late", _("Came late")
        CORRECTED = "corrected", _("Corrected")
        WITHDRAWN = "withdrawn", pgettext_lazy("adjustment", "Withdrawn")
        RERATED = "rerated", _("Priced again")

    month = models.DateField()  # the open month whose bill it is on
    for_month = models.DateField()  # the closed one the call belongs to
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="adjustments")
    key = models.UUIDField(db_index=True)
    outgoing = models.BooleanField()
    records = models.CharField(max_length=10, db_default="calls")  # their kind: a key of usage.registry.KINDS
    reason = models.CharField(max_length=10, choices=Reason)
    old = models.JSONField(null=True, blank=True)
    new = models.JSONField(null=True, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    # Whence: a file, or a re-rating.
    usage_import = models.ForeignKey(
        "statements.UsageImport", on_delete=models.PROTECT, null=True, blank=True, related_name="adjustments"
    )
    rerating = models.ForeignKey(
        "statements.Rerating", on_delete=models.PROTECT, null=True, blank=True, related_name="adjustments"
    )

    objects: ClassVar[models.Manager["Adjustment"]] = AdjustmentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["month", "contract"], name="adjustment_of_month")]
        constraints = [
            models.CheckConstraint(
                condition=Q(old__isnull=False) | Q(new__isnull=False), name="adjustment_says_something"
            ),
            models.CheckConstraint(condition=Q(month__gt=F("for_month")), name="adjustment_comes_later"),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.pk}"

    @property
    def shown(self) -> dict[str, object]:
        """The side that says which call it is."""
        return self.new or self.old or {}

    @property
    def other(self) -> str:
        return str(self.shown["other"])

    @property
    def started_at(self) -> datetime:
        return datetime.fromisoformat(str(self.shown["started_at"]))

    @property
    def before(self) -> int:
        return int(self.old["charge"]) if self.old else 0

    @property
    def after(self) -> int:
        return int(self.new["charge"]) if self.new else 0

    @property
    def difference(self) -> int:
        return self.after - self.before


class MonthArchive(models.Model):
    """The Parquet files of a closed month: where, how much, and the digest of their manifest. Append-only."""

    month = models.DateField(primary_key=True)
    made_at = models.DateTimeField(default=timezone.now)
    calls = models.PositiveBigIntegerField()
    size = models.PositiveBigIntegerField()  # bytes of all files
    digest = models.CharField(max_length=64)  # SHA-256 of manifest.json, which has those of the files

    def __str__(self) -> str:
        return f"archive {self.month:%Y-%m}"
