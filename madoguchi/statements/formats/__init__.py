"""Call records as switches write them. A format is a reader of files and the columns its numbers stand in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from . import asterisk, freeswitch
from .batch import Batch
from .record import Problem

__all__ = ["FORMATS", "Batch", "Format", "Problem"]


@dataclass(frozen=True, slots=True)
class Format:
    read: Callable[..., Iterator[Batch]]  # (path, zone=…, now=…)
    caller: str
    called: str


FORMATS = {
    "asterisk": Format(asterisk.read, "src", "dst"),
    "freeswitch-json": Format(freeswitch.read_json, freeswitch.CALLER, freeswitch.CALLED),
    "freeswitch-xml": Format(freeswitch.read_xml, freeswitch.CALLER, freeswitch.CALLED),
}
