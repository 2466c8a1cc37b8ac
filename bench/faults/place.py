"""Where things are broken: namespaces of our own, a PostgreSQL of our own, small disks that can be filled.

All of it ends with the process: mounts and interfaces live in its own namespaces, the server dies with its parent.
"""

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from madoguchi.demo.keeper import Server

NEW_NETWORK = 0x40000000  # CLONE_NEWNET
INSIDE = "MADOGUCHI_FAULTS_INSIDE"
# Where database and relay are reached from networks of workers; nobody else is in our network.
ADDRESS, NETWORK = "10.213.0.1", "10.213.0.0/16"
SETTINGS = {
    "shared_buffers": "64MB",
    "max_wal_size": "96MB",
    "min_wal_size": "32MB",
    "max_connections": "60",
    "jit": "off",
    "timezone": "UTC",
    "log_min_messages": "fatal",
    "listen_addresses": f"127.0.0.1,{ADDRESS}",
    "autovacuum_naptime": "5s",
}


def enter() -> None:
    """Go on in a network and a set of mounts of our own; ends the process with a clear message where that cannot be."""
    if os.environ.get(INSIDE):
        _ip("link", "set", "lo", "up")
        _ip("addr", "add", f"{ADDRESS}/32", "dev", "lo")
        return
    missing = [name for name in ("unshare", "ip", "nsenter", "mount") if not shutil.which(name)]
    possible = not missing and not subprocess.run(["unshare", "--mount", "--net", "true"], check=False).returncode
    if not possible:
        sys.exit(
            "the fault trials need namespaces of their own: run them as root on Linux, with util-linux and iproute2"
            + (f" (missing: {', '.join(missing)})" if missing else "")
        )
    command = ["unshare", "--mount", "--net", "--", sys.executable, "-m", "bench.faults", *sys.argv[1:]]
    os.execvpe("unshare", command, {**os.environ, INSIDE: "1"})  # noqa: S606 - ourselves


def leave_network() -> None:
    """Be in a network of our own, where nothing is yet: called by a worker before it begins."""
    if ctypes.CDLL(None, use_errno=True).unshare(NEW_NETWORK):
        raise OSError(ctypes.get_errno(), "no network of its own")


class Cable:
    """The link to a process in a network of its own."""

    def __init__(self, pid: int, *, number: int) -> None:
        self._name = f"cable{number}"
        ours, theirs = f"10.213.{number}.1", f"10.213.{number}.2"
        _ip("link", "add", self._name, "type", "veth", "peer", "name", "eth0", "netns", str(pid))
        _ip("addr", "add", f"{ours}/30", "dev", self._name)
        _ip("link", "set", self._name, "up")
        for line in (
            "link set lo up",
            f"addr add {theirs}/30 dev eth0",
            "link set eth0 up",
            f"route add default via {ours}",
        ):
            subprocess.run(["nsenter", "-t", str(pid), "-n", "ip", *line.split()], check=True)

    def cut(self) -> None:
        """Packets vanish in both directions; no connection is told."""
        _ip("link", "set", self._name, "down")

    def mend(self) -> None:
        _ip("link", "set", self._name, "up")


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)


class Disk:
    """A small disk in memory that can be full."""

    def __init__(self, folder: Path, *, megabytes: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], check=True)
        self.folder = folder

    def fill(self) -> None:
        with (self.folder / "ballast").open("ab", buffering=0) as ballast, contextlib.suppress(OSError):
            for size in (1 << 20, 1 << 12, 1):
                with contextlib.suppress(OSError):
                    while True:
                        ballast.write(bytes(size))

    def free(self) -> None:
        (self.folder / "ballast").unlink(missing_ok=True)

    def remove(self) -> None:
        subprocess.run(["umount", "--lazy", str(self.folder)], check=False)


class Database:
    """A PostgreSQL of our own on a small disk, reached over a socket and, as people on other machines do, over TCP."""

    def __init__(self, folder: Path, *, megabytes: int) -> None:
        self.disk = Disk(folder / "disk", megabytes=megabytes)
        self.disk.folder.chmod(0o755)
        self.server = Server(self.disk.folder / "data", settings=dict(SETTINGS))
        self.port = 5432  # in a network of our own every port is free
        self.start()
        with (self.server.data / "pg_hba.conf").open("a") as rules:
            rules.write(f"host all all {NETWORK} trust\n")
        with self.connect("postgres") as connection:
            connection.execute("CREATE DATABASE faults ENCODING 'UTF8' TEMPLATE template0")
            connection.execute("SELECT pg_reload_conf()")

    def parameters(self, *, host: str = ADDRESS) -> dict[str, str]:
        return {"host": host, "port": str(self.port), "user": "postgres", "dbname": "faults"}

    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/faults"

    def start(self) -> None:
        self.server.start()
        deadline = time.monotonic() + 60
        while not self.answers():
            if self.server.process and self.server.process.poll() is not None:
                self.server.start()
            if time.monotonic() > deadline:
                raise RuntimeError("the database of the trial does not start")
            time.sleep(0.05)

    def answers(self) -> bool:
        with contextlib.suppress(psycopg.OperationalError), self.connect("postgres"):
            return True
        return False

    def stop(self, number: int = signal.SIGINT) -> None:
        """By default as an operator does; SIGQUIT is a crash."""
        if self.server.process:
            self.server.process.send_signal(number)
            self.server.process.wait()

    def see_to_it_that_it_runs(self) -> None:
        """What its keeper does: start it again when it is gone."""
        if self.server.process is None or self.server.process.poll() is not None:
            self.start()

    def lend_a_clock(self) -> None:
        """Functions that say another time than it is, for whoever looks for them before PostgreSQL's own."""
        with self.connect() as connection:
            connection.execute("""
                CREATE SCHEMA faults;
                CREATE TABLE faults.shift AS SELECT make_interval() AS by;
                CREATE FUNCTION faults.now() RETURNS timestamptz LANGUAGE sql STABLE
                    AS 'SELECT pg_catalog.now() + by FROM faults.shift';
                CREATE FUNCTION faults.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
                    AS 'SELECT pg_catalog.clock_timestamp() + by FROM faults.shift';
            """)

    @contextlib.contextmanager
    def connect(self, database: str = "faults") -> Iterator[psycopg.Connection]:
        parameters = {**self.parameters(host="127.0.0.1"), "dbname": database}
        with psycopg.connect(make_conninfo(**parameters, connect_timeout=5), autocommit=True) as connection:
            yield connection
