"""What a standard asks for, and whether this installation meets it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise

Words = str | Promise


class Met(StrEnum):
    YES = "yes"
    PARTLY = "partly"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Verdict:
    """``reason`` says what was found; ``remedy`` what to set or do where it is not enough."""

    met: Met
    reason: Words
    remedy: Words = ""


class Standard(StrEnum):
    ASVS = "asvs"
    NIST = "nist"

    @property
    def label(self) -> str:
        return {Standard.ASVS: "ASVS 5.0", Standard.NIST: "NIST SP 800-63B-4"}[self]


@dataclass(frozen=True, slots=True)
class Requirement:
    """``number`` as the standard counts; NIST's sections ask for several things, told apart by a word of ours.

    ``level`` is 1 to 3 in ASVS, ``SHALL`` or ``SHOULD`` at NIST. ``check`` looks at the settings it is given and at the
    objects that run, never at a list of answers.
    """

    standard: Standard
    number: str
    level: str
    text: Words
    check: Callable[[Any], Verdict]

    @property
    def address(self) -> str:
        """Where the standard says it in full."""
        if self.standard is Standard.NIST:
            return "https://pages.nist.gov/800-63-4/sp800-63b.html"
        return f"https://github.com/OWASP/ASVS/blob/v5.0.0/5.0/en/{_CHAPTERS[self.number.partition('.')[0]]}.md"


_CHAPTERS = {
    "2": "0x11-V2-Validation-and-Business-Logic",
    "3": "0x12-V3-Web-Frontend-Security",
    "6": "0x15-V6-Authentication",
    "7": "0x16-V7-Session-Management",
    "8": "0x17-V8-Authorization",
    "10": "0x19-V10-OAuth-and-OIDC",
    "11": "0x20-V11-Cryptography",
    "12": "0x21-V12-Secure-Communication",
    "13": "0x22-V13-Configuration",
    "14": "0x23-V14-Data-Protection",
}


def asvs(number: str, level: int, text: Words, check: Callable[[Any], Verdict]) -> Requirement:
    return Requirement(Standard.ASVS, number, str(level), text, check)


def nist(number: str, level: str, text: Words, check: Callable[[Any], Verdict]) -> Requirement:
    return Requirement(Standard.NIST, number, level, text, check)


def verdict(met: bool, reason: Words, remedy: Words = "", *, otherwise: Words = "") -> Verdict:
    """Met for ``reason``, or not: for ``otherwise`` where that reads differently, with the ``remedy``."""
    return Verdict(Met.YES, reason) if met else Verdict(Met.NO, otherwise or reason, remedy)


def counts(found: Iterable[Met]) -> dict[Met, int]:
    listed = list(found)
    return {met: listed.count(met) for met in Met}
