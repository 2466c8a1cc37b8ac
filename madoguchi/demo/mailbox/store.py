"""What the demo's receiver got: one row per message and recipient, in a SQLite file both processes open.

Not in PostgreSQL, because it stands for a machine that is not the operator's: mail that was accepted is here, whatever
becomes of the operator's database.
"""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path

_TABLE = """
CREATE TABLE IF NOT EXISTS mail (
    id INTEGER PRIMARY KEY,
    received_at TEXT NOT NULL,
    recipient TEXT NOT NULL COLLATE NOCASE,
    raw BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS mail_recipient ON mail (recipient, id);
"""
_ADDRESS = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,)]")


@dataclass(frozen=True)
class Mail:
    """One message as it arrived for one recipient."""

    id: int
    received_at: datetime
    recipient: str
    raw: bytes

    @cached_property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)

    @property
    def sender(self) -> str:
        return str(self.message.get("From", ""))

    @property
    def subject(self) -> str:
        return str(self.message.get("Subject", ""))

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, str(value)) for name, value in self.message.items()]

    @cached_property
    def text(self) -> str:
        return self._body("plain")

    @cached_property
    def html(self) -> str:
        return self._body("html")

    @cached_property
    def links(self) -> list[str]:
        """Every web address in the text, then those only the HTML has."""
        collector = _Hrefs()
        collector.feed(self.html)
        return list(dict.fromkeys([*_ADDRESS.findall(self.text), *collector.found]))

    @property
    def source(self) -> str:
        return self.raw.decode("utf-8", errors="replace")

    def _body(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return str(part.get_content()) if part is not None else ""


class _Hrefs(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name == "href" and value and value.startswith("http")]


class Store:
    """The file ``mail.sqlite`` in ``folder``, made when it is absent."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "mail.sqlite"

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.path, timeout=30, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(_TABLE)
            yield connection
        finally:
            connection.close()

    def add(self, raw: bytes, recipients: Sequence[str]) -> None:
        """Keep a message for each of ``recipients``; it is on disk when this returns."""
        now = datetime.now(UTC).isoformat()
        with self._open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                "INSERT INTO mail (received_at, recipient, raw) VALUES (?, ?, ?)",
                [(now, recipient, raw) for recipient in recipients],
            )
            connection.execute("COMMIT")

    def latest(self, *, to: str = "", limit: int = 100) -> list[Mail]:
        """The newest mail first, of everybody or of the recipient ``to``."""
        with self._open() as connection:
            rows = connection.execute(
                "SELECT id, received_at, recipient, raw FROM mail "
                "WHERE recipient = ?1 OR ?1 = '' ORDER BY id DESC LIMIT ?2",
                (to, limit),
            )
            return [_mail(row) for row in rows]

    def get(self, id: int) -> Mail | None:
        if id >= 2**63:  # more than SQLite's integers hold
            return None
        with self._open() as connection:
            row = connection.execute("SELECT id, received_at, recipient, raw FROM mail WHERE id = ?", (id,)).fetchone()
        return _mail(row) if row else None


def _mail(row: tuple[int, str, str, bytes]) -> Mail:
    return Mail(id=row[0], received_at=datetime.fromisoformat(row[1]), recipient=row[2], raw=row[3])
