"""What may be done next with a published notice: the further reports its state allows, each by one press."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from madoguchi.notices.lifecycle import FINAL, Kind, State
from madoguchi.notices.models import Notice

_WORDS: dict[str, str | Promise] = {
    State.CONFIRMED: _("Confirm the dates"),
    State.IN_PROGRESS: _("Report the beginning"),
    State.COMPLETED: _("Report the end"),
    State.CANCELLED: _("Cancel the work"),
    State.RECOVERED: pgettext_lazy("act", "Recovered"),
    State.FALSE_ALARM: _("It was a false alarm"),
}


def _word(state: State, notice: Notice) -> str | Promise:
    if state == State.CONFIRMED and notice.state == State.IN_PROGRESS:
        return _("Break off and move the dates")
    return _WORDS[state]


@dataclass(frozen=True, slots=True)
class Act:
    """A button: the page it leads to, by its name, and the state it asks for there."""

    label: str | Promise
    page: str
    state: str = ""


def acts(notice: Notice) -> list[Act]:
    """The most usual first; empty for a draft and for what is withdrawn."""
    states = notice.next_states()
    if notice.is_draft or not states:
        return []
    if notice.state in FINAL:
        return [Act(_("Correct by a further report"), "report_new")]
    trouble = notice.kind == Kind.TROUBLE
    further = [Act(_("Quick report"), "report_quick")] if trouble else []
    moves = [
        Act(_word(state, notice), "report_quick" if trouble else "report_new", state.value)
        for state in states
        if state in _WORDS and state != notice.state
    ]
    rest = Act(_("Write a full report") if trouble else _("Write a further report, or move the dates"), "report_new")
    return [*further, *moves, rest]
