"""What ``bench.load`` measures is what it says: all calls stored and shown, and the same rows copied."""

import pytest

from bench import load, load_input, load_ours
from madoguchi.statements.models import Call

pytestmark = pytest.mark.django_db


def test_the_calls_are_stored_and_shown_and_copied_as_they_were(tmp_path, monkeypatch):
    monkeypatch.setattr(load_input, "PART", 300)
    contract = load.populate(500)
    file = load_input.calls(tmp_path / "calls.csv", 500)
    ours = load_ours.take_in_and_show(file, contract)
    assert ours["page"] > 0
    assert ours["peak_mb"] > 0
    stored = list(Call.objects.order_by("key", "outgoing").values())
    assert len(stored) == 500
    assert sum(call["charge"] for call in stored) > 0
    rows = tmp_path / "rows.csv"
    load.write_out(rows)
    Call.objects.all().delete()
    load.copy(rows)
    assert list(Call.objects.order_by("key", "outgoing").values()) == stored
