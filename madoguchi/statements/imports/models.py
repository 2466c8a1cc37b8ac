"""A file of usage on its way in, and what became of it."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import pgettext_lazy


class ImportRun(models.Model):
    """A file from the moment it was received. What it stored is its :class:`.UsageImport`; this row stays with it."""

    class State(models.TextChoices):
        RECEIVED = "received", pgettext_lazy("import", "Waits for its check")
        CHECKING = "checking", pgettext_lazy("import", "Being checked")
        CHECKED = "checked", pgettext_lazy("import", "Waits for a decision")
        CONFIRMED = "confirmed", pgettext_lazy("import", "Waits to be imported")
        IMPORTING = "importing", pgettext_lazy("import", "Being imported")
        DONE = "done", pgettext_lazy("import", "Imported")
        REFUSED = "refused", pgettext_lazy("import", "Not imported")
        DROPPED = "dropped", pgettext_lazy("import", "Given up")

    class Way(models.TextChoices):
        CONSOLE = "console", pgettext_lazy("import", "Console")
        COMMAND = "command", pgettext_lazy("import", "Command line")
        FOLDER = "folder", pgettext_lazy("import", "Watched folder")

    # A worker has it, or will have it without anybody's doing.
    MOVING = (State.RECEIVED, State.CHECKING, State.CONFIRMED, State.IMPORTING)

    file_name = models.CharField(max_length=200)
    path = models.TextField(blank=True)  # where it lies; empty once it is gone
    size = models.BigIntegerField()  # bytes
    format = models.CharField(max_length=20)
    source = models.CharField(max_length=40)
    zone = models.CharField(max_length=64)
    mapping = models.TextField(blank=True)  # of a mapped format, the text of its mapping file
    way = models.CharField(max_length=8, choices=Way)
    received_at = models.DateTimeField(default=timezone.now)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The rejected records of this one are in the file, mended.
    mends = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="mended_by")

    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    # How far a worker is, told while its transaction runs (progress.py); how often one began what it is at.
    bytes_read = models.BigIntegerField(default=0)
    records_read = models.BigIntegerField(default=0)
    told_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    # Why the whole file was refused: a key of refusals.REFUSALS.
    reason = models.CharField(max_length=20, blank=True)
    value = models.TextField(blank=True)

    # What the check found; after the import, what came of it. Records, each counted once.
    digest = models.CharField(max_length=64, blank=True)
    read = models.PositiveIntegerField(default=0)
    stored = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    conflicting = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)
    usage_import = models.OneToOneField(
        "statements.UsageImport", on_delete=models.PROTECT, null=True, blank=True, related_name="run"
    )

    class Meta:
        ordering = ("-pk",)
        indexes = [models.Index(fields=["state"], name="import_run_state")]

    def __str__(self) -> str:
        return f"import run {self.pk}"

    @property
    def moves(self) -> bool:
        return self.state in self.MOVING

    @property
    def undone_at(self) -> object:
        return self.usage_import.undone_at if self.usage_import else None

    @property
    def share(self) -> int:
        """How much of the file has been read, in per cent."""
        return min(100, 100 * self.bytes_read // self.size) if self.size else 0
