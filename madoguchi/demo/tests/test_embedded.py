"""The embedded PostgreSQL, with real processes that are started and killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from madoguchi.demo import embedded, keeper

ROOT = Path(embedded.__file__).parents[2]
# Prints its URL and stays until it is killed or its input ends.
USER = """
import sys, pathlib
from madoguchi.demo import embedded
try:
    print(embedded.start(pathlib.Path(sys.argv[1])), flush=True)
except embedded.CannotStart as error:
    sys.exit(str(error))
sys.stdin.read()
"""


class User:
    """Another process that uses the server."""

    def __init__(self, data: Path, prefix: list[str]) -> None:
        self.process = subprocess.Popen(  # noqa: S603
            [*prefix, sys.executable, "-c", USER, str(data)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def url(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def end(self, number: int | None = None) -> str:
        """End by signal ``number``, or by the end of its work; return what it said on standard error."""
        if number is not None:
            self.process.send_signal(number)
        return self.process.communicate(timeout=60)[1]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "postgresql"


@pytest.fixture
def user(data: Path) -> Iterator[Callable[..., User]]:
    users: list[User] = []

    def new(prefix: list[str] | None = None) -> User:
        users.append(User(data, prefix or []))
        return users[-1]

    yield new
    for each in users:
        if each.process.poll() is None:
            each.end()
    wait_until(lambda: not (data / "postmaster.pid").exists())


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def server_pid(data: Path) -> int:
    return int((data / "postmaster.pid").read_text().splitlines()[0])


def remember(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('kept')")


def remembered(url: str) -> bool:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT word FROM kept").fetchone() == ("kept",)


def answers(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


def test_data_outlives_the_server_and_nothing_is_said(data: Path, user: Callable[..., User]) -> None:
    first = user()
    remember(first.url())
    said = first.end().splitlines()
    assert not [line for line in said if "waiting for" not in line]  # that much a busy machine may say
    wait_until(lambda: not (data / "postmaster.pid").exists())
    assert remembered(user().url())


def test_server_stays_while_anybody_uses_it(data: Path, user: Callable[..., User]) -> None:
    first, second = user(), user()
    remember(first.url())
    url = second.url()
    first.end()
    assert remembered(url)


def test_killed_user_leaves_no_server_behind(data: Path, user: Callable[..., User]) -> None:
    killed = user()
    remember(killed.url())
    killed.end(signal.SIGKILL)
    wait_until(lambda: not (data / "postmaster.pid").exists())
    assert remembered(user().url())


def test_killed_server_starts_again_by_itself(data: Path, user: Callable[..., User]) -> None:
    url = user().url()
    remember(url)
    before = server_pid(data)
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: answers(url) and server_pid(data) != before)
    assert remembered(url)


def test_killed_keeper_takes_the_server_along_and_the_next_start_finds_the_data(
    data: Path, user: Callable[..., User]
) -> None:
    embedded.start(data)
    try:
        url = embedded.start(data)
        remember(url)
        keeping = embedded._keepers[data]
        keeping.kill()
        keeping.communicate()
        wait_until(lambda: not answers(url))
        assert remembered(embedded.start(data))
    finally:
        embedded.leave(data)
    assert not (data / "postmaster.pid").exists()


def test_stale_pid_file_of_a_living_stranger_is_no_obstacle(data: Path, user: Callable[..., User]) -> None:
    first = user()
    remember(first.url())
    first.end()
    wait_until(lambda: not (data / "postmaster.pid").exists())
    (data / "postmaster.pid").write_text(f"{os.getpid()}\n{data}\n0\n5432\n{data}\n\n0 0\nready\n")
    (data / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n")
    (data / ".s.PGSQL.5432").touch()
    assert remembered(user().url())


def test_creation_that_was_killed_begins_anew(data: Path, user: Callable[..., User]) -> None:
    (data / "base").mkdir(parents=True)
    (data / "postgresql.conf").touch()
    assert answers(user().url())


def test_data_of_another_version_is_refused_in_words(data: Path, user: Callable[..., User]) -> None:
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("14\n")
    said = user().end()
    assert "written by PostgreSQL 14" in said
    assert "Traceback" not in said


def test_long_path_still_has_room_for_a_socket(tmp_path: Path) -> None:
    data = tmp_path / ("long" * 30) / "postgresql"
    url = embedded.start(data)
    assert answers(url)
    embedded.leave(data)
    assert not answers(url)


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user runs all the other tests")
def test_ordinary_user_can_run_it(tmp_path: Path, data: Path, user: Callable[..., User]) -> None:
    tmp_path.chmod(0o777)
    first = user(keeper._setpriv(65534, 65534)[:-1])
    assert answers(first.url())
    assert data.stat().st_uid == 65534


@pytest.mark.parametrize(
    ("machine", "limit", "expected"), [(1, "max", 128), (4, "max", 256), (64, "max", 512), (64, 4, 256)]
)
def test_the_server_takes_a_share_of_the_memory_there_is(monkeypatch, machine, limit, expected):
    """In GB; the second is what the control group may have."""
    monkeypatch.setattr(os, "sysconf", {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": machine * 2**18}.__getitem__)
    written = limit if limit == "max" else str(limit * 2**30)
    monkeypatch.setattr(Path, "read_text", lambda path: written)
    assert keeper.shared_buffers() == f"{expected}MB"


def test_whoever_waits_for_the_embedded_database_is_told_once(capsys, monkeypatch):
    monkeypatch.setattr(embedded, "_SAID_AFTER", 0)
    tell = embedded._after_a_while("the embedded database to answer")
    tell()
    tell()
    assert capsys.readouterr().err == "madoguchi: waiting for the embedded database to answer\n"
