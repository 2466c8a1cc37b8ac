"""What the workers say of themselves for the console: rows that each writes every few seconds and that fade with it."""

from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models.functions import Now


class Seen(models.QuerySet[Any]):
    def current(self) -> "Seen":
        """Those whose worker wrote within the last half minute."""
        return self.filter(seen_at__gt=Now() - timedelta(seconds=30))


class RelayState(models.Model):
    """How one worker gets on with one relay."""

    class State(models.TextChoices):
        WELL = "well"  # letters go through it
        STANDBY = "standby"  # it would be used if those before it were away
        AWAY = "away"  # it is not reached or refuses; tried again soon

    worker = models.CharField(max_length=120)  # host and process
    relay = models.CharField(max_length=260)  # host:port
    state = models.CharField(max_length=12, choices=State)
    since = models.DateTimeField(db_default=Now())
    detail = models.CharField(max_length=200, blank=True, default="")
    connections = models.PositiveSmallIntegerField(default=0)
    seen_at = models.DateTimeField(db_default=Now())

    objects = Seen.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["worker", "relay"], name="relay_state_once")]

    def __str__(self) -> str:
        return f"{self.relay}: {self.state}"


class GroupPause(models.Model):
    """A group of addresses that one worker leaves in peace for a while."""

    worker = models.CharField(max_length=120)
    group = models.CharField(max_length=255)  # an operator's short name, or a domain
    until = models.DateTimeField()
    seen_at = models.DateTimeField(db_default=Now())

    objects = Seen.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["worker", "group"], name="group_pause_once")]

    def __str__(self) -> str:
        return f"{self.group}: {self.until}"
