"""The change of a contact phone, from the code to the old number until the code to the new one."""

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from madoguchi.accounts.models import SignIn
from madoguchi.contracts.models.customers import Contract

# Between the code to the old number and the code to the new one.
GOOD_FOR = timedelta(minutes=30)


class PhoneChangeQuerySet(models.QuerySet["PhoneChange"]):
    def begun_in(self, sign_in: SignIn, contract: Contract) -> "PhoneChangeQuerySet":
        """The changes of ``contract``'s phone begun in ``sign_in``, newest first."""
        return self.filter(sign_in=sign_in, contract=contract).order_by("-created_at", "-pk")


class PhoneChange(models.Model):
    """Begun with a right code to the old number, in one sign-in; done once or never."""

    class End(models.TextChoices):
        DONE = "done"
        SUPERSEDED = "superseded"  # begun again

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="phone_changes")
    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="phone_changes")
    sign_in = models.ForeignKey(SignIn, on_delete=models.CASCADE, related_name="phone_changes")
    old_phone = models.CharField(max_length=16)  # E.164
    new_phone = models.CharField(max_length=16, blank=True)  # E.164; empty until it is named
    # For every contract of the customer that has the old phone, not for this one alone.
    everywhere = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    end = models.CharField(max_length=10, choices=End, blank=True)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["PhoneChange"]] = PhoneChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sign_in", "contract"], condition=Q(end=""), name="phone_change_one_open")
        ]

    def __str__(self) -> str:
        return f"phone change {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether it can go on: neither done nor too old, and the contract's phone is still the old one."""
        return not self.end and self.expires_at > timezone.now() and self.contract.contact_phone == self.old_phone

    @property
    def contracts(self) -> models.QuerySet[Contract]:
        """Those whose phone is about to change."""
        if not self.everywhere:
            return Contract.objects.filter(pk=self.contract_id)
        return Contract.objects.filter(customer=self.contract.customer_id, contact_phone=self.old_phone)
