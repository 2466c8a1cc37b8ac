"""When a budget of codes was spent, and the staff were told."""

from django.db import models
from django.utils import timezone


class BudgetAlarm(models.Model):
    """No more codes went out to a prefix, because those of the last ``hours`` had used its budget up."""

    prefix = models.CharField(max_length=5)
    hours = models.PositiveSmallIntegerField()
    budget = models.PositiveIntegerField()
    sent = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["prefix", "hours", "-at"], name="budget_alarm_last")]

    def __str__(self) -> str:
        return f"budget alarm {self.pk}"
