"""What customers call their telephone numbers."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from madoguchi.accounts.models import Account
from madoguchi.contracts.models.customers import TelephoneNumber

LONGEST = 40


class NumberLabelQuerySet(models.QuerySet["NumberLabel"]):
    def of(self, account: Account, numbers: models.QuerySet[TelephoneNumber]) -> dict[int, str]:
        """By key of the number, what ``account`` calls it."""
        return dict(self.filter(account=account, number__in=numbers).values_list("number_id", "label"))


class NumberLabel(models.Model):
    """An ID's own name for a number, such as 受付. Private: neither the holder, colleagues nor staff see it."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="number_labels")
    number = models.ForeignKey(TelephoneNumber, on_delete=models.CASCADE, related_name="labels")
    label = models.CharField(max_length=LONGEST)

    objects: ClassVar[models.Manager["NumberLabel"]] = NumberLabelQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "number"], name="number_label_once")]

    def __str__(self) -> str:
        return f"label {self.pk}"
