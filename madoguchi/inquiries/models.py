"""An inquiry and what was said in it; ``docs/inquiries.md`` has its states."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, models
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from madoguchi.accounts.models import Account
from madoguchi.catalog.models import Service
from madoguchi.lib.tokens import digest, new_token, seal, unseal
from madoguchi.shell.languages import in_language

# How long after the last message the link in the mails opens the inquiry.
LINK_LASTS = timedelta(days=90)


class InquiryQuerySet(models.QuerySet["Inquiry"]):
    def waiting(self) -> "InquiryQuerySet":
        """Those that wait for the staff."""
        return self.filter(state__in=[Inquiry.State.NEW, Inquiry.State.ASSIGNED])

    def queued(self) -> "InquiryQuerySet":
        """In the order of the queue: nobody's first, then whoever waits longest; the others by their last message."""
        return self.annotate(
            place=Case(When(state=Inquiry.State.NEW, then=Value(0)), When(~_WAITING, then=Value(2)), default=Value(1))
        ).order_by("place", F("waiting_since").asc(nulls_last=True), "-last_message_at", "-pk")


class Inquiry(models.Model):
    class State(models.TextChoices):
        NEW = "new"  # nobody of the staff has it
        ASSIGNED = "assigned"  # somebody has it, the writer waits
        ANSWERED = "answered"
        CLOSED = "closed"

    number = models.CharField(max_length=20, unique=True)
    # Digest of the form it was written in, so that a button pressed twice sends it once.
    draft = models.CharField(max_length=64, unique=True)
    subject = models.CharField(max_length=100)
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=2)
    # Who wrote: a signed-in customer, else the address that was typed.
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="inquiries"
    )
    email = models.CharField(max_length=320, blank=True)
    name = models.CharField(max_length=60, blank=True)
    # When the typed address was confirmed by its mail's link, or said to be no writer's.
    confirmed_at = models.DateTimeField(null=True, blank=True)
    disowned_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.NEW)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    token_digest = models.CharField(max_length=64, unique=True)
    sealed_token = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now)
    last_message_at = models.DateTimeField(default=timezone.now)
    # Since when the writer waits for an answer; null when they do not.
    waiting_since = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = InquiryQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["state", "waiting_since"], name="inquiry_queue")]

    def __str__(self) -> str:
        return self.number

    @property
    def address(self) -> str:
        """Where answers go: the ID's address of today, or the one typed."""
        return self.account.email if self.account else self.email

    @property
    def is_confirmed(self) -> bool:
        """Whether who holds the address is known to be who wrote."""
        return self.account_id is not None or self.confirmed_at is not None

    @property
    def recipient_key(self) -> str:
        """What this inquiry's letters are found by."""
        return f"inquiry:{self.pk}"

    @property
    def link_until(self) -> datetime:
        return self.last_message_at + LINK_LASTS

    def make_token(self) -> None:
        """Give it the token of its link, kept sealed because every mail of the inquiry holds it."""
        token = new_token()
        self.token_digest, self.sealed_token = digest(token), seal(token)

    @property
    def link(self) -> str:
        """The address of the writer's page. Whoever has it reads the inquiry: it goes into mails alone, sealed."""
        path = in_language(f"/contact/{unseal(self.sealed_token)}/", self.language)
        return f"{settings.SITE_URL}{path}"

    def say(self, *, kind: "Message.Kind", body: str, by: Account | None, at: datetime) -> "Message":
        """Add a message; the state is the caller's."""
        if kind != Message.Kind.NOTE:
            self.last_message_at = at
        return Message.objects.create(inquiry=self, kind=kind, body=body, by=by, at=at)

    def wait(self, *, at: datetime) -> None:
        """The writer waits for the staff, for whom it was assigned to or for anybody."""
        self.state = self.State.ASSIGNED if self.assignee_id else self.State.NEW
        self.waiting_since = self.waiting_since or at
        self.closed_at = None


_WAITING = Q(state__in=[Inquiry.State.NEW, Inquiry.State.ASSIGNED])


class Message(models.Model):
    """What the writer or the staff said, or a note among the staff. Append-only; the database refuses changes."""

    class Kind(models.TextChoices):
        WRITER = "writer"
        STAFF = "staff"
        NOTE = "note"  # never shown or mailed to the writer

    inquiry = models.ForeignKey(Inquiry, on_delete=models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=8, choices=Kind)
    body = models.TextField()
    at = models.DateTimeField(default=timezone.now)
    # Of the staff; null for what the writer says.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"message {self.pk} of {self.inquiry_id}"


class InquiryNumber(models.Model):
    """The last number given in a year; its row lock makes the numbers gapless."""

    year = models.PositiveSmallIntegerField(unique=True)
    last = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"

    @classmethod
    def take(cls, *, year: int) -> str:
        """The next number, such as ``Q-2026-000123``; who takes one holds the row until the transaction ends."""
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO inquiries_inquirynumber AS series (year, last) VALUES (%s, 1)"
                " ON CONFLICT (year) DO UPDATE SET last = series.last + 1 RETURNING last",
                [year],
            )
            (last,) = cursor.fetchone()
        return f"Q-{year}-{last:06}"
