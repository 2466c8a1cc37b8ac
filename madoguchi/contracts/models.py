"""Customers, their contracts, and who may see them."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from madoguchi.catalog.models import Service


class Customer(models.Model):
    number = models.CharField(max_length=10, unique=True)  # N + 9 digits
    name = models.CharField(max_length=120)
    name_kana = models.CharField(max_length=120, blank=True)

    def __str__(self) -> str:
        return self.number


class Contract(models.Model):
    number = models.CharField(max_length=20, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="contracts")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="contracts")
    plan = models.CharField(max_length=100, blank=True)
    # How the contract's usage is counted: internet, optical, phone, mobile, ip050.
    usage_kind = models.CharField(max_length=12)
    contact_phone = models.CharField(max_length=16)  # E.164
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)  # statements survive it

    def __str__(self) -> str:
        return self.number


class TelephoneNumber(models.Model):
    """A number held by a contract for a time; a 050 office contract holds up to 200."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="telephone_numbers")
    number = models.CharField(max_length=16, db_index=True)  # E.164
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return f"number {self.pk}"


class CustomerLink(models.Model):
    """An ID's right to see a customer's contracts: all of them (holder), or some (colleague)."""

    class Role(models.TextChoices):
        HOLDER = "holder"
        COLLEAGUE = "colleague"

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="customer_links")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="links")
    role = models.CharField(max_length=10, choices=Role)
    contracts = models.ManyToManyField(Contract, blank=True, related_name="colleague_links")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "customer"], name="customer_link_once")]

    def __str__(self) -> str:
        return f"{self.role} {self.pk}"
