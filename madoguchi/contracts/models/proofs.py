"""What was typed as a contact phone, what was proven by a code, and the devices that need no code for a while."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from madoguchi.accounts.models import Account, SignIn
from madoguchi.contracts.models.customers import Contract, Customer


class PhoneEntry(models.Model):
    """One try to name a contract's contact phone. What was typed is not kept."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="phone_entries")
    # None where a customer number was typed with it, and the two do not go together.
    contract = models.ForeignKey(Contract, null=True, on_delete=models.CASCADE, related_name="phone_entries")
    # Keyed digest of that customer number, whether or not anybody has it.
    claim = models.CharField(max_length=64, blank=True)
    sign_in = models.ForeignKey(SignIn, on_delete=models.CASCADE, related_name="phone_entries")
    right = models.BooleanField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["account", "-at"], name="phone_entry_recent")]

    def __str__(self) -> str:
        return f"phone entry {self.pk}"


class TrustedDeviceQuerySet(models.QuerySet["TrustedDevice"]):
    def standing(self, account: Account) -> "TrustedDeviceQuerySet":
        """The devices ``account`` needs no code on, last used first; ``trusted_until`` says for how long at most.

        One made under a former password stands no more, though nobody has ended it.
        """
        usable = self.filter(account=account, end="", password_mark=account.get_session_auth_hash())
        until = models.Max("phones__expires_at")
        return usable.annotate(trusted_until=until).filter(trusted_until__gt=timezone.now()).order_by("-last_used_at")


class TrustedDevice(models.Model):
    """A browser in which one ID proved a contact phone, known again by a secret that changes with each use."""

    class End(models.TextChoices):
        FORGOTTEN = "forgotten"  # by the customer
        PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a reason
        REUSED = "reused"  # an old secret came back: somebody copied it

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="trusted_devices")
    secret_digest = models.CharField(max_length=64, unique=True)
    # Changes with the password, so that a device does not outlive it.
    password_mark = models.CharField(max_length=128)
    agent = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(default=timezone.now)
    end = models.CharField(max_length=16, choices=End, blank=True)
    ended_at = models.DateTimeField(null=True)

    trusted_until: datetime  # of those that standing() found

    objects: ClassVar[models.Manager["TrustedDevice"]] = TrustedDeviceQuerySet.as_manager()

    def __str__(self) -> str:
        return f"trusted device {self.pk}"

    def forget(self, reason: "TrustedDevice.End" = End.FORGOTTEN) -> None:
        """End the trust, and what the device has opened without a code."""
        self.end, self.ended_at = reason, timezone.now()
        self.save(update_fields=["end", "ended_at"])
        self.phone_proofs.all().delete()


class TrustedPhone(models.Model):
    """For which customer and contact phone a device is trusted, and until when."""

    device = models.ForeignKey(TrustedDevice, on_delete=models.CASCADE, related_name="phones")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="trusted_phones")
    phone = models.CharField(max_length=16)  # E.164; a changed contact phone no longer equals it
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["device", "customer", "phone"], name="trusted_phone_once")]

    def __str__(self) -> str:
        return f"trusted phone {self.pk}"


class RetiredSecret(models.Model):
    """A secret a device had before. Seeing it again means that there are two holders."""

    device = models.ForeignKey(TrustedDevice, on_delete=models.CASCADE, related_name="retired_secrets")
    secret_digest = models.CharField(max_length=64, unique=True)
    retired_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"retired secret {self.pk}"


class PhoneProofQuerySet(models.QuerySet["PhoneProof"]):
    def standing(self, sign_in: SignIn) -> "PhoneProofQuerySet":
        """What was proven in ``sign_in`` and may still be used."""
        return self.filter(sign_in=sign_in, expires_at__gt=timezone.now())

    def covering(self, contract: Contract) -> "PhoneProofQuerySet":
        """Proofs of the phone that is ``contract``'s contact phone now."""
        return self.filter(customer=contract.customer_id, phone=contract.contact_phone)


class PhoneProof(models.Model):
    """That the ID of a sign-in holds the contact phone of a customer's contracts, for a while."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="phone_proofs")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="phone_proofs")
    phone = models.CharField(max_length=16)  # E.164
    sign_in = models.ForeignKey(SignIn, on_delete=models.CASCADE, related_name="phone_proofs")
    # The device that stood in for a code, if one did.
    device = models.ForeignKey(TrustedDevice, null=True, on_delete=models.CASCADE, related_name="phone_proofs")
    at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    objects: ClassVar[models.Manager["PhoneProof"]] = PhoneProofQuerySet.as_manager()

    def __str__(self) -> str:
        return f"phone proof {self.pk}"
