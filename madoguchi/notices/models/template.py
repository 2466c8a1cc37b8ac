"""What staff start a report from at 3 a.m.: words prepared by day."""

from django.db import models

from madoguchi.notices import lifecycle
from madoguchi.notices.models.facts import Facts


class ReportTemplate(models.Model):
    """Words and facts of a report, first or further. A blank to fill in stands between 〔 and 〕."""

    kind = models.CharField(max_length=8, choices=lifecycle.Kind)
    name_ja = models.CharField(max_length=60, unique=True)
    name_en = models.CharField(max_length=60, blank=True)
    order = models.PositiveSmallIntegerField(default=0)
    state_after = models.CharField(max_length=16, choices=lifecycle.State)
    impact = models.CharField(max_length=20, choices=Facts.Impact)
    severity = models.CharField(max_length=10, choices=Facts.Severity, default=Facts.Severity.NORMAL)
    title_ja = models.CharField(max_length=120, blank=True)
    title_en = models.CharField(max_length=120, blank=True)
    body_ja = models.TextField()
    body_en = models.TextField(blank=True)
    emergency_calls_ja = models.TextField(blank=True)
    emergency_calls_en = models.TextField(blank=True)
    alternatives_ja = models.TextField(blank=True)
    alternatives_en = models.TextField(blank=True)

    class Meta:
        ordering = ("kind", "order", "name_ja")

    def __str__(self) -> str:
        return self.name_ja

    @property
    def words_ja(self) -> str:
        """All that is filled in in Japanese, from the title on."""
        return "\n".join([self.title_ja, self.body_ja, self.emergency_calls_ja, self.alternatives_ja])
