from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.notices import hours
from madoguchi.notices.models import ALL_DAYS, ALL_HOURS
from madoguchi.notices.tests.documented import table

DAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
ZONES = ("Asia/Tokyo", "America/New_York", "Asia/Kolkata", "Europe/London", "Pacific/Auckland", "UTC")


def _utc(text):
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


@pytest.mark.parametrize("row", table("### Hours, worked")[1], ids=lambda row: " ".join(row[:4]))
def test_the_documented_table(row):
    published, zone_name, day_names, hour_range, is_open, opening = row
    first, last = map(int, hour_range.split("–"))
    asked = {
        "days": sum(1 << DAYS.index(day) for day in day_names.split()),
        "hours": sum(1 << hour for hour in range(first, last + 1)),
        "at": _utc(published),
        "zone": ZoneInfo(zone_name),
    }
    assert hours.is_open(**asked) == (is_open == "yes")
    assert hours.next_opening(**asked) == (None if opening == "never" else _utc(opening))


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@given(
    days=st.integers(1, ALL_DAYS),
    mask=st.integers(1, ALL_HOURS),
    at=moments,
    zone=st.sampled_from(ZONES).map(ZoneInfo),
)
def test_the_next_opening_is_the_first_open_hour(days, mask, at, zone):
    opening = hours.next_opening(days, mask, at=at, zone=zone)
    if opening is None:
        # Only an hour that the clocks jump over, once a year, can be missing for a week and a day.
        assert mask.bit_count() <= 2
        return
    assert at < opening
    assert hours.is_open(days, mask, at=opening, zone=zone)
    # No beginning of an hour between the two is open.
    between = opening - timedelta(hours=1)
    while between > at:
        assert not hours.is_open(days, mask, at=between, zone=zone)
        between -= timedelta(hours=1)


@given(at=moments, zone=st.sampled_from(ZONES).map(ZoneInfo))
def test_everything_ticked_is_always_open_and_nothing_ticked_never(at, zone):
    assert hours.is_open(ALL_DAYS, ALL_HOURS, at=at, zone=zone)
    assert not hours.is_open(ALL_DAYS, 0, at=at, zone=zone)
    assert not hours.is_open(0, ALL_HOURS, at=at, zone=zone)


def test_an_unknown_zone_counts_as_the_operators():
    assert hours.zone_named("Mars/Olympus") == ZoneInfo("Asia/Tokyo")
    assert hours.zone_named("") == ZoneInfo("Asia/Tokyo")
    assert hours.zone_named("../etc") == ZoneInfo("Asia/Tokyo")
