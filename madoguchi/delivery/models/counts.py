"""What was counted, so that not everybody who looks counts anew: :mod:`madoguchi.delivery.pace`."""

from django.db import models

from madoguchi.delivery.models.letters import Mailing


class Reading(models.Model):
    """The letters of one mailing by state and reason, as of ``taken_at``."""

    mailing = models.OneToOneField(Mailing, on_delete=models.CASCADE, primary_key=True, related_name="reading")
    taken_at = models.DateTimeField()
    took = models.FloatField()  # seconds that counting took
    counts = models.JSONField()  # [[state, reason, number], …]
    lately = models.PositiveIntegerField(default=0)  # sent in the minute before
    span = models.FloatField(default=0.0)  # seconds since the first of those

    def __str__(self) -> str:
        return f"reading of mailing {self.mailing_id}"


class DomainCount(models.Model):
    """Letters that ended at a relay in the ten minutes from ``begin`` on, by domain; of a domain that gets few, a few
    may be missing. Kept for two days, for :mod:`madoguchi.delivery.returns.guard`."""

    begin = models.DateTimeField()
    domain = models.CharField(max_length=255)
    accepted = models.PositiveBigIntegerField()
    refused = models.PositiveBigIntegerField()  # for the address

    class Meta:
        constraints = [models.UniqueConstraint(fields=["domain", "begin"], name="domain_count_once")]
        indexes = [models.Index(fields=["begin"], name="domain_count_begin")]

    def __str__(self) -> str:
        return f"{self.domain} {self.begin}: {self.accepted + self.refused}"


class DayCount(models.Model):
    """Letters of the mailings of one day (the site's), by group of addresses and by what became of them.

    ``group`` is the operator behind the domain or the domain itself, empty for all smaller ones together.
    """

    day = models.DateField()
    group = models.CharField(max_length=255, blank=True)
    state = models.CharField(max_length=12)
    reason = models.CharField(max_length=60, blank=True)
    number = models.PositiveBigIntegerField()
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "group", "state", "reason"], name="day_count_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.group} {self.state}: {self.number}"
