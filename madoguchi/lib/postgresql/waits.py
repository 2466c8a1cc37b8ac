"""Who waits for whom: a command that the database keeps waiting says so, instead of standing still.

Whoever holds a lock for longer says what for in its ``application_name`` (:func:`doing`), which the database shows to
others; its statements are not read, since there are numbers and names in them.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import Error, connection
from django.utils import timezone

PATIENCE = 2.0  # seconds between two looks; whoever waits less needs no word about it

_BLOCKING = """
SELECT pid, application_name, xact_start FROM pg_stat_activity
WHERE pid = ANY(pg_blocking_pids(%s)) ORDER BY pid
"""


def doing(what: str) -> None:
    """Let others see what this transaction does while it holds its locks; to its end. At most 63 bytes of ASCII."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('application_name', %s, true)", [f"madoguchi: {what}"])


@contextmanager
def told(say: Callable[[str], object]) -> Iterator[None]:
    """While the block runs, ``say`` a line whenever this thread's connection waits for a transaction of another.

    ``say`` is called from a thread of its own. Each transaction waited for is told once.
    """
    connection.ensure_connection()
    over = threading.Event()
    watching = threading.Thread(target=_watch, args=(connection.connection.info.backend_pid, over, say), daemon=True)
    watching.start()
    try:
        yield
    finally:
        over.set()
        watching.join()


def _watch(pid: int, over: threading.Event, say: Callable[[str], object]) -> None:
    known: set[tuple[object, ...]] = set()
    try:
        while not over.wait(PATIENCE):
            with connection.cursor() as cursor:
                cursor.execute(_BLOCKING, [pid])
                found = cursor.fetchall()
            for row in found:
                if row not in known:
                    known.add(row)
                    say(_sentence(*row))
    except Error:
        return  # the command meets the same trouble, and says which
    finally:
        connection.close()


def _sentence(pid: int, name: str, since: object) -> str:
    begun = f", since {timezone.localtime(since):%H:%M:%S}" if since else ""  # type: ignore[arg-type]
    return f"Waiting for another process: {name or 'unnamed'} (database process {pid}{begun}). Ctrl-C stops waiting."
