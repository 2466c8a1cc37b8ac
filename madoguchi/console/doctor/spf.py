"""SPF records (RFC 7208), as far as they can be wrong by themselves: one record, ten look-ups, an end."""

import re
from dataclasses import dataclass
from typing import Self

from django.utils.translation import gettext as _

from madoguchi.console.doctor.names import Names

# Mechanisms and modifiers that cost a look-up each (RFC 7208, 4.6.4).
_COSTS = {"include", "a", "mx", "ptr", "exists", "redirect"}
_KNOWN = _COSTS | {"all", "ip4", "ip6"}
MOST = 10
_TERM = re.compile(r"([+\-~?]?)([a-z0-9]+)(?:[:=]([^/\s]*))?(?:/\S*)?", re.I)


class SpfFault(Exception):
    """The record is not valid, so that servers act as if there was none; ``said`` tells why."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


@dataclass(slots=True)
class Spf:
    """``rest`` is what becomes of servers not listed: ``-`` ``~`` ``?`` ``+``; ``lookups`` what reading it costs."""

    rest: str = "?"
    lookups: int = 0

    @classmethod
    def of(cls, names: Names, domain: str) -> Self | None:
        """The record of ``domain``, None where there is none; raises :class:`SpfFault`."""
        record = _record(names, domain)
        if record is None:
            return None
        spf = cls()
        spf.rest = spf._read(names, record, {domain}) or "?"
        return spf

    def _read(self, names: Names, record: str, seen: set[str]) -> str:
        """Follow what it includes; return the qualifier of its ``all``, empty where it has none."""
        redirect = ""
        for word in record.split()[1:]:
            term = _TERM.fullmatch(word)
            name = term[2].lower() if term else ""
            if term is None or (name not in _KNOWN and "=" not in word):
                raise SpfFault(_("“%(word)s” is not known.") % {"word": word[:40]})
            self.lookups += name in _COSTS
            if self.lookups > MOST:
                raise SpfFault(_("reading it takes more than %(most)s look-ups.") % {"most": MOST})
            if name == "all":
                return term[1] or "+"
            if name == "include":
                self._follow(names, term[3] or "", seen)
            if name == "redirect":
                redirect = term[3] or ""
        return self._follow(names, redirect, seen) if redirect else ""

    def _follow(self, names: Names, domain: str, seen: set[str]) -> str:
        if "%" in domain:
            return ""  # depends on the sender: nothing to be looked up here
        if domain in seen:
            raise SpfFault(_("it includes itself through %(domain)s.") % {"domain": domain})
        record = _record(names, domain)
        if record is None:
            raise SpfFault(_("it includes %(domain)s, which has none.") % {"domain": domain})
        return self._read(names, record, seen | {domain})


def _record(names: Names, domain: str) -> str | None:
    found = [text for text in names.texts(domain) if text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")]
    if len(found) > 1:
        raise SpfFault(_("%(domain)s has several records.") % {"domain": domain})
    return found[0] if found else None
