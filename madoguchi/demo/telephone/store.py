"""What the demo's telephone got: one row per text message or call, in a SQLite file both processes open.

Not in PostgreSQL, because it stands for a network that is not the operator's.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_TABLE = """
CREATE TABLE IF NOT EXISTS arrival (
    id INTEGER PRIMARY KEY,
    received_at TEXT NOT NULL,
    channel TEXT NOT NULL,
    caller TEXT NOT NULL,
    number TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS arrival_number ON arrival (number, id);
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


class Store:
    def __init__(self, folder: Path) -> None:
        self.path = folder / "telephone.sqlite3"

    def add(self, *, channel: str, caller: str, number: str, text: str) -> int:
        row = (datetime.now(UTC).isoformat(), channel, caller, number, text)
        with self._open() as file:
            cursor = file.execute(
                "INSERT INTO arrival (received_at, channel, caller, number, text) VALUES (?, ?, ?, ?, ?)", row
            )
            return int(cursor.lastrowid or 0)

    def latest(self, *, number: str = "", most: int = 100) -> list[Arrival]:
        """The newest first; of one phone (E.164) when ``number`` is given."""
        with self._open() as file:
            rows = file.execute(
                "SELECT id, received_at, channel, caller, number, text FROM arrival WHERE ? IN ('', number)"
                " ORDER BY id DESC LIMIT ?",
                (number, most),
            )
            return [Arrival(id, datetime.fromisoformat(at), *rest) for id, at, *rest in rows]

    def numbers(self) -> list[str]:
        """Every phone something arrived at, the one of the newest first."""
        with self._open() as file:
            rows = file.execute("SELECT number FROM arrival GROUP BY number ORDER BY max(id) DESC LIMIT 50")
            return [number for (number,) in rows]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self.path, timeout=10)
        try:
            with connection:
                connection.executescript(_TABLE)
                yield connection
        finally:
            connection.close()
