"""What a room above says in a mail: it registers a renderer under a name, the engine calls it by that name.

A message is rendered once for a mailing, a language and a format. What differs between recipients is left open as a
:func:`slot` and filled for each letter from its ``personal`` and ``sealed`` values.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

# Private-use characters: no template, catalogue or escaping changes them, and no text of ours contains them.
_OPEN, _CLOSE = "\ue000", "\ue001"
_NAME = re.compile(r"[a-z][a-z0-9_]*")
SLOT = re.compile(f"{_OPEN}([a-z][a-z0-9_]*){_CLOSE}")


class Calendar(Protocol):
    """A calendar to attach, each letter's its own; ``name`` is the file's, plain ASCII."""

    @property
    def name(self) -> str: ...

    def of(self, values: Mapping[str, str]) -> bytes:
        """The calendar (UTF-8, CRLF) of the letter with these slots' values; empty where it is to have none."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message before its recipient is known.

    ``sender`` is the address in From (the operator's name is put before it). ``html`` is ``None`` where the format is
    plain. ``headers`` are further ones, in order; a ``Message-ID`` among them replaces the letter's own. Any of these
    may contain slots, but for ``sender``; in ``html`` the values are escaped, and a header that is one slot and nothing
    else is left out where the value is empty. ``calendar`` is what letters of the format ``calendar`` bring besides.
    """

    subject: str
    text: str
    html: str | None
    sender: str
    headers: tuple[tuple[str, str], ...] = ()
    calendar: Calendar | None = None


Renderer = Callable[[str, str, str], Draft]

_renderers: dict[str, Renderer] = {}


class UnknownRenderer(LookupError):
    """No room registered a renderer under this name."""


def slot(name: str) -> str:
    """The marker for ``personal[name]`` (or the sealed value of that name) of the letter being sent."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"a slot's name is lower-case letters, digits and underscores, not {name!r}")
    return f"{_OPEN}{name}{_CLOSE}"


def register(name: str, renderer: Renderer) -> None:
    """Make ``renderer(reference, language, format) -> Draft`` known as ``name``.

    ``reference`` is the mailing's, ``language`` ``ja`` or ``en``, ``format`` of
    :class:`Letter.Format`. Rooms call this when their application is ready. Another renderer under the same name is
    refused.
    """
    if _renderers.setdefault(name, renderer) is not renderer:
        raise ValueError(f"a renderer named {name!r} is already registered")


def known(name: str) -> bool:
    """Whether a renderer is registered as ``name``."""
    return name in _renderers


def render(name: str, reference: str, language: str, format: str) -> Draft:
    """The draft of the renderer registered as ``name``; raises :class:`UnknownRenderer`, or what it raises."""
    try:
        renderer = _renderers[name]
    except KeyError:
        raise UnknownRenderer(name) from None
    return renderer(reference, language, format)
