"""The demo's processes: started together, started again when one dies, stopped together."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from madoguchi.demo.keeper import end_with_parent

# A worker finishes or returns what it holds within ten seconds.
_SECONDS_TO_STOP = 12
_LONGEST_PAUSE = 15


@dataclass
class Child:
    """One process of the demo, with everything it says in a log file."""

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0
    # When it was started, and when it may be started again, by the clock that only goes forward.
    started: float = 0.0
    again_at: float = 0.0

    def start(self) -> None:
        self.started = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own commands
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.environment,
                start_new_session=True,  # Ctrl-C is for the supervisor, which stops the others in order
                preexec_fn=end_with_parent(signal.SIGTERM),  # noqa: PLW1509 - the supervisor has one thread
            )

    def send(self, number: int) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(number)

    def end_what_is_left(self) -> None:
        """Kill the whole process group: a server's own workers must not outlive it."""
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def died(self) -> bool:
        return bool(self.process) and self.process is not None and self.process.poll() is not None

    def last_words(self) -> str:
        """The last line of the log that says something."""
        lines = [line for line in self.log.read_text(errors="replace").splitlines() if line.strip()]
        return lines[-1].strip() if lines else ""


@dataclass
class Supervisor:
    """Runs ``children`` until told to stop. ``say`` prints one line."""

    say: Callable[[str], None]
    children: list[Child] = field(default_factory=list)

    def start(self) -> None:
        for child in self.children:
            child.start()

    def look(self) -> None:
        """Start again what died: at once, then after longer and longer pauses."""
        now = time.monotonic()
        for child in self.children:
            if child.died():
                child.end_what_is_left()
                child.process = None
                child.deaths = 1 if now - child.started > 60 else child.deaths + 1
                pause = min(_LONGEST_PAUSE, 2 ** (child.deaths - 1) - 1)
                child.again_at = now + pause
                self.say(f"{child.name} died and is started again ({child.log}: {child.last_words()[:200]})")
            if not child.process and now >= child.again_at:
                child.start()

    def stop(self) -> None:
        """Stop all, politely first. Later signals change nothing any more."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        for child in self.children:
            child.send(signal.SIGTERM)
        end = time.monotonic() + _SECONDS_TO_STOP
        for child in self.children:
            if child.process:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.process.wait(max(0.0, end - time.monotonic()))
            child.end_what_is_left()


def madoguchi(*words: str) -> list[str]:
    """Our own command line, by this interpreter."""
    return [sys.executable, "-m", "madoguchi", *words]
