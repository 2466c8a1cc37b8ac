import pytest

from madoguchi.notices import lifecycle
from madoguchi.notices.lifecycle import IllegalMove, State
from madoguchi.notices.tests.documented import table


@pytest.mark.parametrize(("kind", "heading"), [("work", "### Work"), ("trouble", "### Trouble")])
def test_moves_are_those_of_the_documented_table(kind, heading):
    (_, *columns), rows = table(heading, page="notices-life")
    documented = {row[0]: {state for state, mark in zip(columns, row[1:], strict=True) if mark} for row in rows}
    assert documented == {before: set(after) for before, after in lifecycle.MOVES[kind].items()}


def test_an_illegal_move_is_refused_by_name():
    with pytest.raises(IllegalMove, match="a work notice does not go from completed to in_progress") as refused:
        lifecycle.check(kind="work", before="completed", after="in_progress")
    assert (refused.value.before, refused.value.after) == (State.COMPLETED, State.IN_PROGRESS)


@pytest.mark.parametrize("kind", ["work", "trouble"])
def test_every_state_in_force_can_come_to_an_end(kind):
    for before in lifecycle.MOVES[kind]:
        if before in lifecycle.IN_FORCE:
            assert set(lifecycle.next_states(kind=kind, state=before)) & lifecycle.FINAL


@pytest.mark.parametrize("kind", ["work", "trouble"])
def test_a_finished_notice_takes_corrections_only(kind):
    for before in lifecycle.FINAL & set(lifecycle.MOVES[kind]):
        assert lifecycle.next_states(kind=kind, state=before) == (before,)
