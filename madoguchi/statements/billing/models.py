"""What became of a bill, as the operator's books say."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from madoguchi.statements.closing.models import Bill


class PaymentQuerySet(models.QuerySet["Payment"]):
    def latest_of(self, bills: models.QuerySet[Bill]) -> dict[int, "Payment"]:
        """By bill, the last word about it; bills nobody has told of yet are left out."""
        newest = self.filter(bill=OuterRef("pk")).order_by("-pk").values("pk")[:1]
        keys = bills.order_by().annotate(news=Subquery(newest)).exclude(news=None).values("news")
        return {payment.bill_id: payment for payment in self.filter(pk__in=keys)}


class Payment(models.Model):
    """A word of the operator's books about a bill: paid on a day, or found unpaid on it. Append-only; the last counts.

    A bill of which nothing was told is billed. That its day is over says nothing: the money may be on its way.
    """

    class State(models.TextChoices):
        PAID = "paid", pgettext_lazy("bill", "Paid")
        UNPAID = "unpaid", pgettext_lazy("bill", "Not paid")

    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, related_name="payments")
    state = models.CharField(max_length=6, choices=State)
    on = models.DateField()
    told_at = models.DateTimeField(default=timezone.now)
    # None: an import. Its file is named, a person is known.
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    file_name = models.CharField(max_length=200, blank=True)

    objects: ClassVar[models.Manager["Payment"]] = PaymentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["bill", "-id"], name="payment_last")]

    def __str__(self) -> str:
        return f"{self.state} {self.pk}"
