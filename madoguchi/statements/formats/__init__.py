"""Call records as switches write them. A format is a reader of text lines and the columns its numbers stand in."""

from collections.abc import Callable
from dataclasses import dataclass

from . import asterisk, freeswitch
from .record import Leg, Problem, Read, Record

__all__ = ["FORMATS", "Format", "Leg", "Problem", "Read", "Record"]


@dataclass(frozen=True, slots=True)
class Format:
    read: Callable[..., Read]  # (lines, zone=…, now=…)
    caller: str
    called: str


FORMATS = {
    "asterisk": Format(asterisk.read, "src", "dst"),
    "freeswitch-json": Format(freeswitch.read_json, freeswitch.CALLER, freeswitch.CALLED),
    "freeswitch-xml": Format(freeswitch.read_xml, freeswitch.CALLER, freeswitch.CALLED),
}
