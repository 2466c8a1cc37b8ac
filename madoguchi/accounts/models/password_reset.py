"""A forgotten password, from the question to the new one."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from madoguchi.accounts.models.account import Account


class PasswordReset(models.Model):
    """One use of the page for forgotten passwords, whoever the address belongs to.

    What was typed waits, sealed, for the worker. If it fits an ID, a link waits for its mail; if not, the row is over.
    """

    asked = models.BinaryField(null=True)  # emptied once the worker has answered
    asked_at = models.DateTimeField(default=timezone.now)
    # From here on only where a link was sent.
    account = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="password_resets")
    token_digest = models.CharField(max_length=64, blank=True)
    # Of the address and the password at that moment: the link dies when either changes.
    made_for = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField(null=True)
    wrong_codes = models.PositiveSmallIntegerField(default=0)

    class End(models.TextChoices):
        ANSWERED = "answered"  # without a link
        COMPLETED = "completed"
        SUPERSEDED = "superseded"  # by a newer link
        CHANGED = "changed"  # the password or the address changed meanwhile
        WRONG_CODES = "wrong_codes"
        EXPIRED = "expired"

    end = models.CharField(max_length=16, choices=End, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token_digest"], name="reset_token_once", condition=~Q(token_digest=""))
        ]
        indexes = [models.Index(fields=["account"], name="password_reset_open", condition=Q(end=""))]

    def __str__(self) -> str:
        return f"password reset {self.pk}"
