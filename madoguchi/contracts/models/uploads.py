"""Files of customers, contracts, numbers and roles that staff uploaded, and what became of them."""

from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import pgettext_lazy


class Upload(models.Model):
    """Files that belong together: checked as one, then stored as one or given up."""

    class State(models.TextChoices):
        RECEIVED = "received", pgettext_lazy("import", "Waits for its check")
        CHECKING = "checking", pgettext_lazy("import", "Being checked")
        CHECKED = "checked", pgettext_lazy("import", "Waits for a decision")
        CONFIRMED = "confirmed", pgettext_lazy("import", "Waits to be imported")
        STORING = "storing", pgettext_lazy("import", "Being imported")
        DONE = "done", pgettext_lazy("import", "Imported")
        REFUSED = "refused", pgettext_lazy("import", "Not imported")
        DROPPED = "dropped", pgettext_lazy("import", "Given up")

    # A worker has it, or will have it without anybody's doing.
    MOVING = (State.RECEIVED, State.CHECKING, State.CONFIRMED, State.STORING)

    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    received_at = models.DateTimeField(default=timezone.now)
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    finished_at = models.DateTimeField(null=True, blank=True)
    # Why the files were refused as a whole: a key of imports.reasons.FILES, about which file and what in it.
    reason = models.CharField(max_length=20, blank=True)
    about = models.CharField(max_length=300, blank=True)
    refused_file = models.CharField(max_length=200, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)  # by the worker that has it
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("-pk",)
        indexes = [models.Index(fields=["state"], name="contracts_upload_state")]

    def __str__(self) -> str:
        return f"upload {self.pk}"

    @property
    def moves(self) -> bool:
        return self.state in self.MOVING

    @property
    def folder(self) -> Path:
        """Where its files and what was rejected of them lie, until they have had their time."""
        return settings.RECEIVED / f"contracts-{self.pk}"


class UploadFile(models.Model):
    """One of the files: rows by what becomes of them, as the check found it, or as it came."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)
    size = models.BigIntegerField()  # bytes
    kind = models.CharField(max_length=10, blank=True)
    read = models.PositiveIntegerField(default=0)  # told while a worker is at it
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    # The first ones: line, column, reason, value.
    problems = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"file {self.pk}"

    @property
    def path(self) -> Path:
        return self.upload.folder / f"{self.pk}.csv"

    @property
    def rejects(self) -> Path:
        """Its rejected rows, with their lines and reasons."""
        return self.upload.folder / f"{self.pk}.rejected.csv"
