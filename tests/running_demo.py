"""The demo as a person starts it, for tests: a process of its own on a free port and an empty folder."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode

import psutil

from madoguchi.lib.ports import free_port

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 90  # seconds; the machine may be busy with other tests
PATIENCE_TO_START = 900  # seconds; on an idle machine it takes less than one minute


class Demo:
    """A demo that runs already."""

    def __init__(self, site: str) -> None:
        self.site = site.rstrip("/")

    def get(self, path: str, **query: str) -> tuple[int, str]:
        """Status and text of a page, whatever the status."""
        try:
            address = f"{self.site}{path}?{urlencode(query)}"
            with urllib.request.urlopen(address, timeout=60) as response:  # noqa: S310 - the demo's own http address
                return response.status, response.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def wait_until_it_answers(self) -> None:
        """Wait for a demo that somebody else starts."""

        def answers() -> bool:
            try:
                return self.get("/readyz")[0] == 200
            except OSError:
                return False

        wait_until(answers, patience=PATIENCE_TO_START)

    def json(self, path: str, **query: str) -> Any:
        return json.loads(self.get(path, **query)[1])

    def mail(self, to: str, *, subject: str = "", but: dict[str, Any] | None = None) -> dict[str, Any]:
        """The newest mail to an address whose subject has ``subject``, waited for; not the one we know, ``but``."""
        found: list[dict[str, Any]] = []

        def arrived() -> bool:
            mails = self.json("/demo/mailbox.json", to=to)
            found[:] = [mail for mail in mails if subject in mail["subject"] and mail != but]
            return bool(found)

        wait_until(arrived)
        return found[0]


class RunningDemo(Demo):
    """A demo of the test's own."""

    def __init__(self, var: Path, *, port: int | None = None) -> None:
        self.var = var
        self.port = port or free_port()
        super().__init__(f"http://127.0.0.1:{self.port}")
        self.lines: list[str] = []
        kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "MADOGUCHI_STATIC")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "madoguchi", "demo"],
            env={**kept, "MADOGUCHI_VAR": str(var), "PORT": str(self.port), "MADOGUCHI_DEMO_VOLUME": "small"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=ROOT,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as output:
            self.lines.extend(line.rstrip("\n") for line in output)

    def wait_until_ready(self) -> "RunningDemo":
        def ready_or_ended() -> bool:
            return f"ready: {self.site}/" in self.lines or self.process.poll() is not None

        wait_until(ready_or_ended, patience=PATIENCE_TO_START)
        assert self.process.poll() is None, "\n".join(self.lines)
        return self

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send the signal and wait for the end; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return code

    def processes(self, word: str = "") -> list[psutil.Process]:
        """Everything the demo started whose command line has ``word``."""
        found = []
        for process in psutil.Process(self.process.pid).children(recursive=True):
            try:
                if word in " ".join(process.cmdline()):
                    found.append(process)
            except psutil.Error:
                continue
        return found


def wait_until(condition: Callable[[], bool], *, patience: int = PATIENCE) -> None:
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)
