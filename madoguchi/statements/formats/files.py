"""A file of call records as text: its digest, and the encoding it is in."""

import codecs
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CHUNK = 1 << 20


class NotText(ValueError):
    """Neither UTF-8 nor UTF-16 nor CP932."""


def digest(path: Path) -> str:
    """SHA-256 of the file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def encoding(path: Path) -> str:
    """The encoding's name for Python; reads the file once. Raises :class:`NotText`."""
    with path.open("rb") as file:
        head = file.read(4)
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name
    for name in ("utf-8", "cp932"):
        if _decodes(path, name):
            return name
    raise NotText


def _decodes(path: Path, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(name)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


@contextmanager
def lines_of(path: Path) -> Iterator[TextIO]:
    """The file opened in its encoding; what a damaged UTF-16 file holds is replaced, not raised."""
    with path.open(encoding=encoding(path), errors="replace") as file:
        yield file
