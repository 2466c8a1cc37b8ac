"""``{% load mailings %}``: what became of letters and why, as the operator's pages say it."""

from collections.abc import Mapping

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from madoguchi.delivery.pace import Pace
from madoguchi.lib.lanes import Lane
from madoguchi.shell.templatetags.shell import grouped

register = template.Library()

Words = str | Promise
# By state, then by reason; a reason that stands for itself (what did not fit into a mail) is shown as it is.
_WHY: dict[str, dict[str, Words]] = {
    "queued": {
        "": pgettext_lazy("letters", "not tried yet"),
        "refused": _("refused for now, to be tried again"),
        "sender": _("our sender address was refused, to be tried again"),
        "unanswered": _("no answer from the relay, to be tried again"),
        "render": _("the text could not be made, to be tried again"),
    },
    "held": {"": _("until the address's hours begin")},
    "skipped": {
        "outside_hours": _("outside the days and hours of the address"),
        "expired": _("too late: the notice was over before"),
        "cancelled": pgettext_lazy("letters", "called off"),
        "withdrawn": pgettext_lazy("letters", "the notice was withdrawn before"),
        "removed": _("the address was deleted or changed before"),
        "digest": _("sent together with others in one email"),
    },
    "failed": {
        "refused": _("refused for good by the relay or the recipient's server"),
        "content": _("refused for what it says, or for coming from us"),
        "expired": _("not accepted before the notice was over"),
        "address": _("the address cannot be written to"),
        "seal": _("what the letter carried could not be unsealed"),
    },
    "bounced": {
        "hard": _("the address does not exist, or takes no email"),
        "soft": _("the mailbox was full or out of reach"),
        "other": _("for a reason that is not the address's"),
    },
    "suppressed": {
        "paused": _("the address is paused, because email to it came back"),
        "opted_out": pgettext_lazy("letters", "stopped by the link in an email"),
        "hard": _("on the suppression list: does not exist"),
        "soft": _("on the suppression list: failed again and again"),
        "complaint": _("on the suppression list: reported as spam"),
        "operator": _("on the suppression list: added by staff"),
    },
}
_STATES: tuple[tuple[str, Words], ...] = (
    ("queued", _("Waiting")),
    ("sent", pgettext_lazy("console", "Sent")),
    ("held", _("Held")),
    ("skipped", _("Skipped")),
    ("failed", _("Failed")),
    ("bounced", _("Bounced")),
    ("suppressed", _("Suppressed")),
)
_LANES: dict[int, Words] = {
    Lane.CODES: _("Codes and confirmations"),
    Lane.TROUBLE: pgettext_lazy("lane", "Trouble"),
    Lane.WORK: pgettext_lazy("lane", "Work"),
    Lane.REST: pgettext_lazy("lane", "Everything else"),
}
# Letters about an ID, by how the names of their renderers begin; the first that fits counts. Which change it was, and
# what was said of the charges, is the customer's own.
_ABOUT: tuple[tuple[str, Words], ...] = (
    ("accounts.reset_", _("Forgotten password")),
    ("accounts.new_address", _("Link to confirm the ID's new address")),
    ("accounts.new_device", _("Login from a new device")),
    ("accounts.", _("Change of the ID")),
    ("contracts.", _("Linked contracts and contact phones")),
    ("notices.confirm_address", _("Link to confirm a delivery address")),
    ("notices.resume_address", _("Link to confirm a delivery address")),
    ("notices.webhook_", pgettext_lazy("letters", "Webhook stopped")),
    ("notices.", _("Change of the delivery addresses")),
    ("alerts.", pgettext_lazy("letters", "Mail about charges")),
    ("inquiries.", pgettext_lazy("letters", "Inquiry")),
)


@register.filter
def about_word(renderer: str) -> Words:
    """What a letter about an ID is about, by the renderer of its mailing."""
    return next((words for beginning, words in _ABOUT if renderer.startswith(beginning)), renderer)


@register.filter
def why(reason: str, state: str) -> Words:
    """The reason of a letter in that state, in words."""
    return _WHY.get(state, {}).get(reason, reason)


@register.filter
def state_word(state: str) -> Words:
    return dict(_STATES).get(state, state)


@register.filter
def state_rows(pace: Pace) -> list[tuple[str, Words, str, list[tuple[Words, str]]]]:
    """Each state: its name, its word, the number, and where it is told why: the reasons with theirs, most first."""
    rows = []
    for state, word in _STATES:
        by_reason = pace.reasons.get(state, {})
        told = [] if state == "sent" or set(by_reason) <= {""} else _most_first(state, by_reason)
        rows.append((state, word, grouped(getattr(pace, state)), told))
    return rows


def _most_first(state: str, by_reason: Mapping[str, int]) -> list[tuple[Words, str]]:
    ordered = sorted(by_reason.items(), key=lambda item: (-item[1], item[0]))
    return [(why(reason, state), grouped(number)) for reason, number in ordered]


@register.filter
def lane_word(lane: int) -> Words:
    return _LANES[lane]


@register.filter
def per_second(rate: float | None) -> str:
    """Letters a second: 0.4, 12, 9,800; a dash where none are to be sent."""
    if rate is None:
        return "–"
    return f"{rate:,.0f}" if rate >= 10 or not rate else f"{rate:.1f}"


@register.filter
def about(seconds: float | None) -> int | None:
    """A guess in seconds that does not claim to be exact: to 5 s under two minutes, to minutes above."""
    if seconds is None:
        return None
    step = 5 if seconds < 120 else 60
    return max(step, round(seconds / step) * step)
