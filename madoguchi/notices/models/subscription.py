"""Who wants to hear of what, and where: subscriptions, destinations with their hours, and opt-outs."""

import secrets
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from madoguchi.catalog.models import Service
from madoguchi.notices import lifecycle

ALL_DAYS = 0b111_1111  # bit 0 = Sunday … bit 6 = Saturday
ALL_HOURS = 0xFF_FFFF  # bit h = the hour h:00–h:59


class Subscription(models.Model):
    """サービス登録・通知設定: a service a customer follows, and which of its mail."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="subscriptions")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="subscriptions")
    work = models.BooleanField(default=True)
    trouble = models.BooleanField(default=True)
    only_my_contracts = models.BooleanField(default=False)
    regions = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "service"], name="subscription_once")]

    def __str__(self) -> str:
        return f"subscription {self.pk}"


def new_unsubscribe_key() -> bytes:
    return secrets.token_bytes(16)


class DestinationQuerySet(models.QuerySet["Destination"]):
    def standing(self) -> "DestinationQuerySet":
        """Those the owner has not removed."""
        return self.exclude(state=Destination.State.REMOVED)


class Destination(models.Model):
    """配信先メールアドレス: up to three slots per ID. A removed one stays as a row, for what was sent to it."""

    class Device(models.TextChoices):
        PC = "pc"
        MOBILE = "mobile"  # 携帯
        SMARTPHONE = "smartphone"

    class State(models.TextChoices):
        VERIFIED = "verified"
        PAUSED = "paused"  # bounced for good
        REMOVED = "removed"  # by its owner

    class Outside(models.TextChoices):
        SKIP = "skip"
        HOLD = "hold"

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="destinations")
    slot = models.PositiveSmallIntegerField()
    address = models.CharField(max_length=320)  # as sent in the envelope
    device = models.CharField(max_length=12, choices=Device, default=Device.PC)
    state = models.CharField(max_length=10, choices=State, default=State.VERIFIED)
    # 配信希望曜日・時間 in the account's time zone, as bits.
    days = models.PositiveSmallIntegerField(default=ALL_DAYS)
    hours = models.PositiveIntegerField(default=ALL_HOURS)
    outside = models.CharField(max_length=6, choices=Outside, default=Outside.SKIP)
    critical_always = models.BooleanField(default=False)
    verified_at = models.DateTimeField(default=timezone.now)
    paused_at = models.DateTimeField(null=True, blank=True)
    # Why, as a code the pages have words for.
    paused_reason = models.CharField(max_length=60, blank=True)
    # Signs the unsubscribe links of this destination: see notices/unsubscribe.py.
    unsubscribe_key = models.BinaryField(max_length=16, default=new_unsubscribe_key, editable=False)

    objects: ClassVar["models.Manager[Destination]"] = DestinationQuerySet.as_manager()

    class Meta:
        ordering = ("slot",)
        constraints = [
            models.UniqueConstraint(
                fields=["account", "slot"], condition=~models.Q(state="removed"), name="destination_slot_once"
            ),
            models.UniqueConstraint(
                fields=["account", "address"], condition=~models.Q(state="removed"), name="destination_address_once"
            ),
            models.CheckConstraint(condition=models.Q(slot__range=(1, 3)), name="destination_three_slots"),
            models.CheckConstraint(condition=models.Q(days__range=(0, ALL_DAYS)), name="destination_days"),
            models.CheckConstraint(condition=models.Q(hours__range=(0, ALL_HOURS)), name="destination_hours"),
        ]

    def __str__(self) -> str:
        return f"destination {self.pk}"


class DestinationChange(models.Model):
    """A new address for a slot, or a changed one, that waits for the link in its mail (仮登録).

    Until then what stands in the slot goes on receiving. A newer change of the same slot supersedes it.
    """

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="destination_changes")
    slot = models.PositiveSmallIntegerField()
    address = models.CharField(max_length=320)  # as sent in the envelope
    device = models.CharField(max_length=12, choices=Destination.Device)
    days = models.PositiveSmallIntegerField(default=ALL_DAYS)
    hours = models.PositiveIntegerField(default=ALL_HOURS)
    outside = models.CharField(max_length=6, choices=Destination.Outside, default=Destination.Outside.SKIP)
    critical_always = models.BooleanField(default=False)
    token_digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["account", "slot"], name="destination_change_slot")]

    def __str__(self) -> str:
        return f"destination change {self.pk}"


class CalendarFeed(models.Model):
    """The secret address under which a customer's own calendar program reads the work that touches them."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feeds")
    token_digest = models.CharField(max_length=64, unique=True)
    # The address again, for its owner's page.
    sealed = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=models.Q(revoked_at__isnull=True), name="calendar_feed_once"
            )
        ]

    def __str__(self) -> str:
        return f"calendar feed {self.pk}"


class OptOutQuerySet(models.QuerySet["OptOut"]):
    def standing(self) -> "OptOutQuerySet":
        """Those that were not undone."""
        return self.filter(undone_at__isnull=True)


class OptOut(models.Model):
    """An address that said, by the link in a mail, that it wants no more of one service's mail of one kind.

    Kept by address, not by destination: it holds when the owner moves the address to another slot, and does not touch
    an address that takes the old slot. The owner of the ID may undo it.
    """

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="opt_outs")
    address = models.CharField(max_length=320)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=lifecycle.Kind)
    created_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar["models.Manager[OptOut]"] = OptOutQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "address", "service", "kind"],
                condition=models.Q(undone_at__isnull=True),
                name="opt_out_once",
            )
        ]

    def __str__(self) -> str:
        return f"opt-out {self.pk}"

    def undo(self, *, at: datetime | None = None) -> None:
        """The owner wants that mail at that address again. Undoing twice changes nothing."""
        OptOut.objects.standing().filter(pk=self.pk).update(undone_at=at or timezone.now())
