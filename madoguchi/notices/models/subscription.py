"""Who wants to hear of what: subscriptions, opt-outs, and a calendar of one's own."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from madoguchi.catalog.models import Service
from madoguchi.notices import lifecycle


class Subscription(models.Model):
    """サービス登録・通知設定: a service a customer follows, and which of its mail."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="subscriptions")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="subscriptions", db_index=False)
    work = models.BooleanField(default=True)
    trouble = models.BooleanField(default=True)
    only_my_contracts = models.BooleanField(default=False)
    regions = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            # The service first, so that it also finds a service's followers in the order of their IDs (notices/due.py).
            models.UniqueConstraint(fields=["service", "account"], name="subscription_once")
        ]

    def __str__(self) -> str:
        return f"subscription {self.pk}"


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


class Digest(models.Model):
    """What one mail told that carried letters held from several mailings (notices/digest.py)."""

    mailings = ArrayField(models.BigIntegerField())
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"digest {self.pk}"
