"""What every format is read into, and the checks they share."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from madoguchi.statements.numbers import SPREADSHEET

_UNUSABLE = re.compile("[\0\x1f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Record:
    """One call as the switch tells it. ``raw`` is the record in a canonical form, for its digest."""

    line: int
    call_id: str
    caller: str
    called: str
    started_at: datetime
    ended_at: datetime
    talk_seconds: int
    raw: str

    def row(self) -> tuple[object, ...]:
        """In the order of ``batch.RECORD``."""
        return (
            *(self.line, self.call_id, self.caller, self.called),
            *(self.started_at, self.ended_at, self.talk_seconds, self.raw),
        )


@dataclass(frozen=True, slots=True)
class Problem:
    """A record that cannot be taken: where, and a key of ``reasons.REASONS``."""

    line: int
    column: str
    reason: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Leg:
    """The second leg of a call whose first leg carries the record; left out without complaint."""

    line: int


Read = Iterator[Record | Problem | Leg]


class InColumn(Exception):
    """Something unreadable, with the column it was found in."""

    def __init__(self, column: str, reason: str, value: str = "") -> None:
        super().__init__(column, reason)
        self.column, self.reason, self.value = column, reason, value


def unusable(values: Iterable[str]) -> bool:
    """Whether one of them cannot be stored (NUL, or half a surrogate pair), or would pass for two in the digest."""
    return any(map(_UNUSABLE.search, values))


def required(fields: dict[str, str], column: str) -> str:
    if not (value := fields.get(column, "").strip()):
        raise InColumn(column, "missing")
    return value


def figure(fields: dict[str, str], column: str) -> str:
    """What stands in a column of numbers of a text file. ``5.41144E+11`` is what a spreadsheet left of a number."""
    value = required(fields, column)
    if SPREADSHEET.fullmatch(value):
        raise InColumn(column, "spreadsheet", value)
    return value


def seconds(fields: dict[str, str], column: str) -> int:
    value = figure(fields, column)
    try:
        number = int(value)
    except ValueError:
        raise InColumn(column, "whole_number", value) from None
    if number < 0:
        raise InColumn(column, "negative", value)
    return number


def local_time(fields: dict[str, str], column: str, zone: ZoneInfo) -> datetime:
    """``2026-11-01 10:00:00`` in ``zone`` → UTC."""
    value = required(fields, column)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise InColumn(column, "time", value) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def epoch(fields: dict[str, str], column: str) -> datetime | None:
    """Seconds since 1970 → UTC; 0 or nothing is "did not happen"."""
    value = fields.get(column, "").strip()
    if value in {"", "0"}:
        return None
    try:
        return datetime.fromtimestamp(int(value), UTC)
    except (ValueError, OverflowError, OSError):
        raise InColumn(column, "time", value) from None


def check_times(started: datetime, ended: datetime, talk: int, *, columns: tuple[str, str, str], now: datetime) -> None:
    """``columns``: those of the end, the talk time and the start, for the words."""
    end_column, talk_column, start_column = columns
    if ended > now + timedelta(minutes=5):  # clocks differ a little
        raise InColumn(end_column, "future", f"{ended:%Y-%m-%d %H:%M:%S} UTC")
    if ended < now - timedelta(days=3660):
        raise InColumn(end_column, "too_old", f"{ended:%Y-%m-%d %H:%M:%S} UTC")
    if ended < started:
        raise InColumn(start_column, "backwards")
    # Switches round start, end and talk time each on its own.
    if talk > (ended - started).total_seconds() + 2:
        raise InColumn(talk_column, "too_long", str(talk))
