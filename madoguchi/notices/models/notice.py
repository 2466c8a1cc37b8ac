"""The notice: one piece of planned work or one trouble, from its draft to its last report."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.utils import timezone

from madoguchi.catalog.models import Service
from madoguchi.notices import lifecycle
from madoguchi.notices.content import Period
from madoguchi.notices.models.facts import Facts

if TYPE_CHECKING:
    from madoguchi.notices.models.report import Report


class NoticeQuerySet(models.QuerySet["Notice"]):
    def published(self) -> "NoticeQuerySet":
        """Everything the public may see, newest report first. Withdrawn ones stay: their page says so."""
        return self.filter(number__isnull=False).order_by("-last_published_at", "-pk")

    def drafts(self) -> "NoticeQuerySet":
        """What no report was published of yet, newest first."""
        return self.filter(number__isnull=True).order_by("-created_at")

    def in_force(self) -> "NoticeQuerySet":
        """掲載中: published, not withdrawn, and not over as of its last report. Work to come counts."""
        return self.published().filter(withdrawn_at__isnull=True, state__in=lifecycle.IN_FORCE)

    def work(self) -> "NoticeQuerySet":
        return self.filter(kind=lifecycle.Kind.WORK)

    def trouble(self) -> "NoticeQuerySet":
        return self.filter(kind=lifecycle.Kind.TROUBLE)

    def of_service(self, service: Service) -> "NoticeQuerySet":
        return self.filter(services=service)


class Notice(Facts):
    Kind = lifecycle.Kind
    State = lifecycle.State

    kind = models.CharField(max_length=8, choices=Kind)
    # W-2026-000123: given at first publication, gapless within a kind and year; null in a draft.
    number = models.CharField(max_length=20, unique=True, null=True, blank=True)
    title_ja = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120, blank=True)
    services = models.ManyToManyField(Service, related_name="notices")
    # Prefecture codes 01–47, "00" nationwide, "99" abroad. Empty says nothing about where: everywhere.
    regions = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    external_reference = models.CharField(max_length=60, blank=True)
    # As of the last published report.
    state = models.CharField(max_length=16, choices=State, default=State.DRAFT)
    first_published_at = models.DateTimeField(null=True, blank=True)
    last_published_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_reason_ja = models.TextField(blank=True)
    withdrawn_reason_en = models.TextField(blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    # The form it was first written in: sent twice, it starts one notice.
    form_key = models.UUIDField(unique=True, null=True, blank=True, editable=False)

    objects: ClassVar["models.Manager[Notice]"] = NoticeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-last_published_at", "-id"], name="notice_newest"),
            models.Index(fields=["state"], name="notice_state"),
        ]

    def __str__(self) -> str:
        return self.number or f"draft {self.pk}"

    @property
    def is_draft(self) -> bool:
        return self.number is None

    @property
    def is_in_force(self) -> bool:
        return self.state in lifecycle.IN_FORCE and self.withdrawn_at is None

    def next_states(self) -> tuple[lifecycle.State, ...]:
        """The states the next report may give, in their usual order; none once it is withdrawn."""
        if self.withdrawn_at is not None:
            return ()
        return lifecycle.next_states(kind=self.kind, state=self.state)

    @property
    def published_reports(self) -> "list[Report]":
        """Newest first. One query, none when ``reports`` is prefetched."""
        published = [report for report in self.reports.all() if report.ordinal is not None]
        return sorted(published, key=lambda report: report.ordinal or 0, reverse=True)

    @property
    def latest_report(self) -> "Report | None":
        """The last published report; None in a draft."""
        return next(iter(self.published_reports), None)

    @property
    def draft_report(self) -> "Report | None":
        """The report being written, if one is: there is never more than one."""
        return next((report for report in self.reports.all() if report.ordinal is None), None)

    @property
    def periods(self) -> tuple[Period, ...]:
        """The windows of planned work as values, main ones first."""
        return tuple(Period(starts_at=w.starts_at, ends_at=w.ends_at, spare=w.spare) for w in self.windows.all())

    @property
    def first_begin(self) -> datetime | None:
        """When planned work is to begin: the first window that is no spare."""
        return min((period.starts_at for period in self.periods if not period.spare), default=None)

    @property
    def last_end(self) -> datetime | None:
        """When it is to end: the last window that is no spare."""
        return max((period.ends_at for period in self.periods if not period.spare), default=None)


class Window(models.Model):
    """A period of planned work: the main one, or a spare (予備日)."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="windows")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    spare = models.BooleanField(default=False)

    class Meta:
        ordering = ("spare", "starts_at")
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="window_forward")
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"


class AffectedContract(models.Model):
    """A contract number a notice touches; a notice with none touches everybody on its services."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="affected_contracts")
    contract_number = models.CharField(max_length=20)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "contract_number"], name="affected_once")]
        indexes = [models.Index(fields=["contract_number"], name="affected_number")]

    def __str__(self) -> str:
        return self.contract_number


class NumberSeries(models.Model):
    """The last number given per kind and year; its row lock makes the numbers gapless."""

    kind = models.CharField(max_length=8, choices=lifecycle.Kind)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "year"], name="number_series_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.year}: {self.last}"

    @classmethod
    def take(cls, *, kind: str, year: int) -> str:
        """The next number, such as ``T-2026-000045``.

        Who takes one holds the series until the end of the transaction: others wait, and a rollback gives it back.
        """
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO notices_numberseries AS series (kind, year, last) VALUES (%s, %s, 1)"
                " ON CONFLICT (kind, year) DO UPDATE SET last = series.last + 1 RETURNING last",
                [kind, year],
            )
            (last,) = cursor.fetchone()
        return f"{kind[0].upper()}-{year}-{last:06}"
