"""The embedded PostgreSQL: for the demo, for development and for tests. Owns the server in ``MADOGUCHI_VAR``.

Whoever calls :func:`start` is a user of the server until its process ends, however it ends. The first user brings
the keeper (:mod:`madoguchi.demo.keeper`), which stops the server after the last.
"""

import atexit
import contextlib
import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg

from madoguchi.demo import keeper
from madoguchi.lib.environment import WrongSetting

_WITHOUT_DATABASE = {"help", "version", "collectstatic", "demo", "demo_reset", "telephone", "--help", "--version"}
_SAID_AFTER = 3  # seconds: whoever sits before the terminal is told what is waited for
_PATIENCE = 60  # seconds: recovery after a crash reads the log of the last minutes
# Held until this process ends: the locks that make it a user, and the keepers it brought.
_locks: dict[Path, IO[str]] = {}
_keepers: dict[Path, subprocess.Popen[bytes]] = {}


class CannotStart(WrongSetting):
    """The embedded database does not start; the message says why and where its log is."""


def needed_by(argv: list[str]) -> bool:
    """Whether the command in ``argv`` speaks to a database at all."""
    return len(argv) > 1 and argv[1] not in _WITHOUT_DATABASE


def start(data: Path, *, database: str = "madoguchi", durable: bool = True) -> str:
    """Start (or join) the server whose data is in ``data``; return the URL of ``database``, created if absent.

    ``durable=False`` trades safety against loss of power for speed, and counts only for whoever starts the server.
    Raise ``CannotStart`` when it does not answer within a minute.
    """
    data = data.resolve()
    try:
        data.parent.mkdir(parents=True, exist_ok=True)
        _become_user(data)
        ensure(data, durable=durable)
    except OSError as error:
        raise CannotStart(f"the embedded database cannot use {data}: {error}") from error
    end = time.monotonic() + _PATIENCE
    tell = _after_a_while(f"the embedded database in {data} to answer")
    while True:
        try:
            return _connect_to(data, database)
        except psycopg.OperationalError as error:
            if _keepers[data].poll():
                said = _keepers[data].communicate()[1].decode(errors="replace").strip().splitlines()
                raise CannotStart(f"the embedded database does not start: {said[-1] if said else error}") from error
            if time.monotonic() > end:
                raise CannotStart(f"the embedded database does not answer; see {data.with_suffix('.log')}") from error
            tell()
            time.sleep(0.05)


def _after_a_while(what: str) -> Callable[[], None]:
    """Called again and again, say once what is waited for, when that takes a while."""
    left = [time.monotonic() + _SAID_AFTER]

    def tell() -> None:
        if left and time.monotonic() >= left[0]:
            left.clear()
            sys.stderr.write(f"madoguchi: waiting for {what}\n")

    return tell


def ensure(data: Path, *, durable: bool = True) -> None:
    """See to it that somebody keeps the server; the demo asks again and again, in case its keeper was killed."""
    process = _keepers.get(data)
    if process and process.poll() is None:
        return
    options = [] if durable else ["--careless"]
    _keepers[data] = subprocess.Popen(  # noqa: S603 - ourselves
        [sys.executable, "-m", "madoguchi.demo.keeper", str(data), *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for us; the keeper ends after us
        cwd=Path(keeper.__file__).resolve().parents[2],
    )


def start_for_this_process() -> None:
    """Start the server in ``MADOGUCHI_VAR`` and point ``DATABASE_URL`` at it."""
    os.environ["DATABASE_URL"] = start(data_folder())


def data_folder() -> Path:
    """Where the demo's data lies, by the environment alone: settings cannot be read before ``DATABASE_URL`` is set."""
    return Path(os.environ.get("MADOGUCHI_VAR") or "var").resolve() / "postgresql"


def leave(data: Path) -> None:
    """Be no user of the server any more, and wait until it has stopped if we were the last."""
    if lock := _locks.pop(data.resolve(), None):
        lock.close()
    if process := _keepers.pop(data.resolve(), None):
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            return
        if process.stderr:
            process.stderr.close()


@atexit.register
def _part() -> None:
    """At the end of this process: the keepers live on for the other users, and end by themselves."""
    for lock in _locks.values():
        lock.close()
    for process in _keepers.values():
        if process.stderr:
            process.stderr.close()
        process.returncode = process.returncode or 0  # or Python would complain that it still runs


def _become_user(data: Path) -> None:
    if data in _locks:
        return
    lock = data.with_suffix(".users").open("a")
    end = time.monotonic() + _PATIENCE
    tell = _after_a_while(f"the embedded database in {data} to stop, before it can start again")
    while True:  # a keeper holds the lock while it stops the server after its last user
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            if time.monotonic() > end:
                lock.close()
                raise CannotStart(f"the embedded database in {data} is stopping and does not come to its end") from None
            tell()
            time.sleep(0.05)
        else:
            _locks[data] = lock
            return


def _connect_to(data: Path, database: str) -> str:
    if not data.exists():
        raise psycopg.OperationalError("not created yet")
    host = str(keeper.socket_folder(data))
    with psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            with contextlib.suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):  # another user
                connection.execute(f"CREATE DATABASE \"{database}\" ENCODING 'UTF8' TEMPLATE template0")
    return f"postgresql://postgres@/{database}?host={quote(host)}"
