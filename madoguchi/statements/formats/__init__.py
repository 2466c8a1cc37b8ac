"""Call records as switches write them. A format is a reader of files and the columns its numbers stand in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from . import asterisk, freeswitch, mapped
from .batch import Batch
from .mapping import CALLS, Mapping
from .record import Problem

__all__ = ["FORMATS", "Batch", "Format", "Problem", "mapped_format"]


@dataclass(frozen=True, slots=True)
class Format:
    read: Callable[..., Iterator[Batch]]  # (path, zone=…, now=…)
    caller: str
    called: str
    label: str = ""  # what people choose it by; its name where it has none


FORMATS = {
    "asterisk": Format(asterisk.read, "src", "dst", "Asterisk (cdr_csv)"),
    "freeswitch-json": Format(freeswitch.read_json, freeswitch.CALLER, freeswitch.CALLED, "FreeSWITCH (json_cdr)"),
    "freeswitch-xml": Format(freeswitch.read_xml, freeswitch.CALLER, freeswitch.CALLED, "FreeSWITCH (xml_cdr)"),
}


def mapped_format(mapping: Mapping) -> Format:
    """The format a mapping describes."""
    caller, called = ("own", "other") if "direction" in mapping.columns else ("caller", "called")
    read = mapped.read
    if mapping.records != CALLS:
        from madoguchi.statements.usage import reading  # which reads by the formats itself

        read, caller = reading.read, "contract" if "contract" in mapping.columns else caller
        caller = "number" if "number" in mapping.columns else caller
    return Format(partial(read, mapping=mapping), mapping.name(caller), mapping.name(called))
