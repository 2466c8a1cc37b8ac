"""What the operator's own systems show to read and keep contracts, and what each did with it."""

from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.models import Account
from madoguchi.lib.tokens import digest, new_token

MARK = "mdg_"  # so that a token found in a file can be told for what it is
SHOWN = len(MARK) + 6


class Scope(models.TextChoices):
    READ = "contracts:read", _("Read customers and contracts")
    WRITE = "contracts:write", _("Store customers, contracts, numbers and roles")


class OperatorTokenQuerySet(models.QuerySet["OperatorToken"]):
    def good(self) -> Self:
        """Those that still open something."""
        today = timezone.localdate()
        return self.filter(Q(expires_on=None) | Q(expires_on__gte=today), revoked_at=None)

    def holder_of(self, shown: str) -> "OperatorToken | None":
        """Whose token was shown; None for one that opens nothing. Found by its digest: nothing is compared."""
        return self.good().filter(digest=digest(shown)).first()


class OperatorToken(models.Model):
    """A secret a system of the operator has. Only its digest is stored, and its beginning, to tell it by."""

    name = models.CharField(max_length=60)  # of the system
    scopes = models.JSONField(default=list)  # of Scope
    digest = models.CharField(max_length=64, unique=True)
    begins = models.CharField(max_length=16)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    expires_on = models.DateField(null=True, blank=True)  # its last day
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    last_used_at = models.DateTimeField(null=True, blank=True)  # to the minute

    objects: ClassVar[models.Manager["OperatorToken"]] = OperatorTokenQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"operator token {self.pk}"

    @property
    def state(self) -> str:
        if self.revoked_at:
            return "revoked"
        return "expired" if self.expires_on and self.expires_on < timezone.localdate() else "good"

    def may(self, scope: str) -> bool:
        return scope in self.scopes

    def used(self) -> None:
        """Note that it is in use, once a minute at most."""
        now = timezone.now().replace(second=0, microsecond=0)
        if self.last_used_at is None or self.last_used_at < now:
            OperatorToken.objects.filter(pk=self.pk).update(last_used_at=now)

    def revoke(self, *, by: Account) -> None:
        """It opens nothing from now on."""
        self.revoked_at, self.revoked_by = timezone.now(), by
        self.save(update_fields=["revoked_at", "revoked_by"])


def issue(*, name: str, scopes: list[str], by: Account, expires_on: date | None = None) -> tuple[OperatorToken, str]:
    """A token for the system ``name``, and its text, which nobody can read again."""
    text = f"{MARK}{new_token()}"
    token = OperatorToken.objects.create(
        name=name, scopes=scopes, digest=digest(text), begins=text[:SHOWN], created_by=by, expires_on=expires_on
    )
    return token, text


class TokenAct(models.Model):
    """Something a system stored with its token. Append-only; the database refuses changes."""

    token = models.ForeignKey(OperatorToken, on_delete=models.PROTECT, related_name="acts")
    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=10)  # of rows: customers, contracts, numbers, roles
    key = models.CharField(max_length=20, blank=True)  # the number of the customer or contract, where it was one
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    request_id = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
