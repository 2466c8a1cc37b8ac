"""Who vouches for an ID beside itself: business accounts at the operator's OpenID Connect providers."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from madoguchi.accounts.models.account import Account


class ExternalIdentityQuerySet(models.QuerySet["ExternalIdentity"]):
    def of(self, *, issuer: str, subject: str) -> "ExternalIdentity | None":
        """The connection of this business account, if it has one. The mail address plays no part in it."""
        return self.select_related("account").filter(issuer=issuer, subject=subject).first()


class ExternalIdentity(models.Model):
    """A business account that opens an ID: known by its issuer and its subject there, and by nothing else."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="external_identities")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["ExternalIdentity"]] = ExternalIdentityQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="external_identity_once")]

    def __str__(self) -> str:
        return f"business account {self.pk}"

    def used(self) -> None:
        self.last_used_at = timezone.now()
        self.save(update_fields=["last_used_at"])
