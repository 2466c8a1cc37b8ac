"""The operator's own record of what was done."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class AuditEntry(models.Model):
    """Who did what to which object. Append-only; the database refuses changes."""

    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    act = models.CharField(max_length=60)  # notice.publish, customer.look …
    object_type = models.CharField(max_length=40)
    object_key = models.CharField(max_length=60)
    reason = models.CharField(max_length=300, blank=True)
    detail = models.JSONField(default=dict, blank=True)
    request_id = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ("-at",)
        indexes = [models.Index(fields=["object_type", "object_key", "-at"], name="audit_object")]

    def __str__(self) -> str:
        return f"{self.act} {self.object_type} {self.object_key}"
