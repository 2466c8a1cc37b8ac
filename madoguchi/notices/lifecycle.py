"""The life of a notice as data: its states, and which may follow which. Worked table: ``docs/notices-life.md``."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from madoguchi.shell import states


class Kind(models.TextChoices):
    WORK = "work", _("Work")
    TROUBLE = "trouble", _("Trouble")


# The words for the states are the ones they have everywhere: pages, console, mail.
def _word(state: str) -> str:
    return states.look(state).word  # type: ignore[return-value]  # lazy


class State(models.TextChoices):
    DRAFT = "draft", _word("draft")
    # work
    TENTATIVE = "tentative", _word("tentative")
    CONFIRMED = "confirmed", _word("confirmed")
    IN_PROGRESS = "in_progress", _word("in_progress")
    COMPLETED = "completed", _word("completed")
    CANCELLED = "cancelled", _word("cancelled")
    # trouble
    INVESTIGATING = "investigating", _word("investigating")
    IDENTIFIED = "identified", _word("identified")
    RECOVERING = "recovering", _word("recovering")
    MONITORING = "monitoring", _word("monitoring")
    RECOVERED = "recovered", _word("recovered")
    FALSE_ALARM = "false_alarm", _word("false_alarm")


_S = State

# From each state, the states a next report may give. A state that leads to itself stands for a further report without
# a move (more news, a new window, a correction): nothing published is edited, so a finished notice still takes one.
MOVES: dict[str, dict[str, tuple[State, ...]]] = {
    Kind.WORK: {
        # Emergency work is announced when it has begun.
        _S.DRAFT: (_S.TENTATIVE, _S.CONFIRMED, _S.IN_PROGRESS),
        _S.TENTATIVE: (_S.TENTATIVE, _S.CONFIRMED, _S.CANCELLED),
        _S.CONFIRMED: (_S.CONFIRMED, _S.IN_PROGRESS, _S.COMPLETED, _S.CANCELLED),
        # Back to confirmed: broken off and moved to another window.
        _S.IN_PROGRESS: (_S.IN_PROGRESS, _S.CONFIRMED, _S.COMPLETED, _S.CANCELLED),
        _S.COMPLETED: (_S.COMPLETED,),
        _S.CANCELLED: (_S.CANCELLED,),
    },
    Kind.TROUBLE: {
        # A short trouble may be over before its first report.
        _S.DRAFT: (_S.INVESTIGATING, _S.IDENTIFIED, _S.RECOVERING, _S.MONITORING, _S.RECOVERED),
        _S.INVESTIGATING: (
            *(_S.INVESTIGATING, _S.IDENTIFIED, _S.RECOVERING, _S.MONITORING, _S.RECOVERED),
            _S.FALSE_ALARM,
        ),
        # A cause can prove wrong, and a recovery can fail: both go back.
        _S.IDENTIFIED: (
            *(_S.INVESTIGATING, _S.IDENTIFIED, _S.RECOVERING, _S.MONITORING, _S.RECOVERED),
            _S.FALSE_ALARM,
        ),
        _S.RECOVERING: (_S.INVESTIGATING, _S.IDENTIFIED, _S.RECOVERING, _S.MONITORING, _S.RECOVERED),
        _S.MONITORING: (_S.INVESTIGATING, _S.IDENTIFIED, _S.RECOVERING, _S.MONITORING, _S.RECOVERED),
        # Trouble that comes back after it was reported recovered is a new notice with its own number.
        _S.RECOVERED: (_S.RECOVERED,),
        _S.FALSE_ALARM: (_S.FALSE_ALARM,),
    },
}

# The report that first gives one of these is the final one (最終報).
FINAL = frozenset({State.COMPLETED, State.CANCELLED, State.RECOVERED, State.FALSE_ALARM})
IN_FORCE = frozenset(State) - FINAL - {State.DRAFT}


class IllegalMove(Exception):
    """A report would give a state that may not follow; ``before`` and ``after`` are its names."""

    def __init__(self, *, kind: str, before: str, after: str) -> None:
        super().__init__(f"a {kind} notice does not go from {before} to {after}")
        self.kind, self.before, self.after = kind, State(before), State(after)


class Withdrawn(Exception):
    """A withdrawn notice takes no report any more."""


def next_states(*, kind: str, state: str) -> tuple[State, ...]:
    """The states a next report may give, in the order in which they usually come."""
    return MOVES[kind].get(state, ())


def check(*, kind: str, before: str, after: str) -> None:
    """Raise :class:`IllegalMove` unless ``after`` may follow ``before``."""
    if after not in next_states(kind=kind, state=before):
        raise IllegalMove(kind=kind, before=before, after=after)
