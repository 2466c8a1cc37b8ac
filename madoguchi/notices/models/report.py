"""第N報: a draft until published; append-only from then on (a trigger of the database sees to it)."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.models import Account
from madoguchi.notices import lifecycle
from madoguchi.notices.content import Period
from madoguchi.notices.models.facts import Facts
from madoguchi.notices.models.notice import Notice


class ReportQuerySet(models.QuerySet["Report"]):
    def published(self) -> "ReportQuerySet":
        """Newest first."""
        return self.filter(ordinal__isnull=False).order_by("-published_at", "-ordinal")


class Report(Facts):
    class ScheduleFailure(models.TextChoices):
        ILLEGAL_MOVE = (
            "illegal_move",
            _("The notice has moved on, and may not come to this state any more."),
        )
        NOT_READY = "not_ready", _("The report lacks something that publication asks for.")
        NOT_A_PUBLISHER = "not_a_publisher", _("Whoever scheduled the report may not publish any more.")

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="reports")
    ordinal = models.PositiveSmallIntegerField(null=True, blank=True)  # 1, 2, … given at publication
    is_final = models.BooleanField(default=False)
    state_after = models.CharField(max_length=16, choices=lifecycle.State)
    body_ja = models.TextField(blank=True)
    body_en = models.TextField(blank=True)
    # The windows of planned work as this report gives them: content.Period as JSON.
    windows = models.JSONField(default=list, blank=True)
    # What this report moved: {"windows": [old, new], "expected_end": [old, new]}; written at publication.
    changes = models.JSONField(default=dict, blank=True)
    notify = models.BooleanField(default=True)
    # Work may move by itself: to in progress when its first main window begins, to completed when the last one ends;
    # each by a report of its own, mailed or not.
    starts_itself = models.BooleanField(default=False)
    ends_itself = models.BooleanField(default=False)
    notify_start = models.BooleanField(default=True)
    notify_end = models.BooleanField(default=True)
    # Hours before the first main window at which a reminder is mailed.
    remind_hours = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    # Counts the edits of a draft: who saves over somebody else's is told.
    revision = models.PositiveIntegerField(default=0)
    # A ready draft waits for its moment.
    publish_at = models.DateTimeField(null=True, blank=True)
    scheduled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    # Why it was not published at its moment; empty again when it is changed or scheduled.
    schedule_failed = models.CharField(max_length=20, choices=ScheduleFailure, blank=True)
    # A second person is asked to approve it.
    approval_asked_at = models.DateTimeField(null=True, blank=True)
    approval_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)
    # Everybody who saved a change of it (``written_by`` is the last): none of them approves it.
    writers = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar["models.Manager[Report]"] = ReportQuerySet.as_manager()

    class Meta:
        ordering = ("-ordinal",)
        indexes = [
            models.Index(fields=["publish_at"], name="report_scheduled", condition=models.Q(publish_at__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["notice", "ordinal"], name="report_ordinal_once"),
            models.UniqueConstraint(
                fields=["notice"], condition=models.Q(ordinal__isnull=True), name="report_one_draft"
            ),
            models.CheckConstraint(
                condition=models.Q(ordinal__isnull=True, published_at__isnull=True)
                | models.Q(ordinal__isnull=False, published_at__isnull=False),
                name="report_published_with_ordinal",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice} #{self.ordinal}"

    @property
    def label(self) -> str:
        """第3報, 最終報（第4報）; a draft says so."""
        if self.ordinal is None:
            return gettext("Draft report")
        if self.is_final:
            return gettext("Final report (report %(ordinal)s)") % {"ordinal": self.ordinal}
        return gettext("Report %(ordinal)s") % {"ordinal": self.ordinal}

    @property
    def periods(self) -> tuple[Period, ...]:
        """The windows this report gives, main ones first."""
        return tuple(sorted(map(Period.from_json, self.windows), key=lambda p: (p.spare, p.starts_at)))

    @property
    def first_begin(self) -> datetime | None:
        """When planned work is to begin as this report has it: the first window that is no spare."""
        return min((period.starts_at for period in self.periods if not period.spare), default=None)

    def publish(self, *, by: Account | None, at: datetime | None = None) -> "Report":
        """Make it public, and mail it if ``notify``: see :func:`madoguchi.notices.publish.publish`."""
        from madoguchi.notices import publish

        return publish.publish(self, by=by, at=at)

    def audience_outlook(self, *, at: datetime | None = None) -> dict[str, int]:
        """Who would get it if published at ``at``: see :func:`madoguchi.notices.audience.outlook`."""
        from madoguchi.notices import audience

        return audience.outlook(self, at=at)


class Approval(models.Model):
    """What a second person said of a report, before or after its publication; append-only."""

    class Decision(models.TextChoices):
        APPROVED = "approved"
        RETURNED = "returned"

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="approvals")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    decision = models.CharField(max_length=10, choices=Decision)
    # Of everything that was read: it approves exactly that (publish.fingerprint).
    fingerprint = models.CharField(max_length=64)
    remark = models.TextField(blank=True)

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.decision} of report {self.report_id}"
