"""Each time a code was sent: what the limits count, and what became of it."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from madoguchi.contracts import wording
from madoguchi.contracts.contact_phone import Channel
from madoguchi.contracts.models.passcodes import Passcode
from madoguchi.delivery import telephony
from madoguchi.lib.tokens import new_token, unseal


class DispatchQuerySet(models.QuerySet["Dispatch"]):
    def hear(self, news: telephony.News) -> bool:
        """Move the one the gateway tells of on to its new state; whether anything changed.

        Callbacks overtake one another and come twice: a state never goes back, and a final one stays. Raises
        :class:`telephony.Forged` when there is no such sending.
        """
        told_of = self.filter(reference=news.reference)
        if not told_of.exists():
            raise telephony.Forged("unknown")
        ahead = {
            telephony.State.SENT: [Dispatch.State.QUEUED],
            telephony.State.DELIVERED: [Dispatch.State.QUEUED, Dispatch.State.SENT],
            telephony.State.FAILED: [Dispatch.State.QUEUED, Dispatch.State.SENT],
        }.get(news.state, [])
        found = told_of.filter(state__in=ahead)
        return bool(found.update(state=news.state, reason=news.reason or "", told_at=timezone.now()))


class Dispatch(models.Model):
    """One sending of a passcode's code: what the limits count, and what the customer is told became of it."""

    class State(models.TextChoices):
        QUEUED = "queued"
        SENT = "sent"  # the gateway took it
        DELIVERED = "delivered"  # the gateway says that it arrived
        FAILED = "failed"

    FINAL = (State.DELIVERED, State.FAILED)

    passcode = models.ForeignKey(Passcode, on_delete=models.CASCADE, related_name="dispatches")
    # What a gateway's callbacks call it by; says nothing to anybody else.
    reference = models.CharField(max_length=43, unique=True, default=new_token)
    phone = models.CharField(max_length=16)  # the passcode's, repeated for the limits' index
    prefix = models.CharField(max_length=5)
    requested_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    # One word of telephony's, or "ended" when the code was over before its turn came.
    reason = models.CharField(max_length=20, blank=True)
    gateway_id = models.CharField(max_length=64, blank=True)
    finished_at = models.DateTimeField(null=True)  # our part of it
    told_at = models.DateTimeField(null=True)  # the gateway's last word

    objects: ClassVar[models.Manager["Dispatch"]] = DispatchQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["phone", "requested_at"], name="dispatch_phone"),
            models.Index(fields=["prefix", "requested_at"], name="dispatch_prefix"),
        ]

    def __str__(self) -> str:
        return f"dispatch {self.pk}"

    @property
    def is_final(self) -> bool:
        return self.state in self.FINAL

    def deliver(self, *, last_try: bool) -> None:
        """Say the code to the phone, once.

        Raises :class:`telephony.Unreachable` when it is worth trying again; on the ``last_try`` that too is an
        outcome of the row.
        """
        passcode = self.passcode
        if self.state != self.State.QUEUED:
            return
        if not passcode.is_live or passcode.sealed_code is None:
            self._finish(self.State.FAILED, reason="ended")
            return
        try:
            receipt = self._say(unseal(passcode.sealed_code))
        except telephony.TelephoneTrouble as trouble:
            if trouble.again and not last_try:
                raise
            self._finish(self.State.FAILED, reason=trouble.reason)
        else:
            self._finish(self.State.SENT, gateway_id=receipt.id[:64])

    def _say(self, code: str) -> telephony.Receipt:
        language = self.passcode.language
        if self.passcode.channel == Channel.SMS:
            text = wording.text_message(code, language=language)
            return telephony.send_text(self.phone, text, reference=self.reference)
        spoken = wording.spoken(code, language=language)
        return telephony.call(self.phone, spoken, language=language, reference=self.reference)

    def _finish(self, state: "Dispatch.State", *, reason: str = "", gateway_id: str = "") -> None:
        mine = Dispatch.objects.filter(pk=self.pk)
        mine.update(gateway_id=gateway_id, finished_at=timezone.now())
        # A callback may have been faster than the answer to the request.
        mine.filter(state=self.State.QUEUED).update(state=state, reason=reason)
        self.refresh_from_db(fields=["state", "reason", "gateway_id", "finished_at"])
