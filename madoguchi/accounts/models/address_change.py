"""A new mail address of a customer ID, until the link sent there is used."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from madoguchi.accounts.models.account import Account


class AddressChangeQuerySet(models.QuerySet["AddressChange"]):
    def waiting(self, account: Account) -> Self:
        """The one whose link still works, if any."""
        return self.filter(account=account, end="", expires_at__gt=timezone.now())

    def settle(self, *, now: datetime) -> int:
        """Write into the rows what time has ended, and empty the address of all that are over; return how many."""
        self.filter(end="", expires_at__lte=now).update(end=AddressChange.End.EXPIRED, ended_at=F("expires_at"))
        return self.exclude(end="").exclude(email="").update(email="")


class AddressChange(models.Model):
    """Asked for by the ID's owner, carried out by the owner with the link that went to the new address.

    Once it is over the address is emptied; the digest of the link stays for a while, to say why it no longer works.
    """

    class End(models.TextChoices):
        DONE = "done"
        SUPERSEDED = "superseded"  # another address was asked for
        CALLED_OFF = "called_off"
        EXPIRED = "expired"
        TAKEN = "taken"  # another ID had the address by then

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="address_changes")
    email = models.EmailField(max_length=254, blank=True)
    token_digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    end = models.CharField(max_length=12, choices=End, blank=True)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["AddressChange"]] = AddressChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account"], condition=Q(end=""), name="address_change_one_waiting"),
        ]

    def __str__(self) -> str:
        return f"address change {self.pk}"

    @property
    def dead(self) -> str:
        """Why the link no longer works; empty while it does."""
        if self.end:
            return self.end
        return self.End.EXPIRED if self.expires_at <= timezone.now() else ""

    def finish(self, end: "AddressChange.End") -> None:
        self.end, self.ended_at = end, timezone.now()
        self.save(update_fields=["end", "ended_at"])
