"""Every requirement looked at, in the order of the standards."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from madoguchi.console.security import browser, codes, doors, keys, login, password_rules, provider, sessions
from madoguchi.console.security.requirement import Met, Requirement, Standard, Verdict


def _place(requirement: Requirement) -> tuple[bool, list[int], str]:
    section, _blank, word = requirement.number.partition(" ")
    return requirement.standard is Standard.NIST, [int(part) for part in section.split(".")], word


_PARTS = (password_rules, login, codes, sessions, doors, provider, keys, browser)
REQUIREMENTS: tuple[Requirement, ...] = tuple(
    sorted((asked for part in _PARTS for asked in part.REQUIREMENTS), key=_place)
)


@dataclass(frozen=True, slots=True)
class Finding:
    requirement: Requirement
    verdict: Verdict

    @property
    def met(self) -> Met:
        return self.verdict.met


def assess(running: Any = settings, *, only: Callable[[Requirement], bool] | None = None) -> list[Finding]:
    """What holds and what does not, for the settings that run."""
    return [Finding(asked, asked.check(running)) for asked in REQUIREMENTS if only is None or only(asked)]
