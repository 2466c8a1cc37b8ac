"""What a month's calls add up to, by own number and by class."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, QuerySet, Sum

from madoguchi.statements.kinds import words


@dataclass(slots=True)
class Side:
    """Calls of one direction: how many, their talk time, and their charges in milli-yen before tax."""

    calls: int = 0
    seconds: int = 0
    charge: int = 0

    def add(self, row: dict[str, Any]) -> None:
        self.calls += row["calls"]
        self.seconds += row["seconds"]
        self.charge += row["charged"]


@dataclass(slots=True)
class Both:
    outgoing: Side = field(default_factory=Side)
    incoming: Side = field(default_factory=Side)

    def add(self, row: dict[str, Any]) -> None:
        (self.outgoing if row["outgoing"] else self.incoming).add(row)


@dataclass(slots=True)
class Counted:
    """``numbers``: by own number (E.164). ``classes``: those that occur. ``earning``: calls that earn the discount."""

    all: Both = field(default_factory=Both)
    numbers: dict[str, Both] = field(default_factory=dict)
    classes: list[str] = field(default_factory=list)
    earning: int = 0

    @property
    def calls(self) -> int:
        return self.all.outgoing.calls + self.all.incoming.calls


def counted(calls: QuerySet[Any]) -> Counted:
    """``calls`` added up, in one query; classes in the order of their words, numbers in that of their digits."""
    found = Counted()
    numbers: defaultdict[str, Both] = defaultdict(Both)
    classes = set()
    rows = calls.order_by().values("number", "outgoing", "kind", "earns")
    for row in rows.annotate(calls=Count("*"), seconds=Sum("talk_seconds"), charged=Sum("charge")):
        found.all.add(row)
        numbers[row["number"]].add(row)
        classes.add(row["kind"])
        found.earning += row["calls"] if row["earns"] else 0
    found.numbers = dict(sorted(numbers.items()))
    found.classes = sorted(classes, key=words)
    return found
