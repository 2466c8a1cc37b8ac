"""What a report says beside its words: the same columns on the notice hold what its last published report said."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Facts(models.Model):
    class Impact(models.TextChoices):
        OUTAGE = "outage", _("Outage")
        DEGRADED = "degraded", _("Lower quality or short interruptions")
        REDUCED_REDUNDANCY = "reduced_redundancy", _("Reduced redundancy")
        NONE = "none", _("No impact")

    class Severity(models.TextChoices):
        NORMAL = "normal", _("Normal")
        CRITICAL = "critical", _("Critical")

    impact = models.CharField(max_length=20, choices=Impact)
    severity = models.CharField(max_length=10, choices=Severity, default=Severity.NORMAL)
    # In words, for 110, 118 and 119: the ministry's guideline asks for it with the first news.
    emergency_calls_ja = models.TextField(blank=True)
    emergency_calls_en = models.TextField(blank=True)
    alternatives_ja = models.TextField(blank=True)
    alternatives_en = models.TextField(blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    expected_end = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    next_report_due = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
