"""What ``bench.audience`` measures is the job that writes letters, small: every outcome among few people."""

import pytest

from bench import audience
from madoguchi.delivery.models import Letter

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_the_rows_measured_are_letters_of_every_outcome(monkeypatch):
    # Within the transaction of a test; without statistics joins are planned for tables of a few rows.
    monkeypatch.setattr(audience, "settle", lambda: audience.run("ANALYZE"))
    audience.populate(2_000)
    first = audience.trouble()
    rows = audience.write(first)["rows"]
    assert rows == Letter.objects.count() > 50
    assert set(Letter.objects.values_list("state", flat=True)) == {"queued", "held", "skipped", "suppressed"}
    why = set(Letter.objects.values_list("reason", flat=True))
    assert why == {"", "outside_hours", "paused", "opted_out", "address"}
    assert audience.write(audience.second(first))["rows"] == rows
    listed = audience.write(audience.work(listed=50))["rows"]
    assert 0 < listed < rows * 2
    assert Letter.objects.filter(format="calendar").exists()
