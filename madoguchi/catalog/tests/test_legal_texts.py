"""Which version of a legal text counts."""

import time
from datetime import UTC, datetime

import pytest
import time_machine

from madoguchi.catalog.models import LegalText, legal_text

pytestmark = pytest.mark.django_db


def text(version, year):
    return LegalText.objects.create(
        kind="terms", version=version, body_ja="本文", body_en="Text", effective_at=datetime(year, 4, 1, tzinfo=UTC)
    )


@time_machine.travel(datetime(2026, 6, 1, tzinfo=UTC))
def test_the_newest_version_in_effect_counts():
    text("1", 2024)
    now = text("2", 2026)
    text("3", 2027)
    assert LegalText.objects.current(LegalText.Kind.TERMS) == now


def test_without_a_version_there_is_none():
    with pytest.raises(LegalText.DoesNotExist):
        LegalText.objects.current("privacy")


def test_the_version_in_force_is_looked_up_once_for_a_moment(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(legal_text, "KNOWN_FOR", 60.0)
    monkeypatch.setattr(legal_text, "_known", {})
    terms = LegalText.objects.version_in_force
    with time_machine.travel(datetime(2026, 3, 31, tzinfo=UTC)) as clock:
        assert terms("terms") == ""
        text("1", 2024)
        text("2", 2026)
        with django_assert_num_queries(0):
            assert terms("terms") == ""
        later = time.monotonic() + 60
        monkeypatch.setattr(time, "monotonic", lambda: later)
        with django_assert_num_queries(1):
            assert terms("terms") == "1"
            clock.move_to(datetime(2026, 4, 2, tzinfo=UTC))
            assert terms("terms") == "2", "its date was known before it came"
