"""What the holder of a contract has decided about who sees what of its statements."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.contracts.models import Contract


class HidingChoice(models.Model):
    """From whom calls to sensitive numbers are hidden, from a moment on. A contract's newest holds; append-only."""

    class From(models.TextChoices):
        NOBODY = "nobody", _("Nobody: they are listed like all others")
        COLLEAGUES = "colleagues", _("Colleagues who see this contract")
        EVERYBODY = "everybody", _("Everybody, this customer ID too")

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="hiding_choices")
    hidden_from = models.CharField(max_length=10, choices=From)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["contract", "-id"], name="hiding_choice_newest")]

    def __str__(self) -> str:
        return f"hiding choice {self.pk}"
