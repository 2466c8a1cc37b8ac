"""Customers, their contracts, and who may see them."""

import unicodedata
from datetime import date
from typing import ClassVar

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.models import Account
from madoguchi.catalog.models import Service
from madoguchi.contracts import customer_number


class Customer(models.Model):
    number = models.CharField(max_length=10, unique=True, validators=[RegexValidator(r"\AN[0-9]{9}\Z")])
    name = models.CharField(max_length=120)
    name_kana = models.CharField(max_length=120, blank=True)

    def __str__(self) -> str:
        return self.number

    @property
    def masked_number(self) -> str:
        return customer_number.masked(self.number)


class UsageKind(models.TextChoices):
    """How a contract's usage is counted, and so what its statement shows."""

    INTERNET = "internet", _("Internet access")
    OPTICAL = "optical", _("Optical phone")
    PHONE = "phone", _("Phone")
    MOBILE = "mobile", _("Mobile")
    IP050 = "ip050", _("050 IP phone")


class ContractQuerySet(models.QuerySet["Contract"]):
    def visible_to(self, account: Account) -> "ContractQuerySet":
        """The contracts ``account`` may see, ended ones included because their statements survive them.

        A holder sees every contract of the customer, a colleague only those named in the link. Every page finds a
        contract through here, so that somebody else's contract is as absent as one that never was.
        """
        links = CustomerLink.objects.filter(account=account)
        held = links.filter(role=CustomerLink.Role.HOLDER).values("customer")
        shown = links.filter(role=CustomerLink.Role.COLLEAGUE, contracts__isnull=False).values("contracts")
        # From the account's few links on. A join of contracts with links would be as large as the two multiplied.
        return self.filter(Q(customer__in=held) | Q(pk__in=shown))

    def held_by(self, account: Account) -> "ContractQuerySet":
        """The contracts of customers ``account`` is the holder of."""
        holding = CustomerLink.objects.filter(account=account, role=CustomerLink.Role.HOLDER)
        return self.filter(customer__in=holding.values("customer"))

    def search(self, text: str) -> "ContractQuerySet":
        """Those whose number, service or plan has ``text`` in it; all where it is empty."""
        words = unicodedata.normalize("NFKC", text).strip()
        if not words:
            return self
        return self.filter(
            Q(number__icontains=words)
            | Q(plan__icontains=words)
            | Q(plan_en__icontains=words)
            | Q(service__name_ja__icontains=words)
            | Q(service__name_en__icontains=words)
        )

    def in_force(self) -> "ContractQuerySet":
        """Those that have not ended."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gt=timezone.localdate()))


class Contract(models.Model):
    number = models.CharField(max_length=20, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="contracts")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="contracts")
    plan = models.CharField(max_length=100, blank=True)
    plan_en = models.CharField(max_length=100, blank=True)
    usage_kind = models.CharField(max_length=12, choices=UsageKind)
    contact_phone = models.CharField(max_length=16)  # E.164
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)  # statements survive it

    objects: ClassVar[models.Manager["Contract"]] = ContractQuerySet.as_manager()

    def __str__(self) -> str:
        return self.number

    # The plan as readers see it, by language, as ``in_language`` asks for it.
    @property
    def plan_name_ja(self) -> str:
        return self.plan

    @property
    def plan_name_en(self) -> str:
        return self.plan_en


class TelephoneNumberQuerySet(models.QuerySet["TelephoneNumber"]):
    def held_on(self, day: date) -> "TelephoneNumberQuerySet":
        """Those that a contract holds on ``day``; none is held past its contract's own end."""
        number_lasts = Q(ended_on=None) | Q(ended_on__gte=day)
        contract_lasts = Q(contract__ended_on=None) | Q(contract__ended_on__gte=day)
        return self.filter(number_lasts, contract_lasts, started_on__lte=day)


class TelephoneNumber(models.Model):
    """A number held by a contract for a time; a 050 office contract holds up to 200."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="telephone_numbers")
    number = models.CharField(max_length=16, db_index=True)  # E.164
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    objects = TelephoneNumberQuerySet.as_manager()

    def __str__(self) -> str:
        return f"number {self.pk}"


class CustomerLinkQuerySet(models.QuerySet["CustomerLink"]):
    def removable_by(self, account: Account) -> "CustomerLinkQuerySet":
        """An ID's own links, and other IDs' to the customers whose contracts ``account`` holds."""
        held = CustomerLink.objects.filter(account=account, role=CustomerLink.Role.HOLDER).values("customer")
        return self.filter(Q(account=account) | Q(customer__in=held))


class CustomerLink(models.Model):
    """An ID's right to see a customer's contracts: all of them (holder), or some (colleague)."""

    class Role(models.TextChoices):
        HOLDER = "holder"
        COLLEAGUE = "colleague"

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="customer_links")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="links")
    role = models.CharField(max_length=10, choices=Role)
    # A colleague's contracts; a holder's link names none.
    contracts = models.ManyToManyField(Contract, blank=True, related_name="colleague_links")
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["CustomerLink"]] = CustomerLinkQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "customer"], name="customer_link_once")]

    def __str__(self) -> str:
        return f"{self.role} {self.pk}"

    @property
    def masked_address(self) -> str:
        """Whose it is, for who knows the person: ``b***@example.jp``."""
        local, _at, domain = self.account.email.rpartition("@")
        return f"{local[:1]}***@{domain}"
