"""What the demo's telephone got, and how its phones misbehave, in a SQLite file that both processes open.

Not in PostgreSQL, because it stands for a network that is not the operator's.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from madoguchi.demo.telephone.faults import Fault, Kind

_VERSION = 2
_TABLES = """
DROP TABLE IF EXISTS arrival;
CREATE TABLE arrival (
    id INTEGER PRIMARY KEY,
    received_at TEXT NOT NULL,
    channel TEXT NOT NULL,
    caller TEXT NOT NULL,
    number TEXT NOT NULL,
    text TEXT NOT NULL,
    language TEXT NOT NULL
);
CREATE INDEX arrival_number ON arrival (number, id);
CREATE TABLE IF NOT EXISTS fault (
    number TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    seconds INTEGER NOT NULL
);
"""


@dataclass(frozen=True, slots=True)
class Arrival:
    """``channel`` is ``sms`` or ``voice``; ``text`` is what the phone shows, or says line by line. Numbers: E.164."""

    id: int
    received_at: datetime
    channel: str
    caller: str
    number: str
    text: str
    language: str


class Store:
    def __init__(self, folder: Path) -> None:
        self.path = folder / "telephone.sqlite3"

    def add(  # noqa: PLR0913 - the columns of a row
        self, *, channel: str, caller: str, number: str, text: str, language: str = "ja", after: float = 0
    ) -> int:
        """What arrives at a phone in ``after`` seconds; nobody sees it before."""
        arrives = datetime.now(UTC) + timedelta(seconds=after)
        row = (arrives.isoformat(), channel, caller, number, text, language)
        with self._open() as file:
            cursor = file.execute(
                "INSERT INTO arrival (received_at, channel, caller, number, text, language) VALUES (?, ?, ?, ?, ?, ?)",
                row,
            )
            return int(cursor.lastrowid or 0)

    def latest(self, *, number: str = "", most: int = 100) -> list[Arrival]:
        """The newest first; of one phone (E.164) when ``number`` is given."""
        return self._arrivals("? IN ('', number) ORDER BY received_at DESC, id DESC LIMIT ?", number, most)

    def get(self, id: int) -> Arrival | None:
        return next(iter(self._arrivals("id = ?", id)), None)

    def numbers(self) -> list[str]:
        """Every phone something arrived at, the one of the newest first."""
        with self._open() as file:
            rows = file.execute(
                "SELECT number FROM arrival WHERE received_at <= ? GROUP BY number ORDER BY max(received_at) DESC"
                " LIMIT 50",
                (datetime.now(UTC).isoformat(),),
            )
            return [number for (number,) in rows]

    def set_fault(self, number: str, fault: Fault) -> None:
        """How the phone with ``number`` (E.164) behaves from now on; every phone without an own fault when empty."""
        with self._open() as file:
            file.execute("DELETE FROM fault WHERE number = ?", (number,))
            if number or fault.kind is not Kind.NORMAL:
                file.execute("INSERT INTO fault VALUES (?, ?, ?)", (number, fault.kind.value, fault.seconds))

    def heal(self) -> None:
        """Every phone behaves again."""
        with self._open() as file:
            file.execute("DELETE FROM fault")

    def fault(self, number: str) -> Fault:
        """How the phone with ``number`` behaves: its own fault, or that of all."""
        faults = self.faults()
        return faults.get(number) or faults.get("") or Fault()

    def faults(self) -> dict[str, Fault]:
        """What was set, by number; the one of all numbers under the empty text."""
        with self._open() as file:
            rows = file.execute("SELECT number, kind, seconds FROM fault ORDER BY number")
            return {number: Fault(Kind(kind), seconds) for number, kind, seconds in rows}

    def _arrivals(self, condition: str, *values: object) -> list[Arrival]:
        with self._open() as file:
            rows = file.execute(
                "SELECT id, received_at, channel, caller, number, text, language FROM arrival"  # noqa: S608 - our own words
                f" WHERE received_at <= ? AND {condition}",
                (datetime.now(UTC).isoformat(), *values),
            )
            return [Arrival(id, datetime.fromisoformat(at), *rest) for id, at, *rest in rows]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self.path, timeout=10)
        try:
            with connection:
                self._bring_up(connection)
                yield connection
        finally:
            connection.close()

    def _bring_up(self, connection: sqlite3.Connection) -> None:
        def version() -> int:
            return int(connection.execute("PRAGMA user_version").fetchone()[0])

        if version() == _VERSION:
            return
        connection.execute("BEGIN EXCLUSIVE")
        if version() != _VERSION:  # the other process may have been first
            for statement in _TABLES.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {_VERSION}")
        connection.execute("COMMIT")
