"""A program of a customer's that is called with every report it is due: where, and what became of each call."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from madoguchi.notices.models.notice import Notice


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def running(self) -> "WebhookQuerySet":
        return self.filter(stopped_at=None)

    def of_kind(self, kind: str) -> "WebhookQuerySet":
        return self.filter(**{kind: True})


class Webhook(models.Model):
    """An address of a customer's own program. ``docs/webhooks.md`` is what its makers read."""

    class Stop(models.TextChoices):
        OWNER = "owner"  # by hand
        FAILING = "failing"  # days without one good answer
        GONE = "gone"  # it answered 410

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="webhooks")
    name = models.CharField(max_length=60)
    # Sealed, as the secrets are: many receivers put a key of theirs into the address.
    sealed_url = models.BinaryField()
    sealed_secret = models.BinaryField()
    # The secret before, which still signs besides until then.
    sealed_former = models.BinaryField(null=True)
    former_until = models.DateTimeField(null=True)
    work = models.BooleanField(default=True)
    trouble = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)
    stopped_at = models.DateTimeField(null=True)
    stopped_why = models.CharField(max_length=8, choices=Stop, blank=True, default="")
    # Nothing is sent to it before then: somebody is sending, or it did not answer well.
    not_before = models.DateTimeField(default=timezone.now)
    # Since when no answer was good, and how many in a row were not.
    failing_since = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)

    objects: ClassVar["models.Manager[Webhook]"] = WebhookQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="webhook_name_once")]

    def __str__(self) -> str:
        return f"webhook {self.pk}"


class WebhookCall(models.Model):
    """One thing told to one program. ``body`` is written once: every try of it sends the very same bytes."""

    class Event(models.TextChoices):
        REPORT = "notice.report"
        WITHDRAWN = "notice.withdrawn"
        TEST = "test"

    class State(models.TextChoices):
        WAITING = "waiting"
        DELIVERED = "delivered"
        FAILED = "failed"

    # The webhook-id: the same for every try, so that a program can tell a repetition.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="calls")
    event = models.CharField(max_length=20, choices=Event)
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, null=True, related_name="+")
    # 1 for 第1報; 0 for what is no report.
    ordinal = models.PositiveIntegerField(default=0)
    body = models.TextField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    tried_at = models.DateTimeField(null=True)
    # What the last try brought: HTTP's status, or the word for why there was none, and how long it took.
    status = models.PositiveSmallIntegerField(null=True)
    trouble = models.CharField(max_length=12, blank=True, default="")
    milliseconds = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["webhook", "notice", "event", "ordinal"],
                condition=models.Q(notice__isnull=False),
                name="webhook_call_once",
            )
        ]
        indexes = [
            models.Index(fields=["webhook", "due_at"], condition=models.Q(state="waiting"), name="webhook_call_due"),
            models.Index(fields=["webhook", "-created_at"], name="webhook_call_newest"),
        ]

    def __str__(self) -> str:
        return f"webhook call {self.pk}"
