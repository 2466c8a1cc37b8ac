"""One row of a mapped file → a record, or what is wrong with it."""

from collections.abc import Mapping as AnyMapping
from datetime import UTC, datetime, timedelta
from decimal import ROUND_CEILING, Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from .mapping import EPOCH, EPOCH_MS, ISO, Mapping
from .record import InColumn, Leg, Problem, Record, check_times, figure, required

_SECONDS = {"s": Decimal(1), "ms": Decimal("0.001"), "min": Decimal(60)}


def record_of(
    fields: AnyMapping[str, str], *, line: int, mapping: Mapping, zone: ZoneInfo, now: datetime
) -> Record | Problem | Leg:
    """``fields``: the file's names and texts; a row ``only`` does not name is a :class:`Leg`, left out."""
    if any(fields.get(name, "").strip() not in values for name, values in mapping.only.items()):
        return Leg(line)
    try:
        caller, called = parties(fields, mapping)
        started = moment_of(fields, "started_at", mapping, zone_of(fields, mapping, zone))
        talk = _talk(fields, mapping)
        ended = _end(fields, mapping, started, talk, zone_of(fields, mapping, zone))
        end = "ended_at" if "ended_at" in mapping.columns else "started_at"
        columns = mapping.name(end), mapping.name("talk_seconds"), mapping.name("started_at")
        check_times(started, ended, talk, columns=columns, now=now)
    except InColumn as found:
        return Problem(line, found.column, found.reason, found.value[:80])
    return Record(
        line=line,
        call_id=text_of(fields, "call_id", mapping).strip(),
        caller=caller,
        called=called,
        started_at=started,
        ended_at=ended,
        talk_seconds=talk,
        raw=raw_of(fields, mapping),
    )


def raw_of(fields: AnyMapping[str, str], mapping: Mapping) -> str:
    if mapping.format != "jsonl":
        return "\x1f".join(fields.values())
    # Names come in any order in JSON, and may be left out.
    return "\x1f".join(f"{name}={value}" for name, value in sorted(fields.items()))


def text_of(fields: AnyMapping[str, str], part: str, mapping: Mapping) -> str:
    if part in mapping.columns:
        return fields.get(mapping.columns[part], "")
    return mapping.constants.get(part, "")


def parties(fields: AnyMapping[str, str], mapping: Mapping) -> tuple[str, str]:
    if "direction" not in mapping.columns:
        return text_of(fields, "caller", mapping), text_of(fields, "called", mapping)
    own, other = text_of(fields, "own", mapping), text_of(fields, "other", mapping)
    column = mapping.columns["direction"]
    direction = required(dict(fields), column)
    if direction in mapping.outgoing:
        return own, other
    if direction in mapping.incoming:
        return other, own
    raise InColumn(column, "direction", direction)


def zone_of(fields: AnyMapping[str, str], mapping: Mapping, zone: ZoneInfo) -> ZoneInfo:
    column = mapping.columns.get("zone")
    if column is None or not (name := fields.get(column, "").strip()):
        return zone
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise InColumn(column, "zone", name) from None


def figure_of(fields: AnyMapping[str, str], column: str, mapping: Mapping) -> str:
    """A number as it stands. Programs write 5.2E9 into JSON and mean it; into CSV only spreadsheets do."""
    return (figure if mapping.format == "csv" else required)(dict(fields), column)


def moment_of(fields: AnyMapping[str, str], part: str, mapping: Mapping, zone: ZoneInfo) -> datetime:
    column = mapping.columns[part]
    value = figure_of(fields, column, mapping) if mapping.time in {EPOCH, EPOCH_MS} else required(dict(fields), column)
    try:
        if mapping.time in {EPOCH, EPOCH_MS}:
            count = Decimal(value) / (1000 if mapping.time == EPOCH_MS else 1)
            return datetime.fromtimestamp(int(count), UTC)
        moment = datetime.fromisoformat(value) if mapping.time == ISO else datetime.strptime(value, mapping.time)  # noqa: DTZ007
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError, OSError, InvalidOperation):
        raise InColumn(column, "time", value) from None


def _end(fields: AnyMapping[str, str], mapping: Mapping, started: datetime, talk: int, zone: ZoneInfo) -> datetime:
    lasted = _duration(fields, "duration", mapping) if "duration" in mapping.columns else talk
    if "ended_at" not in mapping.columns:
        try:
            return started + timedelta(seconds=lasted)
        except OverflowError:
            raise InColumn(mapping.name("duration"), "too_long", str(lasted)) from None
    if not fields.get(mapping.columns["ended_at"], "").strip():
        raise InColumn(mapping.columns["ended_at"], "never_ended")
    return moment_of(fields, "ended_at", mapping, zone)


def _talk(fields: AnyMapping[str, str], mapping: Mapping) -> int:
    if mapping.answered and required(dict(fields), mapping.answered[0]) not in mapping.answered[1]:
        return 0
    return _duration(fields, "talk_seconds", mapping)


def _duration(fields: AnyMapping[str, str], part: str, mapping: Mapping) -> int:
    """Whole seconds; a second begun counts as one."""
    column = mapping.columns[part]
    value = figure_of(fields, column, mapping)
    text = value.replace(",", ".") if mapping.decimal == "," else value
    try:
        count = _clock(text) if mapping.unit == "h:m:s" else Decimal(text) * _SECONDS[mapping.unit]
        whole = int(count.to_integral_value(ROUND_CEILING))
    except (InvalidOperation, ValueError, OverflowError):
        raise InColumn(column, "duration", value) from None
    if whole < 0 or count < 0:
        raise InColumn(column, "negative", value)
    if whole >= 10**9:
        raise InColumn(column, "duration", value)
    return whole


def _clock(text: str) -> Decimal:
    """``1:02:03``, ``62:03`` → seconds."""
    seconds = Decimal(0)
    parts = text.removeprefix("-").split(":")
    if len(parts) > 3:
        raise ValueError(text)
    for part in parts:
        seconds = seconds * 60 + Decimal(part)
    return -seconds if text.startswith("-") else seconds
