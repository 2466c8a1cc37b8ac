"""Texts the law or good manners ask for, in versions."""

from django.db import connection, models
from django.utils import timezone

# Asked for every page of who is signed in, hence without the cost of composing it.
_VERSION_IN_FORCE = """
    SELECT version FROM catalog_legaltext WHERE kind = %s AND effective_at <= %s
    ORDER BY effective_at DESC, id DESC LIMIT 1
"""


class LegalTextQuerySet(models.QuerySet["LegalText"]):
    def current(self, kind: str) -> "LegalText":
        """The version of ``kind`` in effect now; ``LegalText.DoesNotExist`` if the operator has published none."""
        return self.filter(kind=kind, effective_at__lte=timezone.now()).latest("effective_at", "pk")

    def version_in_force(self, kind: str) -> str:
        """The version alone, without the text; empty if the operator has published none."""
        with connection.cursor() as cursor:
            cursor.execute(_VERSION_IN_FORCE, (kind, timezone.now()))
            found = cursor.fetchone()
        return found[0] if found else ""


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
