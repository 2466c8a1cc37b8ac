"""A file of call records as text: its digest, how it is compressed, and the encoding it is in."""

import codecs
import gzip
import hashlib
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import BinaryIO, TextIO, cast

import polars as pl
import pyarrow as pa

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CHUNK = 1 << 20
BLOCK = 16 << 20  # bytes read at once; of records of 200 bytes some 80,000
LONGEST = 1 << 20  # a line's bytes kept; what is longer is no record, and is only told by its line
# By what a compressed file begins with (RFC 1952, RFC 8878), whatever its name says.
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_reading: dict[Path, BinaryIO] = {}  # files being read, as they lie


class NotText(ValueError):
    """Neither UTF-8 nor UTF-16 nor CP932."""


class Damaged(ValueError):
    """A compressed file that breaks off, or is not what it begins as."""


def digest(path: Path) -> str:
    """SHA-256 of the file as it lies, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def bytes_of(path: Path) -> Iterator[BinaryIO]:
    """The file opened, unpacked while it is read if it is gzip or Zstandard. Raises :class:`Damaged`, ``OSError``."""
    around = _reading.get(path)  # its encoding is looked for while it is open
    try:
        with path.open("rb") as raw:
            head = raw.read(4)
            raw.seek(0)
            _reading[path] = raw
            with _unpacked(raw, head) as file:
                yield file
    except (EOFError, zlib.error) as error:
        raise Damaged from error
    except OSError as error:
        if error.errno is None:  # not of the disk: both libraries say so of what they cannot unpack
            raise Damaged from error
        raise
    finally:
        if around:
            _reading[path] = around
        else:
            _reading.pop(path, None)


@contextmanager
def seekable(path: Path) -> Iterator[BinaryIO]:
    """The same for formats that are read from their end: what is packed is unpacked to the disk first."""
    with bytes_of(path) as file:
        if file is _reading[path]:
            yield file
            return
        with TemporaryFile() as whole:
            copyfileobj(file, whole)
            whole.seek(0)
            yield cast(BinaryIO, whole)


def _unpacked(raw: BinaryIO, head: bytes) -> BinaryIO:
    if head.startswith(_GZIP):
        return cast(BinaryIO, gzip.GzipFile(fileobj=raw))
    if head.startswith(_ZSTD):
        return cast(BinaryIO, pa.input_stream(raw, compression="zstd"))
    return raw


def position(path: Path) -> int:
    """How many bytes of a file that is being read have been read, as it lies; 0 where that is not known."""
    raw = _reading.get(path)
    return raw.tell() if raw else 0


def encoding(path: Path) -> str:
    """The encoding's name for Python; reads the file once or twice. Raises :class:`NotText`, :class:`Damaged`."""
    with bytes_of(path) as file:
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
    with bytes_of(path) as file:
        try:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


@contextmanager
def lines_of(path: Path) -> Iterator[TextIO]:
    """The file opened in its encoding; what a damaged UTF-16 file holds is replaced, not raised."""
    with bytes_of(path) as file, TextIOWrapper(file, encoding=encoding(path), errors="replace") as text:
        yield text


def blocks_of(path: Path) -> Iterator[pl.DataFrame]:
    """The file's lines, about ``BLOCK`` bytes of them at a time, whatever its encoding and line ends.

    Columns: ``line`` (Int64, from 1), ``text`` (String, without its line end). What a damaged UTF-16 file holds is
    replaced, not raised.
    """
    name = encoding(path)
    decoder = None if name == "utf-8" else codecs.getincrementaldecoder(name)(errors="replace")
    begun, rest = 1, b""
    with bytes_of(path) as file:
        while True:
            chunk = file.read(BLOCK)
            data = rest + (decoder.decode(chunk, final=not chunk).encode() if decoder else chunk)
            whole, rest = _whole_lines(data) if chunk else (_line_ends(data), b"")
            if whole:
                text = pl.read_lines(whole).to_series().alias("text")
                yield pl.DataFrame(
                    [pl.int_range(begun, begun + len(text), dtype=pl.Int64, eager=True).alias("line"), text]
                )
                begun += len(text)
            if not chunk:
                return


def _whole_lines(data: bytes) -> tuple[bytes, bytes]:
    """What can be read now, and the beginning of a line to be read with what follows."""
    half = b"\r" if data.endswith(b"\r") else b""  # perhaps of a line end of two characters
    data = _line_ends(data.removesuffix(b"\r"))
    cut = data.rfind(b"\n") + 1
    rest = data[cut:]
    return data[:cut], (rest if len(rest) <= LONGEST else rest[:LONGEST]) + half


def _line_ends(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in data else data
