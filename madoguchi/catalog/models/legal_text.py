"""Texts the law or good manners ask for, in versions."""

import time
from datetime import datetime

from django.db import models
from django.utils import timezone

# Seconds a process goes by the versions it knows: they are asked for at every page of who is signed in.
KNOWN_FOR = 5.0
# By kind: when it was looked up, by the clock that only goes on, and each version with its date, the oldest first.
_known: dict[str, tuple[float, list[tuple[str, datetime]]]] = {}


class LegalTextQuerySet(models.QuerySet["LegalText"]):
    def current(self, kind: str) -> "LegalText":
        """The version of ``kind`` in effect now; ``LegalText.DoesNotExist`` if the operator has published none."""
        return self.filter(kind=kind, effective_at__lte=timezone.now()).latest("effective_at", "pk")

    def version_in_force(self, kind: str) -> str:
        """The version alone, without the text; empty if the operator has published none.

        A version holds from its date to the moment; that there is a new one is known after ``KNOWN_FOR``.
        """
        now = timezone.now()
        return next((version for version, since in reversed(self._versions(kind)) if since <= now), "")

    def _versions(self, kind: str) -> list[tuple[str, datetime]]:
        looked_up, versions = _known.get(kind, (0.0, []))
        if not looked_up or time.monotonic() - looked_up >= KNOWN_FOR:
            versions = list(
                self.filter(kind=kind).order_by("effective_at", "pk").values_list("version", "effective_at")
            )
            _known[kind] = time.monotonic(), versions
        return versions


class LegalText(models.Model):
    """A version of a text the law or good manners ask for. Published versions are never edited."""

    class Kind(models.TextChoices):
        TERMS = "terms"
        NOTIFICATION_TERMS = "notification"
        PRIVACY = "privacy"
        ACCESSIBILITY = "accessibility"
        KEPT = "kept"  # what the law makes the operator keep of a closed customer ID

    kind = models.CharField(max_length=20, choices=Kind)
    version = models.CharField(max_length=20)
    body_ja = models.TextField()  # Markdown
    body_en = models.TextField()
    effective_at = models.DateTimeField(default=timezone.now)

    objects = LegalTextQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "version"], name="legal_version_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"
