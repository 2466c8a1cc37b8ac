"""Phones that misbehave on request: set on the page, or by programs."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from madoguchi.demo.telephone.faults import Fault, Kind
from madoguchi.demo.telephone.store import Store

NUMBER = "+819000000001"


@pytest.fixture
def store(tmp_path: Path, settings: Any) -> Store:
    settings.VAR = tmp_path
    return Store(tmp_path / "demo")


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_on_the_page(client: Client, store: Store, prefix: str) -> None:
    assert "<details" in client.get(f"{prefix}/demo/telephone/").text
    answer = client.post(f"{prefix}/demo/telephone/", {"to": "090-0000-0001", "fault": "late", "seconds": "90"})
    assert answer.status_code == 302
    assert store.fault(NUMBER) == Fault(Kind.LATE, 90)
    page = client.get(f"{prefix}/demo/telephone/").text
    assert "090-0000-0001" in page
    assert ("Late: it arrives after a while" if prefix else "遅延：しばらくして届きます") in page
    assert client.post(f"{prefix}/demo/telephone/heal/").status_code == 302
    assert store.faults() == {}


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        ({"to": "12", "fault": "busy"}, "to"),
        ({"to": "", "fault": "late"}, "seconds"),
        ({"to": "", "fault": "late", "seconds": "4000"}, "seconds"),
        ({"to": "", "fault": "explode"}, "fault"),
        ({}, "fault"),
    ],
)
def test_what_cannot_be_set_is_said(client: Client, store: Store, form: dict[str, str], wrong: str) -> None:
    page = client.post("/demo/telephone/", form)
    assert page.status_code == 422
    assert f'id="id_{wrong}_error"' in page.text
    answer = client.post("/demo/telephone/faults.json", form, content_type="application/json")
    assert answer.status_code == 422
    assert wrong in answer.json()["errors"]
    assert store.faults() == {}


def test_by_programs(store: Store) -> None:
    client = Client(enforce_csrf_checks=True)
    url = "/demo/telephone/faults.json"
    said = {"to": "090-0000-0001", "fault": "busy"}
    assert client.post(url, said, content_type="application/json").json() == [
        {"to": NUMBER, "fault": "busy", "seconds": 0}
    ]
    client.post(url, {"fault": "lost"}, content_type="application/json")
    assert {row["to"]: row["fault"] for row in client.get(url).json()} == {"": "lost", NUMBER: "busy"}
    assert store.fault("+81300000003") == Fault(Kind.LOST)
    client.post(url, {**said, "fault": "normal"}, content_type="application/json")
    assert store.fault(NUMBER) == Fault(Kind.NORMAL)  # although all others lose everything
    assert client.post(url, said).status_code == 422  # a form of a page elsewhere


def test_what_is_late_is_seen_when_it_arrives(store: Store) -> None:
    now = datetime.now(UTC)
    with time_machine.travel(now, tick=False) as clock:
        store.add(channel="sms", caller="+81312345678", number=NUMBER, text="late", after=30)
        store.add(channel="sms", caller="+81312345678", number=NUMBER, text="early")
        assert [arrival.text for arrival in store.latest()] == ["early"]
        clock.shift(timedelta(seconds=31))
        assert [arrival.text for arrival in store.latest()] == ["late", "early"]


def test_the_page_is_for_staff_where_codes_are_customers(client: Client, store: Store, settings: Any, db: None) -> None:
    settings.DEMO = False
    for path in ("/demo/telephone/", "/demo/telephone.json", "/demo/telephone/faults.json"):
        assert client.get(path)["Location"].startswith("/id/login/"), path


def test_an_older_inbox_is_begun_anew(tmp_path: Path) -> None:
    old = sqlite3.connect(tmp_path / "telephone.sqlite3")
    old.execute("CREATE TABLE arrival (id INTEGER PRIMARY KEY, received_at TEXT)")
    old.close()
    store = Store(tmp_path)
    store.add(channel="sms", caller="+81312345678", number=NUMBER, text="text")
    assert len(store.latest()) == 1
