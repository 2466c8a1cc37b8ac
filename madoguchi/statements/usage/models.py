"""Lines of usage that are no calls, and the dated prices they are settled by."""

from typing import ClassVar

from django.db import models

from madoguchi.catalog.models import Service
from madoguchi.contracts.models import Contract

WHOLE = 10**9  # bytes: the usual block


class UsageLine(models.Model):
    """One line of a statement of messages, mobile data or internet access.

    A message between two of our numbers is two lines, as a call is. Partitioned by month as the table of calls
    (migration 0004), and under the same guards. What is not said of a kind of record is 0, empty or null.
    """

    pk = models.CompositePrimaryKey("month", "contract_id", "key", "outgoing")
    month = models.DateField()  # first day of the month it ended in, operator's zone
    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, related_name="usage_lines", db_constraint=False, db_index=False
    )
    key = models.UUIDField()
    outgoing = models.BooleanField(default=True)
    records = models.CharField(max_length=10)  # the kind of record: a key of registry.KINDS
    record = models.UUIDField()  # digest of the record
    usage_import = models.ForeignKey(
        "statements.UsageImport",
        on_delete=models.PROTECT,
        related_name="usage_lines",
        db_constraint=False,
        db_index=False,
    )
    given_id = models.CharField(max_length=120, blank=True)  # the record's id at its source
    number = models.CharField(max_length=20, blank=True)  # ours: E.164, or the contract's number where it has none
    other = models.CharField(max_length=20, blank=True)  # theirs: E.164, special number or a sender's name
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    segments = models.IntegerField(default=0)  # parts a message was sent in
    bytes = models.BigIntegerField(default=0)
    up_bytes = models.BigIntegerField(null=True, blank=True)
    down_bytes = models.BigIntegerField(null=True, blank=True)
    network = models.CharField(max_length=60, blank=True)  # access point name of mobile data
    # Messages are rated one by one; what data costs is known of a month alone.
    tariff = models.CharField(max_length=60, blank=True)
    prefix = models.CharField(max_length=15, blank=True)
    kind = models.CharField(max_length=20, blank=True)
    area_ja = models.CharField(max_length=60, blank=True)
    area_en = models.CharField(max_length=60, blank=True)
    price = models.BigIntegerField(default=0)  # milli-yen a segment
    charge = models.BigIntegerField(default=0)
    tax = models.CharField(max_length=10, blank=True)

    def __str__(self) -> str:
        return f"{self.records} {self.key}"


class DataAllowance(models.Model):
    """What a plan includes of data in a month, and what each begun block beyond it costs, from a month on."""

    name_ja = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="data_allowances")
    plan = models.CharField(max_length=100, blank=True)  # as the contract has it; empty: every plan without its own row
    valid_from = models.DateField()
    included = models.BigIntegerField(null=True, blank=True)  # bytes; null: without a limit
    block = models.BigIntegerField(default=WHOLE)  # bytes
    price = models.BigIntegerField(default=0)  # milli-yen a begun block, before tax
    tax = models.CharField(max_length=10, default="standard")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["service", "plan", "valid_from"], name="data_allowance_dated"),
            models.CheckConstraint(
                condition=models.Q(block__gte=1, price__gte=0)
                & (models.Q(included__isnull=True) | models.Q(included__gte=0)),
                name="data_allowance_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name_ja} {self.valid_from}"


class MessagePrice(models.Model):
    """The price of a message to numbers with a prefix, by the part it was sent in, from a month on; longest wins."""

    prefix = models.CharField(max_length=15)
    kind = models.CharField(max_length=20)
    valid_from = models.DateField()
    price = models.BigIntegerField()  # milli-yen a segment, before tax
    tax = models.CharField(max_length=10, default="standard")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["prefix", "valid_from"], name="message_price_dated"),
            models.CheckConstraint(condition=models.Q(price__gte=0), name="message_price_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.prefix} {self.valid_from}"
