"""A mapping file: how the columns of somebody's CSV, JSON lines or Parquet say what a call record says (TOML).

docs/call-records.md describes its fields.
"""

import tomllib
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

FORMATS = ("csv", "jsonl", "parquet")
UNITS = ("s", "ms", "min", "h:m:s")
AMOUNTS = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}  # bytes
# A time that is neither of these is a format of strptime.
ISO, EPOCH, EPOCH_MS = "iso", "epoch", "epoch-ms"
PARTIES = ("caller", "called")
OWN_AND_OTHER = ("own", "other", "direction")
CALLS = "calls"


class WrongMapping(ValueError):
    """The mapping cannot be meant; ``reason`` is a key of ``reasons.MAPPING``, ``value`` what it is about."""

    def __init__(self, reason: str, value: str = "") -> None:
        super().__init__(f"{reason}: {value}")
        self.reason, self.value = reason, value


class MissingColumns(ValueError):
    """The file has not the columns the mapping names. ``found`` are those it has."""

    def __init__(self, missing: list[str], found: list[str]) -> None:
        super().__init__(missing, found)
        self.missing, self.found = missing, found


@dataclass(frozen=True, slots=True)
class Mapping:
    """``columns``: part of a record → the file's name for it. ``only``: column → values a row must have to be taken."""

    format: str
    columns: AnyMapping[str, str]
    records: str = CALLS  # the kind of record: a key of usage.registry.KINDS
    time: str = ISO
    zone: str = ""
    unit: str = "s"
    decimal: str = "."
    amount: str = "B"  # unit of data
    delimiter: str = ","
    names: tuple[str, ...] = ()  # of the columns, where the file has no header
    incoming: frozenset[str] = frozenset()
    outgoing: frozenset[str] = frozenset()
    answered: tuple[str, frozenset[str]] | None = None  # column, and values of the calls that were
    only: AnyMapping[str, frozenset[str]] = field(default_factory=dict)
    constants: AnyMapping[str, str] = field(default_factory=dict)
    text: str = ""  # the file it was read from

    @property
    def wanted(self) -> list[str]:
        """Every column of the file that is named, once."""
        names = [*self.columns.values(), *self.only, *([self.answered[0]] if self.answered else [])]
        return list(dict.fromkeys(names))

    def check(self, found: list[str]) -> None:
        """Raise :class:`MissingColumns` unless the file has all that are named, each once."""
        if missing := [name for name in self.wanted if found.count(name) != 1]:
            raise MissingColumns(missing, found)

    def name(self, part: str) -> str:
        """The file's name of a part, for the words about it."""
        return self.columns.get(part, part)


def read_mapping(path: Path) -> Mapping:
    """Raises :class:`WrongMapping`, ``OSError``."""
    return parse_mapping(mapping_text(path.read_bytes()))


def mapping_text(content: bytes) -> str:
    """Raises :class:`WrongMapping`."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise WrongMapping("toml", str(error)) from error


def parse_mapping(text: str) -> Mapping:
    """Raises :class:`WrongMapping`."""
    from madoguchi.statements.usage.registry import KINDS  # whose modules read by mappings

    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WrongMapping("toml", str(error)) from error
    known = {"format", "records", "amount", "time", "zone", "unit", "decimal", "delimiter", "names"}
    tables = {"columns", "direction", "answered", "only", "constants"}
    for name, value in found.items():
        if name not in known | tables or isinstance(value, dict) != (name in tables):
            raise WrongMapping("field", name)
    direction = {name: _values(values) for name, values in found.get("direction", {}).items()}
    mapping = Mapping(
        format=_one_of(found, "format", FORMATS),
        columns=_texts(found, "columns"),
        records=_one_of({"records": CALLS, **found}, "records", tuple(KINDS)),
        time=str(found.get("time", ISO)),
        zone=str(found.get("zone", "")),
        unit=_one_of({"unit": "s", **found}, "unit", UNITS),
        decimal=_one_of({"decimal": ".", **found}, "decimal", (".", ",")),
        amount=_one_of({"amount": "B", **found}, "amount", tuple(AMOUNTS)),
        delimiter=str(found.get("delimiter", ",")),
        names=tuple(map(str, found.get("names", ()))),
        incoming=direction.get("in", frozenset()),
        outgoing=direction.get("out", frozenset()),
        answered=_answered(found.get("answered")),
        only={name: _values(values) for name, values in found.get("only", {}).items()},
        constants=_texts(found, "constants"),
        text=text,
    )
    _check(mapping)
    return mapping


def _check(mapping: Mapping) -> None:
    from madoguchi.statements.usage.registry import KINDS

    parts = set(mapping.columns) | set(mapping.constants)
    kind = KINDS[mapping.records]
    known = {one.name for one in kind.fields}
    for part in parts - known:
        raise WrongMapping("part", part)
    for part in _parties_needed(parts, known):
        if part not in parts:
            raise WrongMapping("needed", part)
    for one in kind.fields:
        if one.needed and one.name not in mapping.columns:
            raise WrongMapping("needed", one.name)
    if kind.one_of and not any(name in mapping.columns for name in kind.one_of):
        raise WrongMapping("needed", kind.one_of[0])
    if "direction" in parts and not (mapping.incoming and mapping.outgoing):
        raise WrongMapping("direction")
    if len(mapping.delimiter) != 1 or mapping.delimiter in '"\r\n':
        raise WrongMapping("delimiter", mapping.delimiter)
    if mapping.zone:
        try:
            ZoneInfo(mapping.zone)
        except (KeyError, OSError, ValueError):
            raise WrongMapping("zone", mapping.zone) from None
    if mapping.time not in {ISO, EPOCH, EPOCH_MS} and "%" not in mapping.time:
        raise WrongMapping("time", mapping.time)


def _parties_needed(parts: set[str], known: set[str]) -> tuple[str, ...]:
    """Who spoke or wrote with whom, in the one way or the other; not where a record knows no other party."""
    if "caller" not in known:
        return ()
    return OWN_AND_OTHER if parts & set(OWN_AND_OTHER) else PARTIES


def _one_of(found: AnyMapping[str, Any], name: str, known: tuple[str, ...]) -> str:
    if (value := found.get(name)) not in known:
        raise WrongMapping(name, f"{value or ''} ({', '.join(known)})")
    return str(value)


def _texts(found: AnyMapping[str, Any], name: str) -> dict[str, str]:
    return {part: str(value) for part, value in found.get(name, {}).items()}


def _values(values: object) -> frozenset[str]:
    return frozenset(map(str, values)) if isinstance(values, list) else frozenset({str(values)})


def _answered(found: AnyMapping[str, Any] | None) -> tuple[str, frozenset[str]] | None:
    if found is None:
        return None
    if set(found) != {"column", "values"}:
        raise WrongMapping("answered")
    return str(found["column"]), _values(found["values"])
