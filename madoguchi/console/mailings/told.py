"""A mailing in the words of those who watch it: what, about what, by whom, to whom, and how it is getting on."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from madoguchi.accounts.models import Account
from madoguchi.delivery.models import Mailing
from madoguchi.delivery.pace import Pace, pace
from madoguchi.notices import mailings
from madoguchi.notices.models import Notice, Report


@dataclass(frozen=True, slots=True)
class Standing:
    """How a mailing stands: ``name`` for programs, the rest as a badge shows it."""

    name: str
    word: str | Promise
    tone: str
    icon: str


WRITING = Standing("writing", _("Choosing addresses"), "act", "list")
SENDING = Standing("sending", pgettext_lazy("mailing", "Sending"), "act", "send")
WAITING = Standing("waiting", _("Waiting for hours"), "plan", "clock")
PAUSED = Standing("paused", pgettext_lazy("mailing", "Paused"), "watch", "clock")
STOPPED = Standing("stopped", _("Paused by itself"), "alert", "alert")
CANCELLED = Standing("cancelled", pgettext_lazy("mailing", "Called off"), "calm", "cross")
FINISHED = Standing("finished", pgettext_lazy("mailing", "Finished"), "good", "check")


@dataclass(frozen=True, slots=True)
class Told:
    mailing: Mailing
    report: Report | None
    pace: Pace

    @property
    def notice(self) -> Notice | None:
        return self.report.notice if self.report else None

    @property
    def what(self) -> str | Promise:
        """Which mailing about the notice it is."""
        match self.mailing.renderer:
            case mailings.REMINDER:
                return _("Reminder")
            case mailings.WITHDRAWAL:
                return _("Withdrawal")
            case _ if self.report:
                return self.report.label
        return self.mailing.renderer

    @property
    def by(self) -> Account | None:
        """Who set it off; None when the clock did."""
        if self.report is None or self.mailing.renderer == mailings.REMINDER:
            return None
        if self.mailing.renderer == mailings.WITHDRAWAL:
            return self.report.notice.withdrawn_by
        return self.report.published_by

    @property
    def standing(self) -> Standing:
        mailing = self.mailing
        if mailing.state == Mailing.State.CANCELLED:
            return CANCELLED
        if mailing.finished_at:
            return FINISHED
        if mailing.state == Mailing.State.PAUSED:
            return STOPPED if mailing.paused_reason == Mailing.Why.FAILURES else PAUSED
        if mailing.checkpoint is not None:
            return WRITING
        return WAITING if self.pace.held and not self.pace.queued else SENDING

    @property
    def rate(self) -> float | None:
        """Letters a second; None while none are to be sent."""
        return self.pace.rate if self.standing in (SENDING, WRITING) else None

    @property
    def eta(self) -> float | None:
        return self.pace.eta if self.standing in (SENDING, WRITING) else None

    @property
    def moves(self) -> bool:
        """Whether its numbers may change by themselves."""
        return self.mailing.finished_at is None


def stopped() -> list[Told]:
    """Mailings that paused themselves and wait for somebody to look."""
    return tell(Mailing.objects.filter(state=Mailing.State.PAUSED, paused_reason=Mailing.Why.FAILURES, single=False))


def tell(found: Iterable[Mailing]) -> list[Told]:
    """Of mailings about notices, what they say; of any other what little this page knows."""
    found = list(found)
    reports = mailings.reports_of(mailing for mailing in found if mailing.renderer in mailings.ALL)
    return [Told(mailing, reports.get(mailing.pk), pace(mailing)) for mailing in found]
