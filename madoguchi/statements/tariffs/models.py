"""What the operator charges: rows with the day from which they hold."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from madoguchi.contracts.models import UsageKind


def usage_kinds() -> ArrayField:
    """A field for the kinds of contract that something applies to."""
    return ArrayField(models.CharField(max_length=12, choices=UsageKind))


class TariffVersionQuerySet(models.QuerySet["TariffVersion"]):
    def released(self) -> "TariffVersionQuerySet":
        """Those calls are rated by, from their day on."""
        return self.exclude(released_at=None)


class TariffVersion(models.Model):
    """Prices of calls from a day on. A draft until it is released; edited only as a draft (``tariffs/versions.py``)."""

    name = models.CharField(max_length=60, unique=True)
    # Several tariffs side by side serve different kinds of contract.
    usage_kinds = usage_kinds()
    valid_from = models.DateField()
    zone = models.CharField(max_length=64, default="Asia/Tokyo")
    # Time bands: [{"name", "days": [0–7], "hours": [0–23]}], see docs/rating.md.
    bands = models.JSONField(default=list, blank=True)
    is_sample = models.BooleanField(default=False)
    released_at = models.DateTimeField(null=True, blank=True)  # null: a draft, which rates nothing

    objects = TariffVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-valid_from", "-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_draft(self) -> bool:
        return self.released_at is None


class TariffRule(models.Model):
    """The price of calls to numbers with a prefix; money in milli-yen before tax."""

    version = models.ForeignKey(TariffVersion, on_delete=models.CASCADE, related_name="rules")
    prefix = models.CharField(max_length=15)
    kind = models.CharField(max_length=20)
    price = models.BigIntegerField(default=0)
    block_seconds = models.PositiveIntegerField(default=60)
    setup = models.BigIntegerField(default=0)
    free_seconds = models.PositiveIntegerField(default=0)
    tax = models.CharField(max_length=10, default="standard")
    carried = models.BooleanField(default=True)
    band = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "prefix", "band"], name="tariff_prefix_once"),
            models.CheckConstraint(condition=models.Q(block_seconds__gte=1), name="tariff_block_not_empty"),
            models.CheckConstraint(condition=models.Q(price__gte=0, setup__gte=0), name="tariff_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id}:{self.prefix}"


class IncomingCallDiscount(models.Model):
    """着割 as a rule; its fields are those of docs/rating.md."""

    class Rounding(models.TextChoices):
        DOWN = "down"
        UP = "up"

    class Scope(models.TextChoices):
        CONTRACT = "contract"
        NUMBER = "number"

    name_ja = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    usage_kinds = usage_kinds()
    valid_from = models.DateField()
    kinds = ArrayField(models.CharField(max_length=20))
    unit_seconds = models.PositiveIntegerField(default=60)
    amount = models.PositiveIntegerField(default=500)
    rounding = models.CharField(max_length=4, choices=Rounding, default=Rounding.DOWN)
    not_in_base = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    cap = models.BigIntegerField(null=True, blank=True)
    scope = models.CharField(max_length=8, choices=Scope, default=Scope.CONTRACT)

    def __str__(self) -> str:
        return f"{self.name_ja} {self.valid_from}"


class NumberFee(models.Model):
    """A fee per telephone number and month, from a month on; ¥0 is a row too."""

    code = models.SlugField(max_length=40)
    name_ja = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    valid_from = models.DateField()
    amount = models.PositiveIntegerField()  # milli-yen a number
    usage_kinds = usage_kinds()
    free_prefixes = ArrayField(models.CharField(max_length=15), default=list, blank=True)
    lag_months = models.PositiveSmallIntegerField(default=0)
    tax = models.CharField(max_length=10, default="standard")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "valid_from"], name="number_fee_dated")]

    def __str__(self) -> str:
        return f"{self.code} {self.valid_from}"


class TaxRate(models.Model):
    """The rate of a tax class from a day on; a class without one is outside the tax base."""

    tax = models.CharField(max_length=10)
    valid_from = models.DateField()
    basis_points = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tax", "valid_from"], name="tax_rate_dated")]

    def __str__(self) -> str:
        return f"{self.tax} {self.basis_points} {self.valid_from}"
