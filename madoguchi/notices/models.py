"""Work and trouble notices, their reports, and who wants to hear of them."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from madoguchi.catalog.models import Service

ALL_DAYS = 0b111_1111  # bit 0 = Sunday … bit 6 = Saturday
ALL_HOURS = 0xFF_FFFF  # bit h = the hour h:00–h:59


class Notice(models.Model):
    """One piece of planned work or one trouble, from its draft to its last report."""

    class Kind(models.TextChoices):
        WORK = "work"
        TROUBLE = "trouble"

    class State(models.TextChoices):
        DRAFT = "draft"
        # work
        TENTATIVE = "tentative"
        CONFIRMED = "confirmed"
        IN_PROGRESS = "in_progress"
        COMPLETED = "completed"
        CANCELLED = "cancelled"
        # trouble
        INVESTIGATING = "investigating"
        IDENTIFIED = "identified"
        RECOVERING = "recovering"
        MONITORING = "monitoring"
        RECOVERED = "recovered"
        FALSE_ALARM = "false_alarm"

    class Impact(models.TextChoices):
        OUTAGE = "outage"
        DEGRADED = "degraded"
        REDUCED_REDUNDANCY = "reduced_redundancy"
        NONE = "none"

    class Severity(models.TextChoices):
        NORMAL = "normal"
        CRITICAL = "critical"

    kind = models.CharField(max_length=8, choices=Kind)
    # W-2026-000123: given at first publication, gapless within a kind and year; null in a draft.
    number = models.CharField(max_length=20, unique=True, null=True, blank=True)
    title_ja = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120, blank=True)
    services = models.ManyToManyField(Service, related_name="notices")
    # Prefecture codes 01–47, "00" nationwide, "99" abroad.
    regions = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    impact = models.CharField(max_length=20, choices=Impact)
    severity = models.CharField(max_length=10, choices=Severity, default=Severity.NORMAL)
    emergency_calls_ja = models.TextField(blank=True)
    emergency_calls_en = models.TextField(blank=True)
    alternatives_ja = models.TextField(blank=True)
    alternatives_en = models.TextField(blank=True)
    external_reference = models.CharField(max_length=60, blank=True)
    # As of the last published report.
    state = models.CharField(max_length=16, choices=State, default=State.DRAFT)
    started_at = models.DateTimeField(null=True, blank=True)
    expected_end = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    next_report_due = models.DateTimeField(null=True, blank=True)
    first_published_at = models.DateTimeField(null=True, blank=True)
    last_published_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.TextField(blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.number or f"draft {self.pk}"


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


class Report(models.Model):
    """第N報. A draft until published; append-only from then on."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="reports")
    ordinal = models.PositiveSmallIntegerField(null=True, blank=True)  # 1, 2, … given at publication
    is_final = models.BooleanField(default=False)
    state_after = models.CharField(max_length=16, choices=Notice.State)
    body_ja = models.TextField()
    body_en = models.TextField(blank=True)
    # Old and new windows, where this report moved them.
    changes = models.JSONField(default=dict, blank=True)
    notify = models.BooleanField(default=True)
    next_report_due = models.DateTimeField(null=True, blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-ordinal",)
        constraints = [models.UniqueConstraint(fields=["notice", "ordinal"], name="report_ordinal_once")]

    def __str__(self) -> str:
        return f"{self.notice} #{self.ordinal}"


class NumberSeries(models.Model):
    """The last number given per kind and year; its row lock makes the numbers gapless."""

    kind = models.CharField(max_length=8, choices=Notice.Kind)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "year"], name="number_series_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.year}: {self.last}"


class Subscription(models.Model):
    """サービス登録・通知設定: a service a customer follows, and which of its mail."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="subscriptions")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="subscriptions")
    work = models.BooleanField(default=True)
    trouble = models.BooleanField(default=True)
    only_my_contracts = models.BooleanField(default=False)
    regions = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "service"], name="subscription_once")]

    def __str__(self) -> str:
        return f"subscription {self.pk}"


class Destination(models.Model):
    """配信先メールアドレス: up to three slots per ID."""

    class Device(models.TextChoices):
        PC = "pc"
        MOBILE = "mobile"  # 携帯
        SMARTPHONE = "smartphone"

    class State(models.TextChoices):
        VERIFIED = "verified"
        PAUSED = "paused"  # bounced for good

    class Outside(models.TextChoices):
        SKIP = "skip"
        HOLD = "hold"

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="destinations")
    slot = models.PositiveSmallIntegerField()
    address = models.CharField(max_length=320)  # as sent in the envelope
    device = models.CharField(max_length=12, choices=Device, default=Device.PC)
    state = models.CharField(max_length=10, choices=State, default=State.VERIFIED)
    # 配信希望曜日・時間 in the account's time zone, as bits.
    days = models.PositiveSmallIntegerField(default=ALL_DAYS)
    hours = models.PositiveIntegerField(default=ALL_HOURS)
    outside = models.CharField(max_length=6, choices=Outside, default=Outside.SKIP)
    critical_always = models.BooleanField(default=False)
    verified_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("slot",)
        constraints = [
            models.UniqueConstraint(fields=["account", "slot"], name="destination_slot_once"),
            models.CheckConstraint(condition=models.Q(slot__range=(1, 3)), name="destination_three_slots"),
            models.CheckConstraint(condition=models.Q(days__range=(0, ALL_DAYS)), name="destination_days"),
            models.CheckConstraint(condition=models.Q(hours__range=(0, ALL_HOURS)), name="destination_hours"),
        ]

    def __str__(self) -> str:
        return f"destination {self.pk}"
