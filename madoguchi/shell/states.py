"""How a state is shown, everywhere alike: a word, a shape and a colour, never the colour alone."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Look:
    word: str | Promise
    tone: str  # calm | plan | act | alert | watch | good, see components/badge.css
    icon: str


LOOKS: dict[str, Look] = {
    "draft": Look(_("Draft"), "calm", "pencil"),
    # planned work
    "tentative": Look(_("Planned (to be confirmed)"), "plan", "calendar-question"),
    "confirmed": Look(_("Planned"), "plan", "calendar"),
    "in_progress": Look(_("In progress"), "act", "work"),
    "completed": Look(_("Completed"), "good", "check"),
    "cancelled": Look(_("Cancelled"), "calm", "cross"),
    # trouble
    "investigating": Look(_("Investigating"), "alert", "search"),
    "identified": Look(_("Cause identified"), "alert", "target"),
    "recovering": Look(_("Restoring service"), "act", "work"),
    "monitoring": Look(_("Monitoring"), "watch", "eye"),
    "recovered": Look(_("Recovered"), "good", "check"),
    "false_alarm": Look(_("False alarm"), "calm", "cross"),
    # delivery addresses
    "address_verified": Look(_("Receiving"), "good", "check"),
    "address_provisional": Look(_("Provisionally registered"), "watch", "clock"),
    "address_paused": Look(_("Paused"), "alert", "alert"),
    "address_empty": Look(_("Not registered"), "calm", "mail"),
}


def look(state: str) -> Look:
    return LOOKS[str(state)]
