"""Settings read from the process environment: each variable declared once, wrong values refused by name."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")


class WrongSetting(Exception):
    """A variable is missing or has a value that cannot be used; the message names the variable."""


@dataclass
class Environment:
    """Typed reader over a mapping of variables.

    Every read records the variable's name, so that a test can hold the list against ``docs/settings.md``.
    A variable that is absent or empty takes its default; one without a default is required.
    """

    source: Mapping[str, str]
    declared: dict[str, str] = field(default_factory=dict)

    def _read(self, name: str, default: T | None, parse: Callable[[str], T], wanted: str) -> T:
        self.declared[name] = wanted
        raw = self.source.get(name, "").strip()
        if not raw:
            if default is None:
                raise WrongSetting(f"{name} is not set: {wanted} is needed")
            return default
        try:
            return parse(raw)
        except ValueError as error:
            # The value itself may be a secret, so the message describes only what was wanted.
            raise WrongSetting(f"{name} cannot be used: {wanted} is needed ({error})") from None

    def text(self, name: str, default: str | None = None, *, wanted: str = "a text") -> str:
        return self._read(name, default, str, wanted)

    def secret(self, name: str, default: str | None = None, *, least: int = 32) -> str:
        """A text of at least ``least`` characters, given directly or as the path of a file in ``NAME_FILE``."""
        self.declared[f"{name}_FILE"] = "the path of a file that holds it"
        path = self.source.get(f"{name}_FILE", "").strip()
        if path:
            try:
                with open(path, encoding="utf-8") as file:
                    return _long_enough(file.read().strip(), least=least)
            except (OSError, ValueError) as error:
                raise WrongSetting(f"{name}_FILE cannot be used: {error}") from None
        return self._read(
            name, default, lambda raw: _long_enough(raw, least=least), f"a secret of at least {least} characters"
        )

    def secrets(self, name: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """Secrets of at least 32 characters, separated by commas, the current one first."""

        def parse(raw: str) -> tuple[str, ...]:
            return tuple(_long_enough(word.strip()) for word in raw.split(","))

        return self._read(name, default, parse, "secrets of at least 32 characters separated by commas")

    def choice(self, name: str, options: tuple[str, ...], default: str | None = None) -> str:
        def parse(raw: str) -> str:
            if raw not in options:
                raise ValueError("not one of them")
            return raw

        return self._read(name, default, parse, "one of " + ", ".join(options))

    def boolean(self, name: str, default: bool | None = None) -> bool:
        def parse(raw: str) -> bool:
            match raw.lower():
                case "1" | "true" | "yes" | "on":
                    return True
                case "0" | "false" | "no" | "off":
                    return False
            raise ValueError("neither yes nor no")

        return self._read(name, default, parse, "yes or no")

    def integer(self, name: str, default: int | None = None, *, least: int = 0, most: int = 2**31) -> int:
        def parse(raw: str) -> int:
            value = int(raw)
            if not least <= value <= most:
                raise ValueError("out of range")
            return value

        return self._read(name, default, parse, f"a whole number from {least} to {most}")

    def words(self, name: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """A list separated by commas."""
        return self._read(
            name,
            default,
            lambda raw: tuple(word.strip() for word in raw.split(",") if word.strip()),
            "a list separated by commas",
        )

    def parsed(self, name: str, parse: Callable[[str], T], default: T | None = None, *, wanted: str) -> T:
        """What ``parse`` makes of it; a :class:`ValueError` of its says what is wrong and shows no secret."""
        return self._read(name, default, parse, wanted)

    def integers(self, name: str, default: tuple[int, ...], *, least: int, most: int) -> tuple[int, ...]:
        """Whole numbers separated by commas."""

        def parse(raw: str) -> tuple[int, ...]:
            values = tuple(int(word) for word in raw.split(","))
            if not all(least <= value <= most for value in values):
                raise ValueError("out of range")
            return values

        return self._read(name, default, parse, f"whole numbers from {least} to {most}, separated by commas")

    def networks(self, name: str, default: tuple[str, ...]) -> tuple[str, ...]:
        """IP networks as ``192.0.2.0/24``, separated by commas; none when empty."""

        def parse(raw: str) -> tuple[str, ...]:
            return tuple(str(ip_network(word.strip())) for word in raw.split(",") if word.strip())

        return self._read(name, default, parse, "networks as 192.0.2.0/24, separated by commas")

    def pairs(self, name: str, default: dict[str, str] | None = None) -> dict[str, str]:
        """A list of ``name=value`` separated by commas."""

        def parse(raw: str) -> dict[str, str]:
            words = [word.strip().partition("=") for word in raw.split(",") if word.strip()]
            if not all(key.strip() and value.strip() for key, _, value in words):
                raise ValueError("no pair")
            return {key.strip(): value.strip() for key, _, value in words}

        return self._read(name, default, parse, "pairs name=value separated by commas")

    def colour(self, name: str, default: str | None = None) -> str:
        """A colour as ``#rrggbb``; it goes into a stylesheet, so nothing else is let through."""

        def parse(raw: str) -> str:
            if not re.fullmatch(r"#[0-9a-fA-F]{6}", raw):
                raise ValueError("something else")
            return raw

        return self._read(name, default, parse, "a colour as #rrggbb")

    def url(self, name: str, schemes: tuple[str, ...], default: str | None = None) -> str:
        def parse(raw: str) -> str:
            if urlsplit(raw).scheme not in schemes:
                raise ValueError("another scheme, or none")
            return raw

        return self._read(name, default, parse, "an address beginning with " + " or ".join(f"{s}:" for s in schemes))


def _long_enough(raw: str, *, least: int = 32) -> str:
    if len(raw) < least:
        raise ValueError("too short")
    return raw


def cores() -> int:
    """How many processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
