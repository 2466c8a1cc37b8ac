"""What goes out: a *mailing* (what is said, how urgent, until when) and its *letters* (one per recipient).

This room knows no notice, no registration and no statement. A room above registers a renderer under a name
(:mod:`madoguchi.delivery.renderers`) and posts mailings that name it.
"""

from django.db import models

from madoguchi.lib.lanes import Lane

LANES = [(lane.value, lane.name.lower()) for lane in Lane]


class Mailing(models.Model):
    """One thing said to one or many recipients."""

    class State(models.TextChoices):
        OPEN = "open"
        PAUSED = "paused"
        CANCELLED = "cancelled"

    renderer = models.CharField(max_length=60)
    # What the renderer looks up, in the words of the room that registered it: "42" for report 42.
    reference = models.CharField(max_length=120)
    lane = models.PositiveSmallIntegerField(choices=LANES)
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    # After this moment nothing of it is sent any more: a notice that ended long ago must not arrive late.
    expires_at = models.DateTimeField()
    # How far the recipients have been written; null when all are.
    checkpoint = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["renderer", "reference"], name="mailing_once"),
        ]

    def __str__(self) -> str:
        return f"{self.renderer}:{self.reference}"


class Letter(models.Model):
    """One message to one recipient, from due to its outcome. Every outcome is a row."""

    class State(models.TextChoices):
        QUEUED = "queued"
        HELD = "held"
        SKIPPED = "skipped"
        SENT = "sent"
        FAILED = "failed"
        BOUNCED = "bounced"
        SUPPRESSED = "suppressed"

    class Format(models.TextChoices):
        FULL = "full"  # text and HTML
        SHORT = "short"  # 携帯: short plain text

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="letters")
    lane = models.PositiveSmallIntegerField(choices=LANES)  # the mailing's, repeated for the claim's index
    # Whom, in the words of the room above (a destination's id): unique within the mailing.
    recipient_key = models.CharField(max_length=120)
    # The envelope address exactly as sent; old Japanese mobile addresses keep their quotes here.
    address = models.CharField(max_length=320)
    language = models.CharField(max_length=2)
    format = models.CharField(max_length=8, choices=Format, default=Format.FULL)
    # What is spliced into the rendered message for this recipient alone. No secret in clear: see ``sealed``.
    personal = models.JSONField(default=dict)
    # Encrypted bits (a link's token) that are wiped once the letter is sent or has failed for good.
    sealed = models.BinaryField(null=True)
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    reason = models.CharField(max_length=60, blank=True)
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    reply = models.CharField(max_length=500, blank=True)
    message_id = models.CharField(max_length=255, blank=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mailing", "recipient_key"], name="letter_once"),
        ]
        indexes = [
            models.Index(fields=["lane", "due_at", "id"], name="letter_claim", condition=models.Q(state="queued")),
            models.Index(fields=["recipient_key", "due_at"], name="letter_recipient"),
        ]

    def __str__(self) -> str:
        return f"letter {self.pk} of {self.mailing_id}"
