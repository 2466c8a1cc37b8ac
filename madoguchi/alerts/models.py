"""What an ID wants to be told of a contract or of one of its numbers, and what it was told."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from madoguchi.accounts.models import Account
from madoguchi.contracts.models import Contract, TelephoneNumber


class WatchQuerySet(models.QuerySet["Watch"]):
    def awake(self) -> Self:
        """Those that ask for something."""
        asks = models.Q(new_country=True) | models.Q(rise=True) | models.Q(data_used=True)
        return self.filter(models.Q(budget__isnull=False) | asks)

    def of(self, account: Account, contract: Contract, number: TelephoneNumber | None) -> Self:
        return self.filter(account=account, contract=contract, number=number)


class Watch(models.Model):
    """One for a contract and one for each of its numbers at most. It stays when nothing is asked any more, so that
    asking again does not tell the same twice."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="watches")
    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="watches")
    # Of the contract; null: all of it.
    number = models.ForeignKey(TelephoneNumber, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    budget = models.PositiveIntegerField(null=True, blank=True)  # yen: of the month's total, or of a number's charges
    new_country = models.BooleanField(default=False)
    rise = models.BooleanField(default=False)
    data_used = models.BooleanField(default=False)  # nearly or wholly used; of a whole contract
    changed_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["Watch"]] = WatchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "contract", "number"], nulls_distinct=False, name="watch_once")
        ]

    def __str__(self) -> str:
        return f"watch {self.pk}"

    @property
    def is_awake(self) -> bool:
        return self.budget is not None or self.new_country or self.rise or self.data_used


class Alert(models.Model):
    """Something an ID was told. Append-only; each thing once a month, a country once in six. Money in milli-yen."""

    class Kind(models.TextChoices):
        BUDGET = "budget"
        COUNTRY = "country"
        RISE = "rise"
        DATA = "data"

    watch = models.ForeignKey(Watch, on_delete=models.CASCADE, related_name="alerts")
    kind = models.CharField(max_length=8, choices=Kind)
    month = models.DateField()  # first day
    budget = models.PositiveIntegerField(default=0)  # yen, the one that was passed
    country_ja = models.CharField(max_length=60, blank=True)
    country_en = models.CharField(max_length=60, blank=True)
    charge = models.BigIntegerField(default=0)  # of the month so far as it stood then, see with_tax
    usual = models.BigIntegerField(default=0)  # of the months before, for a rise
    percent = models.PositiveSmallIntegerField(default=0)  # of the data included, the step that was reached
    used = models.BigIntegerField(default=0)  # bytes, for data
    included = models.BigIntegerField(default=0)  # bytes, for data
    raised_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-raised_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["watch", "kind", "month", "budget", "country_en", "percent"], name="alert_once"
            )
        ]

    def __str__(self) -> str:
        return f"alert {self.pk}"

    @property
    def yen(self) -> int:
        """The charge in whole yen."""
        return self.charge // 1000

    @property
    def with_tax(self) -> bool:
        """Whether ``charge`` is the month's total; else charges before discounts, fees and tax."""
        return self.kind != self.Kind.RISE and self.watch.number_id is None


class Progress(models.Model):
    """Up to which import alerts have been looked for, and what else had changed charges by then; one row."""

    last_import = models.BigIntegerField(default=0)
    reratings = models.PositiveIntegerField(default=0)  # applied
    decisions = models.PositiveIntegerField(default=0)  # records kept apart and taken

    def __str__(self) -> str:
        return f"up to import {self.last_import}"
