"""What a worker holds and what the relay accepted, in a file that outlives it.

Outcomes are written to the database in bulk, so at the moment of a ``kill -9`` some accepted letters would have no
record and be sent again. Every acceptance is therefore noted here first, by one ``write`` (the kernel keeps it when
the process dies). The next worker on this machine, or one that still runs, finds the dead worker's journal unlocked,
records what was accepted and releases what was not. Without the file (another machine, a lost disk) the lease's end
does that, and letters accepted in the last fraction of a second are sent twice, under the same Message-ID.

A disk that is full takes no notes: nothing is lost by that, and only a worker that dies at that moment would send more
than the letters in flight twice. So the journal says whether it is ``intact``, and its worker sends nothing but codes
until it has been mended.

The file is ASCII lines after one that names the database: ``C<letter>:<try>`` claimed, ``A<letter>`` accepted,
``R<letter>:<try>`` returned untried. A try counts up with every claim, so the pair says which claim is meant.
"""

import contextlib
import fcntl
import os
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)

Claim = tuple[int, int]  # letter, try
_LARGE = 1 << 20


@dataclass
class Remains:
    """What a dead worker left: letters the relay has, and claims that nobody holds any more."""

    accepted: set[int] = field(default_factory=set)
    released: set[Claim] = field(default_factory=set)


class Journal:
    """The journal of this process. ``database`` names the database its letters are in."""

    def __init__(self, folder: Path, database: str) -> None:
        self.intact = True
        self._head = f"{database}\n".encode()
        self._path = folder / f"{uuid.uuid4().hex}.journal"
        self._file: int | None = None
        self._size = 0
        self._held: dict[int, int] = {}
        self._accepted: set[int] = set()
        self._write(b"")

    def claimed(self, claims: Iterable[Claim]) -> None:
        claims = list(claims)
        self._held.update(claims)
        self._write(b"".join(b"C%d:%d\n" % claim for claim in claims))

    def accepted(self, letter: int) -> None:
        self._accepted.add(letter)
        self._write(b"A%d\n" % letter)

    def returning(self, claims: Iterable[Claim]) -> None:
        """Call before the database is told, which lowers their tries again."""
        self._write(b"".join(b"R%d:%d\n" % claim for claim in claims))

    def recorded(self, letters: Iterable[int]) -> None:
        """The database has the outcome of these; forget them."""
        for letter in letters:
            self._held.pop(letter, None)
            self._accepted.discard(letter)
        if (not self._held and self._size > len(self._head)) or self._size > _LARGE:
            self._rewrite()

    def close(self) -> None:
        """End it; what the database does not know yet stays for the next worker."""
        if not self._held:
            self._path.unlink(missing_ok=True)
        if self._file is not None:
            os.close(self._file)

    def mend(self) -> bool:
        """Try again to note what could not be noted; whether the journal is intact."""
        if not self.intact:
            self.intact = True
            self._write(self._all())
        return self.intact

    def _write(self, lines: bytes) -> None:
        if not self.intact:
            return
        try:
            file = self._opened()
            written = os.write(file, lines)
            if written < len(lines):
                os.ftruncate(file, self._size)  # half a line would be another letter's number
                raise OSError("no space for all of it")
            self._size += written
        except OSError as error:
            self.intact = False
            log.error("delivery.journal_broken", error=error.strerror or str(error))

    def _opened(self) -> int:
        """The file, begun when it can be."""
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._file, fcntl.LOCK_EX)
        if self._size < len(self._head):
            os.ftruncate(self._file, 0)
            self._size = 0
            written = os.write(self._file, self._head)
            if written < len(self._head):
                raise OSError("no space for its first line")
            self._size = written
        return self._file

    def _rewrite(self) -> None:
        # In place, because the lock is on this very file. A kill between the two calls loses notes, not letters.
        if self._file is not None and self.intact:
            os.ftruncate(self._file, 0)
            self._size = 0
            self._write(self._all())

    def _all(self) -> bytes:
        lines = [b"C%d:%d\n" % claim for claim in self._held.items()]
        lines += [b"A%d\n" % letter for letter in self._accepted]
        return b"".join(lines)


@contextlib.contextmanager
def left_behind(folder: Path, database: str) -> Iterator[Remains]:
    """What dead workers on this machine left, of this database; removed if the block succeeds."""
    remains, ended = Remains(), []
    with contextlib.ExitStack() as locks:
        for path in sorted(folder.glob("*.journal")):
            try:
                file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            except FileNotFoundError:
                continue  # another worker was faster
            locks.callback(os.close, file)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue  # its worker lives
            head, *lines = path.read_bytes().split(b"\n")
            if head.decode() == database:
                _read(lines, remains)
                ended.append(path)
        yield remains
        for path in ended:
            path.unlink(missing_ok=True)


def _read(lines: list[bytes], remains: Remains) -> None:
    claims: dict[int, int] = {}
    accepted = set()
    for line in lines[:-1]:  # what follows the last line end was not written to its end
        letter, _, tries = line[1:].partition(b":")
        match line[:1]:
            case b"C":
                claims[int(letter)] = int(tries)
            case b"A":
                accepted.add(int(letter))
            case b"R":
                claims.pop(int(letter), None)
    remains.accepted |= accepted
    remains.released |= {claim for claim in claims.items() if claim[0] not in accepted}
