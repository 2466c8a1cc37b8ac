"""Where the demo may run: one on a data folder, and on a port nobody uses."""

import contextlib
import fcntl
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

HOST = "127.0.0.1"


class CannotRun(Exception):
    """Another demo, or something else, is where this one should be; the message says what to do."""


@contextlib.contextmanager
def alone(folder: Path, *, address: str) -> Iterator[None]:
    """Be the only demo on ``folder``, for as long as the block runs; tell the others our ``address``."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "running").open("a+") as note:
        try:
            fcntl.flock(note, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            note.seek(0)
            raise CannotRun(f"the demo on {folder.parent} is already running: {note.read().strip()}") from None
        note.truncate(0)
        note.write(address)
        note.flush()
        yield
        note.truncate(0)


def tell(folder: Path, environment: dict[str, str]) -> None:
    """Let other commands on ``folder`` find this demo's parts; for nobody else's eyes."""
    file = os.open(folder / "parts.json", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(file, "w", encoding="utf-8") as written:
        json.dump(environment, written)


def adopt(folder: Path) -> None:
    """Where a demo runs on ``folder``, look at its parts: what the environment does not say is as it is there."""
    with contextlib.suppress(OSError, ValueError), (folder / "running").open() as note:
        try:
            fcntl.flock(note, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            for name, value in json.loads((folder / "parts.json").read_text("utf-8")).items():
                os.environ.setdefault(name, value)


def refuse_busy_port(port: int) -> None:
    """Raise ``CannotRun`` when something listens on ``port`` already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise CannotRun(
                f"port {port} of {HOST} cannot be used ({error.strerror}); "
                "stop what uses it, or choose another: PORT=8001 make demo"
            ) from None
