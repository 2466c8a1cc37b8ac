"""When letters of others may be taken over: clocks that jump, databases that come back."""

from hypothesis import given
from hypothesis import strategies as st

from madoguchi.delivery.engine.leases import JUMP, TakeOver


def test_leases_are_judged_only_after_a_grace_in_which_holders_can_renew():
    rule = TakeOver(grace=15)
    assert rule.before(100) is None, "the database's clock has not been seen"
    assert not rule.observe(database=5000, steady=100)
    assert rule.before(114.9) is None
    assert rule.before(115) == 5015


def test_a_clock_set_forward_takes_no_lease_away():
    rule = TakeOver(grace=15)
    rule.observe(database=5000, steady=100)
    assert rule.before(160) == 5060, "judged by the steady clock until the jump is seen"
    assert rule.observe(database=5060 + 7200, steady=160)
    assert rule.before(161) is None
    assert rule.before(175) == 5075 + 7200


def test_a_database_that_was_away_gives_holders_their_grace():
    rule = TakeOver(grace=15)
    rule.observe(database=5000, steady=100)
    rule.lost()
    assert rule.before(200) is None
    assert not rule.observe(database=5100, steady=200), "no jump, only away"
    assert rule.before(214) is None
    assert rule.before(216) == 5116


@given(st.lists(st.tuples(st.floats(0.5, 5), st.floats(-7200, 7200)), max_size=30))
def test_no_lease_is_believed_over_sooner_than_a_grace_after_a_jump(steps):
    rule, steady, database, jumped_at = TakeOver(grace=15), 100.0, 5000.0, 100.0
    rule.observe(database=database, steady=steady)
    for seconds, jump in steps:
        steady += seconds
        database += seconds + jump
        if rule.observe(database=database, steady=steady):
            jumped_at = steady
        if abs(jump) > JUMP + 1e-6:
            assert jumped_at == steady
        assert (rule.before(steady) is not None) == (steady >= jumped_at + 15)
