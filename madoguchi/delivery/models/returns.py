"""What came back of the mail that left, and the addresses not written to because of it: ``docs/delivery.md``."""

from typing import ClassVar, Self

from django.db import models
from django.utils import timezone


class Return(models.Model):
    """Something that came back about one letter: a bounce, a complaint. Append-only, and gone after a while.

    It holds nothing of the message: the address as a keyed digest, the server's words with addresses masked.
    """

    class Kind(models.TextChoices):
        HARD = "hard"  # the address does not exist, or takes no mail
        SOFT = "soft"  # given up for now: mailbox full, server out of reach
        DELAYED = "delayed"  # still being tried by the relay
        COMPLAINT = "complaint"  # reported as spam
        OTHER = "other"  # delivered, relayed; or nobody can say

    class Source(models.TextChoices):
        LMTP = "lmtp"
        IMAP = "imap"
        WEBHOOK = "webhook"
        RELAY = "relay"  # the next server refused it while we were sending

    class Weight(models.TextChoices):
        COUNTS = "counts"  # against its address
        WAITING = "waiting"  # until it is clear whether it is the address, or its domain
        HELD = "held"  # never: its domain called too many unknown at once

    # The letter's id, without a constraint: letters may go before what came back of them does. Null where only the
    # address is known.
    letter = models.BigIntegerField(null=True)
    recipient_key = models.CharField(max_length=120, blank=True)
    address_digest = models.CharField(max_length=64)
    domain = models.CharField(max_length=255)
    kind = models.CharField(max_length=10, choices=Kind)
    status = models.CharField(max_length=12, blank=True)  # RFC 3463: "5.1.1"
    words = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=8, choices=Source)
    weight = models.CharField(max_length=8, choices=Weight, default=Weight.COUNTS)
    received_at = models.DateTimeField(default=timezone.now)
    # Keyed digest of the message and of the place in it, so that one that comes twice counts once.
    mark = models.CharField(max_length=64, unique=True)

    class Meta:
        indexes = [
            models.Index(fields=["received_at", "kind"], name="return_received"),
            models.Index(fields=["address_digest", "received_at"], name="return_address"),
            models.Index(fields=["letter"], name="return_letter"),
            models.Index(fields=["domain", "received_at"], name="return_unknown", condition=models.Q(kind="hard")),
            models.Index(fields=["domain"], name="return_waiting", condition=models.Q(weight="waiting")),
        ]

    def __str__(self) -> str:
        return f"return {self.pk}: {self.kind}"


class Refusal(models.Model):
    """A letter a relay refused for its address, until what follows from it has been drawn.

    Written by the statement that records the letter's outcome, so that neither is ever there without the other.
    """

    letter = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return f"refusal of letter {self.pk}"


class DomainHoldQuerySet(models.QuerySet["DomainHold"]):
    def open(self) -> Self:
        """Those that hold now."""
        return self.filter(until__gt=timezone.now())


class DomainHold(models.Model):
    """A domain that called too many of its addresses unknown at once: what it says of them is not believed for now."""

    domain = models.CharField(max_length=255)
    since = models.DateTimeField()
    until = models.DateTimeField()
    addresses = models.PositiveIntegerField()  # unknown when it began
    letters = models.PositiveIntegerField(default=0)  # sent again because of it

    objects: ClassVar["models.Manager[DomainHold]"] = DomainHoldQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["until"], name="domain_hold_until")]

    def __str__(self) -> str:
        return f"{self.domain}: {self.since}"


class ReturnTally(models.Model):
    """How much came that had no effect, by day, way and why: forged, automatic replies, mail nobody can read."""

    class Why(models.TextChoices):
        FORGED = "forged"  # to no address of ours, or without its mark
        AUTOMATIC = "automatic"  # out of office and the like
        UNREADABLE = "unreadable"

    day = models.DateField()
    source = models.CharField(max_length=8, choices=Return.Source)
    why = models.CharField(max_length=12, choices=Why)
    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "source", "why"], name="return_tally_once")]

    def __str__(self) -> str:
        return f"{self.day}: {self.number} {self.why}"


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    def open(self) -> Self:
        """Those that hold now."""
        return self.filter(until=None)


class Suppression(models.Model):
    """An address that is not written to, since when, why, and until when it was so."""

    class Reason(models.TextChoices):
        HARD = "hard"
        SOFT = "soft"
        COMPLAINT = "complaint"
        OPERATOR = "operator"

    address = models.CharField(max_length=320)  # as in the envelope, the domain in lower case
    reason = models.CharField(max_length=10, choices=Reason)
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)  # null while it holds
    note = models.CharField(max_length=200, blank=True)
    by = models.CharField(max_length=150, blank=True)  # the login of whoever of the staff did it; this room has none

    objects: ClassVar["models.Manager[Suppression]"] = SuppressionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["address"], condition=models.Q(until=None), name="suppression_open_once"),
        ]
        indexes = [models.Index(fields=["-since"], name="suppression_since")]

    def __str__(self) -> str:
        return f"suppression {self.pk}: {self.reason}"
