"""Relays as they are set, which of them is used, and how fast letters may go: pure rules, by the tables of the page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.delivery.engine import login
from madoguchi.delivery.engine.pacing import Limit, Rate, limits
from madoguchi.delivery.engine.relays import Relay, Standing, choose, relays
from madoguchi.delivery.tests.test_rules import table


def test_several_relays_are_named_in_order_each_with_its_limits():
    first, second = relays(
        "smtps://u:p@one.example?connections=5&messages=100&rate=200&ca=/etc/ca.pem  smtp://[::1]:2525?hello=us.example",
        hello="aoba.example",
        connections=10,
        messages=1000,
    )
    assert (first.name, first.connections, first.codes, first.messages) == ("one.example:465", 4, True, 100)
    assert (first.rate, first.authority, first.hello) == (200.0, "/etc/ca.pem", "aoba.example")
    assert (second.name, second.connections, second.codes, second.messages) == ("[::1]:2525", 10, True, 1000)
    assert (second.rate, second.hello) == (0.0, "us.example")


def test_a_relay_that_allows_one_connection_gets_one():
    relay = Relay.of("smtp://one.example?connections=1", hello="x")
    assert (relay.connections, relay.codes) == (1, False)


@pytest.mark.parametrize(
    "url",
    [
        "one.example",
        "https://one.example",
        "smtp://one.example?speed=1",
        "smtp://one.example?rate=0",
        "smtp://one.example?rate=fast",
        "smtp://one.example?connections=-1",
        "smtp://user:secret@one.example",  # a password in clear
    ],
)
def test_a_relay_that_cannot_be_meant_is_refused_without_showing_its_password(url):
    with pytest.raises(ValueError, match=r"relay|password|convert|secure|field") as refused:
        Relay.of(url, hello="x")
    assert "secret" not in str(refused.value)


STANDINGS = {"well": Standing.WELL, "away": Standing.AWAY, "to be tried": Standing.TRIED}


@pytest.mark.parametrize("row", table("first relay"), ids=" ".join)
def test_the_relay_in_use_is_the_tables(row):
    *standings, carries, tried = row
    number = {"first": 0, "second": 1, "third": 2, "none": None}
    expected = tuple(number[word] for word in tried.split(", ")) if tried != "none" else ()
    assert choose([STANDINGS[word] for word in standings]) == (number[carries], expected)


@given(st.lists(st.sampled_from(list(Standing)), min_size=1, max_size=5))
def test_letters_go_through_the_first_that_is_well_and_only_those_before_it_are_tried(standings):
    carrier, tried = choose(standings)
    if carrier is None:
        assert Standing.WELL not in standings
    else:
        assert standings.index(Standing.WELL) == carrier
    assert all(standings[number] is Standing.TRIED for number in tried)
    assert all(carrier is None or number < carrier for number in tried)


@given(
    per_second=st.floats(0.5, 5000),
    asked=st.lists(st.floats(0, 0.5), min_size=1, max_size=200),
)
def test_never_more_go_than_the_rate_allows_however_they_ask(per_second, asked):
    rate, now, gone = Rate(per_second), 100.0, []
    for step in asked:
        now += step
        if not rate.wait(now):
            rate.take(now)
            gone.append(now)
    at_once = max(1.0, per_second / 10)
    for first, begun in enumerate(gone):
        for last in range(first, len(gone)):
            assert last - first + 1 <= per_second * (gone[last] - begun) + at_once + 1e-6


def test_who_waits_as_long_as_told_may_go():
    rate = Rate(50)
    for _ in range(5):
        rate.take(10.0)
    wait = rate.wait(10.0)
    assert wait == pytest.approx(0.02)
    assert rate.wait(10.0 + wait) == pytest.approx(0)


def test_limits_of_groups_are_read_by_operator_or_domain():
    assert limits("docomo=rate:50,connections:2 Example.jp=rate:0.5 gmail.com=connections:3") == {
        "docomo": Limit(50.0, 2),
        "example.jp": Limit(0.5, None),
        "google": Limit(None, 3),
    }
    assert limits("") == {}


@pytest.mark.parametrize(
    "text", ["docomo", "docomo=", "docomo=50", "nobody=rate:5", "docomo=rate:0", "docomo=connections:0", "au=speed:1"]
)
def test_limits_that_cannot_be_meant_are_refused(text):
    with pytest.raises(ValueError, match=r"group|limit"):
        limits(text)


@pytest.mark.parametrize(
    ("extensions", "sent"),
    [
        ({"AUTH LOGIN PLAIN"}, ["AUTH PLAIN AHXDpABwOnc="]),
        ({"AUTH=LOGIN"}, ["AUTH LOGIN", "dcOk", "cDp3"]),
        ({"PIPELINING"}, ["AUTH PLAIN AHXDpABwOnc="]),
    ],
)
def test_we_log_in_as_the_relay_offers(extensions, sent):
    mechanisms = login.offered_mechanisms(extensions)
    assert [line for line, _ in login.dialogue(mechanisms, "uä", "p:w")] == sent
