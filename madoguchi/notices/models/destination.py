"""Where somebody wants to hear of it: delivery addresses with their hours, and new ones that wait for their link."""

import secrets
from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils import timezone

from madoguchi.accounts.models import Account
from madoguchi.delivery.models import Letter

ALL_DAYS = 0b111_1111  # bit 0 = Sunday … bit 6 = Saturday
ALL_HOURS = 0xFF_FFFF  # bit h = the hour h:00–h:59


def new_unsubscribe_key() -> bytes:
    return secrets.token_bytes(16)


def new_box() -> str:
    return secrets.token_hex(8)


class DestinationQuerySet(models.QuerySet["Destination"]):
    def standing(self) -> "DestinationQuerySet":
        """Those the owner has not removed."""
        return self.exclude(state=Destination.State.REMOVED)


class Destination(models.Model):
    """配信先メールアドレス: up to three slots per ID, see ``notices/destinations.py``.

    A row is an address of an ID. It stays when the address leaves its slot, for the history of what was sent to it.
    """

    class Device(models.TextChoices):
        PC = "pc"
        MOBILE = "mobile"  # 携帯
        SMARTPHONE = "smartphone"

        @property
        def letter_format(self) -> Letter.Format:
            return Letter.Format.SHORT if self == self.MOBILE else Letter.Format.FULL

    class State(models.TextChoices):
        VERIFIED = "verified"
        PAUSED = "paused"  # bounced for good
        REMOVED = "removed"  # by its owner, or another address took the slot

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
    # The work calendar comes with work mails (full ones; a 携帯 takes nothing attached).
    with_calendar = models.BooleanField(default=False, db_default=False)
    verified_at = models.DateTimeField(default=timezone.now)
    paused_at = models.DateTimeField(null=True, blank=True)
    # Why, as a code the pages have words for.
    paused_reason = models.CharField(max_length=60, blank=True)
    # Signs the unsubscribe links of this destination: see notices/unsubscribe.py.
    unsubscribe_key = models.BinaryField(max_length=16, default=new_unsubscribe_key, editable=False)
    # Its name in Message-IDs, which says nothing about it.
    box = models.CharField(max_length=16, default=new_box, editable=False)

    objects: ClassVar["models.Manager[Destination]"] = DestinationQuerySet.as_manager()

    class Meta:
        ordering = ("slot",)
        indexes = [models.Index(fields=["address"], name="destination_address")]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "slot"], condition=~models.Q(state="removed"), name="destination_slot_once"
            ),
            models.UniqueConstraint(fields=["account", "address"], name="destination_address_once"),
            models.CheckConstraint(condition=models.Q(slot__range=(1, 3)), name="destination_three_slots"),
            models.CheckConstraint(
                condition=models.Q(with_calendar=False) | ~models.Q(device="mobile"),
                name="destination_calendar_not_mobile",
            ),
            models.CheckConstraint(condition=models.Q(days__range=(0, ALL_DAYS)), name="destination_days"),
            models.CheckConstraint(condition=models.Q(hours__range=(0, ALL_HOURS)), name="destination_hours"),
        ]

    def __str__(self) -> str:
        return f"destination {self.pk}"

    @property
    def recipient_key(self) -> str:
        """What its letters are found by; the statement of audience.py writes the same."""
        return f"destination:{self.pk}"


class DestinationChangeQuerySet(models.QuerySet["DestinationChange"]):
    def waiting(self, account: Account) -> Self:
        """Those whose link still works, one a slot at most."""
        return self.filter(account=account, end="", expires_at__gt=timezone.now())

    def call_off(self, account: Account, *, slot: int, end: str) -> None:
        """The link that waits for the slot, if one does, works no more, because of ``end``."""
        of_slot = self.filter(account=account, slot=slot)
        of_slot.settle(now=timezone.now())
        of_slot.filter(end="").update(end=end, ended_at=timezone.now(), address="")

    def settle(self, *, now: datetime) -> int:
        """Write into the rows what time has ended, and empty the address of all that are over; return how many."""
        self.filter(end="", expires_at__lte=now).update(end=DestinationChange.End.EXPIRED, ended_at=F("expires_at"))
        return self.exclude(end="").exclude(address="").update(address="")


class DestinationChange(models.Model):
    """A new address for a slot, or a changed one, that waits for the link in its mail (仮登録).

    Until then what stands in the slot goes on receiving. Once it is over the address is emptied; the digest of the link
    stays for a while, to say why it no longer works, and that of the address, to count the mails sent there in a day.
    """

    class End(models.TextChoices):
        DONE = "done"
        SUPERSEDED = "superseded"  # another address was asked for, or the mail once more
        CALLED_OFF = "called_off"
        EXPIRED = "expired"

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="destination_changes")
    slot = models.PositiveSmallIntegerField()
    address = models.CharField(max_length=320, blank=True)  # as sent in the envelope
    device = models.CharField(max_length=12, choices=Destination.Device)
    days = models.PositiveSmallIntegerField(default=ALL_DAYS)
    hours = models.PositiveIntegerField(default=ALL_HOURS)
    outside = models.CharField(max_length=6, choices=Destination.Outside, default=Destination.Outside.SKIP)
    critical_always = models.BooleanField(default=False)
    with_calendar = models.BooleanField(default=False, db_default=False)
    target = models.CharField(max_length=64)  # keyed digest of the address
    mailed = models.BooleanField(default=True)  # not where the address had its share of the day already
    token_digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    end = models.CharField(max_length=12, choices=End, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar["models.Manager[DestinationChange]"] = DestinationChangeQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["target", "created_at"], name="destination_change_target")]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "slot"], condition=models.Q(end=""), name="destination_change_one_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"destination change {self.pk}"

    @property
    def dead(self) -> str:
        """Why the link no longer works; empty while it does."""
        if self.end:
            return self.end
        return self.End.EXPIRED if self.expires_at <= timezone.now() else ""

    @property
    def resumes(self) -> bool:
        """Whether it lets the paused address of its slot receive again, rather than putting another one there."""
        there = Destination.objects.filter(account=self.account_id, slot=self.slot, state=Destination.State.PAUSED)
        return there.filter(address=self.address).exists()

    def finish(self, end: "DestinationChange.End") -> None:
        self.end, self.ended_at, self.address = end, timezone.now(), ""
        self.save(update_fields=["end", "ended_at", "address"])
