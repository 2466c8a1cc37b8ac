"""The work calendar that comes with a work mail where its address asks for it: ``docs/notices.md``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from madoguchi.notices import calendar
from madoguchi.notices.calendar import PUBLIC, Party, Sheet, Stand

# Contracts of one letter. A mail with more of them would be refused for its size by one server or another.
MOST_OBJECTS = 5_000
# What a letter has its parties under: the statement of due.py writes them.
PARTIES = "parties"


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """All that its letters share is made already. ``sheets`` are by the slot that has the letter's parties."""

    name: str
    opening: bytes
    ending: bytes
    sheets: Mapping[str, Sheet]

    @classmethod
    def about(cls, stands: Mapping[str, Stand]) -> "WorkCalendar":
        """The work of ``stands``, in the language in force."""
        [*numbers] = (stand.notice.number for stand in stands.values())
        name = f"{numbers[0]}.ics" if len(numbers) == 1 else "work.ics"
        return cls(name, *calendar.single(), {slot: Sheet.of(stand) for slot, stand in stands.items()})

    def of(self, values: Mapping[str, str]) -> bytes:
        """Of the work whose parties the letter has; empty where it has none."""
        events = [sheet.events(parties(values[slot])) for slot, sheet in self.sheets.items() if slot in values]
        return b"".join([self.opening, *events, self.ending]) if events else b""


def fit(several: Iterable[str]) -> bool:
    """Whether one calendar holds the contracts of all these parties."""
    return sum(len(party.objects) for text in several for party in parties(text)) <= MOST_OBJECTS


def parties(text: str) -> tuple[Party, ...]:
    """Customers and contracts as due.py writes them: a line each, tabs between the numbers. None: everybody's."""
    lines = (line.split("\t") for line in text.splitlines())
    return tuple(Party(account, tuple(objects)) for account, *objects in lines) or (PUBLIC,)
