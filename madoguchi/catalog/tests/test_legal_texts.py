"""Which version of a legal text counts."""

from datetime import UTC, datetime

import pytest
import time_machine

from madoguchi.catalog.models import LegalText

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
