"""FreeSWITCH ``mod_json_cdr`` and ``mod_xml_cdr``: one record a call leg, values percent-encoded if so configured."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote
from xml.parsers import expat
from zoneinfo import ZoneInfo

from .batch import Batch, batches
from .files import lines_of
from .record import InColumn, Leg, Problem, Read, Record, check_times, epoch, required, seconds, unusable

CALLER = "callflow.caller_profile.caller_id_number"
CALLED = "callflow.caller_profile.destination_number"

_OPENING = re.compile(r"<cdr(?=[\s>])")


def read_json(path: Path, *, zone: ZoneInfo, now: datetime) -> Iterator[Batch]:
    """JSON lines, or one array of records. Epochs have no ``zone``."""
    with lines_of(path) as lines:
        yield from batches(_json_records(lines, now=now))


def _json_records(lines: Iterable[str], *, now: datetime) -> Read:
    for line, text in _objects(lines):
        try:
            found = json.loads(text)
        except ValueError:
            found = None
        if isinstance(found, dict):
            yield _record(_flat(found), line=line, now=now)
        else:
            yield Problem(line, "", "json")


def _objects(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """(line it begins on, text) of each object. An array is cut into its elements: a broken one spoils no other."""
    numbered = ((number, line.strip()) for number, line in enumerate(lines, start=1))
    numbered = ((number, line) for number, line in numbered if line)
    first = next(numbered, None)
    if first is None:
        return
    if not first[1].startswith("["):
        yield first
        yield from numbered
        return
    kept: list[str] = []
    depth = begun = 0
    for number, line in (first, *numbered):
        start = 0
        for at, brace in _braces(line):
            if depth == 0 and brace == "{":
                begun, start, kept = number, at, []
            depth += 1 if brace == "{" else -1
            if depth == 0:
                yield begun, "\n".join([*kept, line[start : at + 1]])
                kept = []
        if depth:
            kept.append(line[start:])
    if depth:
        yield begun, "\n".join(kept)


def _braces(line: str) -> Iterator[tuple[int, str]]:
    """Braces outside of strings. Strings end with their line in JSON."""
    quoted = escaped = False
    for at, character in enumerate(line):
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == '"':
            quoted = not quoted
        elif not quoted and character in "{}":
            yield at, character


def _flat(found: dict[str, object]) -> dict[str, str]:
    """The parts a record is made of, as dotted names. Of the call flow the newest entry, which stands first."""
    fields: dict[str, str] = {}

    def walk(value: object, path: str) -> None:
        if isinstance(value, dict):
            for name, inner in value.items():
                walk(inner, f"{path}.{name}" if path else str(name))
        elif isinstance(value, list):
            for inner in value[:1]:
                walk(inner, path)
        elif value is not None:
            fields.setdefault(path, str(value))

    walk(found, "")
    return fields


def read_xml(path: Path, *, zone: ZoneInfo, now: datetime) -> Iterator[Batch]:
    """``<cdr>`` records, alone, one after the other or inside any other element. Epochs have no ``zone``."""
    with lines_of(path) as lines:
        yield from batches(_xml_records(lines, now=now))


def _xml_records(lines: Iterable[str], *, now: datetime) -> Read:
    for line, text in _elements(lines):
        try:
            yield _record(_xml_fields(text), line=line, now=now)
        except (expat.ExpatError, _Refused):
            yield Problem(line, "", "xml")


def _elements(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """(line it begins on, text) of each record. Cut by the tags first, so that a broken one spoils no other."""
    kept, begun = "", 0
    for number, line in enumerate(lines, start=1):
        rest = line
        while rest:
            if not kept:
                if not (opening := _OPENING.search(rest)):
                    break
                kept, begun, rest = opening[0], number, rest[opening.end() :]
                continue
            # A record that begins before the last has ended: the last is broken.
            inside, tag, after = rest.partition("</cdr>")
            if broken := _OPENING.search(inside):
                yield begun, kept
                kept, rest = "", rest[broken.start() :]
                continue
            kept += inside + tag
            rest = after
            if tag:
                yield begun, kept
                kept = ""
    if kept:
        yield begun, kept


class _Refused(Exception):
    """Something a call record does not need and an attacker would."""


def _xml_fields(text: str) -> dict[str, str]:
    path: list[str] = []
    fields: dict[str, str] = {}

    def refuse(*_: object) -> None:
        raise _Refused

    def start(name: str, _attributes: dict[str, str]) -> None:
        path.append(name)

    def end(_name: str) -> None:
        path.pop()

    def data(value: str) -> None:
        if value.strip():
            fields.setdefault(".".join(path[1:]), unquote(value))

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, data
    parser.Parse(text, True)
    return fields


def _record(fields: dict[str, str], *, line: int, now: datetime) -> Record | Problem | Leg:
    # The leg that FreeSWITCH itself began for a call it received: its first leg is the call.
    if "variables.originating_leg_uuid" in fields or "variables.originator" in fields:
        return Leg(line)
    if unusable(fields.values()):
        return Problem(line, "", "control")
    try:
        required(fields, "variables.uuid")
        started = epoch(fields, "variables.start_epoch")
        if started is None:
            raise InColumn("variables.start_epoch", "missing")
        ended = epoch(fields, "variables.end_epoch")
        if ended is None:
            raise InColumn("variables.end_epoch", "never_ended")
        talk = seconds(fields, "variables.billsec")
        columns = ("variables.end_epoch", "variables.billsec", "variables.start_epoch")
        check_times(started, ended, talk, columns=columns, now=now)
    except InColumn as found:
        return Problem(line, found.column, found.reason, found.value)
    return Record(
        line=line,
        call_id=fields["variables.uuid"],
        caller=unquote(fields.get(CALLER, "")),
        called=unquote(fields.get(CALLED, "")),
        started_at=started,
        ended_at=ended,
        talk_seconds=talk,
        raw=json.dumps(fields, sort_keys=True, ensure_ascii=False),
    )
