"""What a benchmark runs on: a database of its own, processes that end with it, and the figures it prints last."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import psycopg


def set_up(name: str, **environment: str) -> Path:
    """Point the environment at an empty database ``bench_NAME`` and set Django up; returns a folder to work in.

    Uses the server of ``DATABASE_URL`` if there is one, else the embedded one in ``MADOGUCHI_BENCH_VAR`` or a folder
    under the system's temporary one. Nothing of Madoguchi's settings may have been imported before.
    """
    folder = Path(
        os.environ.get("MADOGUCHI_BENCH_VAR") or Path(tempfile.gettempdir()) / f"madoguchi-bench-{os.getuid()}"
    )
    os.environ.update({"MADOGUCHI_VAR": str(folder), "MADOGUCHI_LOG_FORMAT": "json", **environment})
    from madoguchi.demo import embedded

    server = os.environ.get("DATABASE_URL") or embedded.start(folder / "postgresql", database="postgres")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "bench_{name}" WITH (FORCE)')
        connection.execute(f"CREATE DATABASE \"bench_{name}\" ENCODING 'UTF8' TEMPLATE template0")
    head, _, tail = server.partition("?")
    os.environ["DATABASE_URL"] = f"{head.rsplit('/', 1)[0]}/bench_{name}" + (f"?{tail}" if tail else "")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madoguchi.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    return folder


@contextlib.contextmanager
def process(*command: str, **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends with the block, at the latest ten seconds after it."""
    running = subprocess.Popen(command, **options)
    try:
        yield running
    finally:
        running.terminate()
        try:
            running.wait(10)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def peak_memory(pid: int) -> float:
    """The most resident memory a process has had, in MB; 0 where the system does not say."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0


def processor_time(pid: int, *, with_children: bool = False) -> float:
    """Seconds of processor time a process has used, and those of its children, ended or not, if asked for; 0 where the
    system does not say."""
    while True:
        own = _times(Path(f"/proc/{pid}"))
        every = {int(folder.name): _times(folder) for folder in Path("/proc").glob("[0-9]*")} if with_children else {}
        # A child that ended meanwhile would count twice or not at all.
        if _times(Path(f"/proc/{pid}")).of_the_ended == own.of_the_ended:
            break
    children = [times for child, times in every.items() if times.parent == pid]
    spent = own.spent + (own.of_the_ended + sum(child.spent for child in children) if with_children else 0)
    return spent / os.sysconf("SC_CLK_TCK")


class _Times(NamedTuple):
    """In ticks."""

    parent: int = 0
    spent: int = 0
    of_the_ended: int = 0


def _times(folder: Path) -> _Times:
    with contextlib.suppress(OSError):
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
        return _Times(int(fields[1]), int(fields[11]) + int(fields[12]), int(fields[13]) + int(fields[14]))
    return _Times()


def database_server() -> int:
    """The process of the server, the parent of all others of it; 0 when it is on another machine."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return _times(Path(f"/proc/{cursor.fetchone()[0]}")).parent


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {text}", file=sys.stderr, flush=True)


def report(name: str, *, ours: float, unit: str, references: Mapping[str, float], **more: Any) -> None:
    """The JSON object a benchmark prints last; ``reach`` in ``more`` is the least ratio wanted for each reference,
    ``at_most`` the greatest."""
    ratios = more.pop("ratios", None) or {key: ours / value for key, value in references.items() if value}
    reach: Mapping[str, float] = more.pop("reach", {})
    at_most: Mapping[str, float] = more.get("at_most", {})
    met = all(ratios.get(key, 0) >= least for key, least in reach.items())
    met &= all(ratios[key] <= most for key, most in at_most.items())
    rounded = {key: round(value, 3) for key, value in ratios.items()}
    found = {"bench": name, "ours": round(ours, 1), "unit": unit}
    found |= {"references": {key: round(value, 1) for key, value in references.items()}}
    print(json.dumps(found | {"ratios": rounded, "reach": dict(reach), "met": met, **more}, ensure_ascii=False))
