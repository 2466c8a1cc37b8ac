"""Asterisk ``cdr_csv``: no header; the call's id and user field are there only if the switch is told to write them."""

import csv
import re
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from .record import InColumn, Problem, Read, Record, check_times, local_time, required, seconds, unusable

COLUMNS = (
    *("accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata"),
    *("start", "answer", "end", "duration", "billsec", "disposition", "amaflags"),
    *("uniqueid", "userfield", "peeraccount", "linkedid", "sequence"),
)
LEAST = COLUMNS.index("amaflags") + 1

# 1761955200.12, with the system's name before it if it has one. A user field alone in this place looks otherwise.
_UNIQUE_ID = re.compile(r"(?:.+-)?\d{9,11}\.\d+")


def read(lines: Iterable[str], *, zone: ZoneInfo, now: datetime) -> Read:
    for number, line in enumerate(lines, start=1):
        # A line at a time: the switch writes no line breaks, and an open quote spoils no row but its own.
        try:
            row = next(csv.reader([line], strict=True), [])
        except csv.Error:
            yield Problem(number, "", "csv")
            continue
        if any(cell.strip() for cell in row):
            yield _record(row, line=number, zone=zone, now=now)


def _record(row: list[str], *, line: int, zone: ZoneInfo, now: datetime) -> Record | Problem:
    if not LEAST <= len(row) <= len(COLUMNS):
        return Problem(line, "", "columns", str(len(row)))
    if unusable(row):
        return Problem(line, "", "control")
    fields = dict(zip(COLUMNS, row, strict=False))
    try:
        started = local_time(fields, "start", zone)
        if not fields["end"].strip():
            raise InColumn("end", "never_ended")
        ended = local_time(fields, "end", zone)
        seconds(fields, "duration")
        talk = seconds(fields, "billsec") if required(fields, "disposition").upper() == "ANSWERED" else 0
        check_times(started, ended, talk, columns=("end", "billsec", "start"), now=now)
    except InColumn as found:
        return Problem(line, found.column, found.reason, found.value)
    unique = fields.get("uniqueid", "").strip()
    return Record(
        line=line,
        call_id=unique if _UNIQUE_ID.fullmatch(unique) else "",
        caller=fields["src"],
        called=fields["dst"],
        started_at=started,
        ended_at=ended,
        talk_seconds=talk,
        raw="\x1f".join(row),
    )
