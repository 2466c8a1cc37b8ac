"""When an address is stopped and what that withholds, against the tables of ``docs/delivery.md``; the return path."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.delivery.models import Return, Suppression
from madoguchi.delivery.returns import path, rules
from madoguchi.delivery.returns.rules import Event
from madoguchi.delivery.tests.test_rules import table
from madoguchi.lib.lanes import Lane

FIRST = datetime(2026, 11, 22, 9, tzinfo=UTC)


def events(cell: str) -> list[Event]:
    found = []
    for order, entry in enumerate(cell.split(", ")):
        day, what = entry.split()
        at = FIRST + timedelta(days=int(day), microseconds=order)
        found.append(Event(at, None if what == "ok" else Return.Kind(what)))
    return found


@pytest.mark.parametrize(("letters", "stopped"), table("letters"))
def test_an_address_is_stopped_as_the_table_says(letters, stopped):
    assert (rules.verdict(events(letters)) or "–") == stopped
    # What came back comes in any order; the letters' order counts.
    assert (rules.verdict(reversed(events(letters))) or "–") == stopped


@pytest.mark.parametrize(("why", "cells"), [(row[0], row[1:]) for row in table("why")])
def test_what_is_withheld_is_the_tables(why, cells):
    withheld = rules.WITHHELD[Suppression.Reason(why)]
    assert ["withheld" if lane in withheld else "sent" for lane in Lane] == cells


@given(st.integers(1, 2**63 - 1))
def test_a_return_path_reads_back_in_every_spelling(letter):
    address = path.return_path(letter).decode()
    local, _, domain = address.partition("@")
    assert len(local) <= 64
    for spelling in (address, address.upper(), f"<{address}>", address.replace("+", "-"), address.replace("+", "=")):
        assert path.read(spelling) == letter
    assert path.found_in(f"X: {address.upper()}\n".encode()) == letter
    assert path.read(f"{local}@elsewhere.{domain}") is None


@given(st.integers(1, 2**63 - 2), st.integers(0, 19))
def test_nobody_else_can_make_one(letter, place):
    address = path.return_path(letter).decode()
    mark = address.partition(".")[2]
    other = mark[:place] + ("0" if mark[place] != "0" else "1") + mark[place + 1 :]
    assert path.read(address.replace(mark, other)) is None
    assert path.read(address.replace(str(letter), str(letter + 1), 1)) is None
    assert path.found_in(address.replace(mark, other).encode()) is None


def test_a_key_can_be_changed_while_mail_is_coming_back(settings):
    before = path.return_path(7).decode()
    settings.SEALING_KEYS = ("another-key-of-at-least-thirty-two-characters", *settings.SEALING_KEYS)
    assert path.return_path(7).decode() != before
    assert path.read(before) == path.read(path.return_path(7).decode()) == 7
    settings.SEALING_KEYS = settings.SEALING_KEYS[:1]
    assert path.read(before) is None


def test_without_a_domain_there_is_no_return_path(settings):
    address = path.return_path(7).decode()
    settings.RETURN_DOMAIN = ""
    assert path.return_path(7) == b""
    assert path.read(address) is None
    assert path.found_in(address.encode()) is None
    assert path.wish_path("x") is None
    assert not path.is_ours("complaints@")


@pytest.mark.parametrize(
    ("address", "ours"),
    [
        ("u+12-3-t-0123@return.aoba.example", True),
        ("U+12-3-T-0123@RETURN.aoba.example", True),
        ("complaints@return.aoba.example", True),
        ("u+@return.aoba.example", False),
        ("r+1.00000000000000000000@return.aoba.example", False),
        ("r+99999999999999999999.00000000000000000000@return.aoba.example", False),
        ("postmaster@return.aoba.example", False),
        ("hanako@elsewhere.example", False),
        ("", False),
    ],
)
def test_which_addresses_are_ours(address, ours):
    assert path.is_ours(address) == ours
