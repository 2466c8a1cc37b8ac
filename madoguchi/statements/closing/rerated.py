"""Looks at a month by newer tariffs, and what came of them."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.contracts.models import Contract
from madoguchi.statements.kinds import words


class Rerating(models.Model):
    """A look at a month by the prices of today, and, once applied, what came of it. Append-only."""

    month = models.DateField(db_index=True)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    lines = models.PositiveBigIntegerField()  # looked at: calls, messages, and of closed months contracts' data
    changed = models.PositiveBigIntegerField()
    unpriced = models.PositiveBigIntegerField()  # there is no price for them today: left as they are
    before = models.BigIntegerField()  # milli-yen before tax and discount, of all of them
    after = models.BigIntegerField()
    digest = models.CharField(max_length=64)  # of the difference: what is applied is what was shown
    applied_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"re-rating {self.pk} of {self.month:%Y-%m}"


class RerateDifference(models.Model):
    """What a re-rating changes in one class of a contract's calls or messages, or in its data of the month."""

    rerating = models.ForeignKey(Rerating, on_delete=models.CASCADE, related_name="differences")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="+")
    records = models.CharField(max_length=10)  # their kind: a key of usage.registry.KINDS
    kind = models.CharField(max_length=20)  # the class after it; data has none
    lines = models.PositiveIntegerField()
    before = models.BigIntegerField()
    after = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.records} {self.kind} of {self.contract_id}"

    @property
    def kind_words(self) -> str:
        """What is priced, with its class: of calls that alone."""
        if self.records == "calls":
            return words(self.kind)
        return _("Data") if not self.kind else _("Messages (SMS): %(kind)s") % {"kind": words(self.kind)}

    @property
    def difference(self) -> int:
        return self.after - self.before
