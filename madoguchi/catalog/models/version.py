"""What was saved from the console, as it was saved."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Version(models.Model):
    """A text, or a part of the catalogue, as it was saved once: every field by name, others by slug. Never changed."""

    number = models.PositiveIntegerField()
    content = models.JSONField()
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True
        ordering = ("-number",)
