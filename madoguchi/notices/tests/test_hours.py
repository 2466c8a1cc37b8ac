from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.notices import hours
from madoguchi.notices.models import ALL_DAYS, ALL_HOURS
from madoguchi.notices.tests.documented import table
from madoguchi.notices.tests.make import NOW, TOKYO

DAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
HOUR = timedelta(hours=1)


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


# Every zone there is, read once.
ZONES = {name: ZoneInfo(name) for name in sorted(available_timezones())}
zones = st.sampled_from(sorted(ZONES)).map(ZONES.get)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
A_WEEK = [NOW + timedelta(hours=hour) for hour in range(7 * 24)]


def _change(year, zone):
    """The moments at which the clocks of ``zone`` change in ``year``, to the hour; two where there is summer time."""
    start = datetime(year, 1, 1, tzinfo=UTC)
    hours_of = [start + timedelta(hours=hour) for hour in range(366 * 24)]
    return [at for at in hours_of if at.astimezone(zone).utcoffset() != (at - HOUR).astimezone(zone).utcoffset()]


def test_every_hour_of_a_week_is_open_when_it_alone_is_ticked():
    for at in A_WEEK:
        local = at.astimezone(TOKYO)
        day, hour = hours.bits(at, zone=TOKYO)
        assert (day, hour) == (1 << (local.weekday() + 1) % 7, 1 << local.hour)
        open_at = [other for other in A_WEEK if hours.is_open(day, hour, at=other, zone=TOKYO)]
        assert open_at == [at]
        # Until the hour's last moment, and not in the next one.
        assert hours.is_open(day, hour, at=at.replace(minute=59, second=59), zone=TOKYO)
        assert hours.next_opening(day, hour, at=at, zone=TOKYO) == at.replace(minute=0) + timedelta(days=7)


def test_in_every_zone_an_hour_is_the_one_on_the_wall():
    for name, zone in ZONES.items():
        for at in (NOW, datetime(2026, 7, 1, 11, 35, tzinfo=UTC)):
            wall = at.astimezone(zone)
            day, hour = hours.bits(at, zone=zone)
            assert (day.bit_length() - 1, hour.bit_length() - 1) == (int(wall.strftime("%w")), wall.hour), name
            begins, _, _ = next(hours.coming_hours(at, zone=zone))
            # Zones differ by quarters of an hour, and theirs begins when the wall says so.
            assert at < begins <= at + HOUR, name
            assert begins.astimezone(zone).minute == 0 or begins.astimezone(zone).utcoffset() != wall.utcoffset(), name


@pytest.mark.parametrize("name", ["America/New_York", "Europe/London", "Pacific/Auckland", "Australia/Lord_Howe"])
def test_both_nights_on_which_the_clocks_change(name):
    """Every hour that is on the wall that day comes, the doubled one twice, the skipped one not at all."""
    zone = ZONES[name]
    changes = _change(2026, zone)
    assert len(changes) == 2
    for change in changes:
        for hour in range(24):
            opened = [
                at
                for minute in range(0, 48 * 60, 10)
                for at in [change - timedelta(days=1) + timedelta(minutes=minute)]
                if hours.is_open(ALL_DAYS, 1 << hour, at=at, zone=zone)
            ]
            assert opened == [at for at in opened if at.astimezone(zone).hour == hour]
            first = hours.next_opening(ALL_DAYS, 1 << hour, at=change - timedelta(days=1), zone=zone)
            assert first is not None
            assert hours.is_open(ALL_DAYS, 1 << hour, at=first, zone=zone)


@given(days=st.integers(1, ALL_DAYS), mask=st.integers(1, ALL_HOURS), at=moments, zone=zones)
def test_the_next_opening_is_the_first_open_hour(days, mask, at, zone):
    opening = hours.next_opening(days, mask, at=at, zone=zone)
    if opening is None:
        # Only an hour that the clocks jump over, once a year, can be missing for a week and a day.
        assert mask.bit_count() <= 2
        return
    assert at < opening
    assert hours.is_open(days, mask, at=opening, zone=zone)
    # No beginning of an hour between the two is open.
    between = opening - HOUR
    while between > at:
        assert not hours.is_open(days, mask, at=between, zone=zone)
        between -= HOUR


@given(at=moments, zone=zones)
def test_everything_ticked_is_always_open_and_nothing_ticked_never(at, zone):
    assert hours.is_open(ALL_DAYS, ALL_HOURS, at=at, zone=zone)
    assert not hours.is_open(ALL_DAYS, 0, at=at, zone=zone)
    assert not hours.is_open(0, ALL_HOURS, at=at, zone=zone)


def test_an_unknown_zone_counts_as_the_operators():
    assert hours.zone_named("Mars/Olympus") == ZoneInfo("Asia/Tokyo")
    assert hours.zone_named("") == ZoneInfo("Asia/Tokyo")
    assert hours.zone_named("../etc") == ZoneInfo("Asia/Tokyo")
