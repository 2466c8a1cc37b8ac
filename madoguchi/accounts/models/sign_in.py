"""Signed-in sessions as rows, so that they can be listed, limited and ended one by one."""

import uuid
from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from madoguchi.accounts.models.account import Account


class SignInQuerySet(models.QuerySet["SignIn"]):
    def standing(self, account: Account | None = None) -> Self:
        """Those that let somebody in now; of ``account``, or of everybody."""
        now = timezone.now()
        found = self.filter(opened_at__isnull=False, end="", idle_at__gt=now, expires_at__gt=now)
        return found if account is None else found.filter(account=account)

    def finish_all(self, account: Account, why: "SignIn.End", *, but: "SignIn | None" = None) -> int:
        """End every session of ``account``, save ``but``; return how many there were."""
        found = self.filter(account=account, end="")
        found = found.exclude(pk=but.pk) if but else found
        return found.update(end=why, ended_at=timezone.now())

    def settle(self, *, now: datetime) -> int:
        """Write into the rows what time has ended; return how many there were."""
        over = self.filter(end="")
        expired = over.filter(expires_at__lte=now).update(end=SignIn.End.EXPIRED, ended_at=F("expires_at"))
        return expired + over.filter(idle_at__lte=now).update(end=SignIn.End.IDLE, ended_at=F("idle_at"))


class SignIn(models.Model):
    """One browser's session of one ID, from the first right factor to its end.

    The session itself holds only the key of this row; the row decides whether it still lets anybody in.
    """

    class End(models.TextChoices):
        LOGOUT = "logout"
        ENDED = "ended"  # by its owner, from another device
        REPLACED = "replaced"  # the browser signed in anew
        PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a reason
        PASSWORD_RESET = "password_reset"  # noqa: S105
        CLOSED = "closed"
        IDLE = "idle"
        EXPIRED = "expired"
        STAFF = "staff"

    # What addresses and tokens may call it.
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # An index below begins with it too.
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="sign_ins", db_index=False)
    device = models.CharField(max_length=64, blank=True)  # as in the ledger
    network = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=300, blank=True)
    stay = models.BooleanField(default=False)
    started_at = models.DateTimeField(default=timezone.now)
    opened_at = models.DateTimeField(null=True)  # None while a second factor is still missing
    last_seen_at = models.DateTimeField(default=timezone.now)
    idle_at = models.DateTimeField()  # when it ends if nothing more is heard
    expires_at = models.DateTimeField()
    end = models.CharField(max_length=20, choices=End, blank=True)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["SignIn"]] = SignInQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["account", "-started_at"], name="sign_in_of_account"),
            models.Index(fields=["expires_at"], name="sign_in_open", condition=Q(end="")),
        ]

    def __str__(self) -> str:
        return f"sign-in {self.public_id}"

    @property
    def is_standing(self) -> bool:
        now = timezone.now()
        return self.opened_at is not None and not self.end and self.idle_at > now and self.expires_at > now

    def finish(self, why: "SignIn.End") -> None:
        """End this session; one that has ended stays as it is."""
        now = timezone.now()
        if SignIn.objects.filter(pk=self.pk, end="").update(end=why, ended_at=now):
            self.end, self.ended_at = why, now
