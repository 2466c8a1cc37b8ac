"""How mail arrives, counted: by day, by group of addresses, by what the other servers said."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Count, Max, QuerySet, Sum
from django.utils import timezone

from madoguchi.delivery.engine.pacing import group_of
from madoguchi.delivery.models import DayCount, Return

SHOWN = 30  # groups, and reasons


@dataclass(slots=True)
class Line:
    """Of one day or one group. ``letters`` by state, ``back`` by kind of what came back."""

    name: date | str
    letters: Counter[str] = field(default_factory=Counter)
    back: Counter[str] = field(default_factory=Counter)

    @property
    def accepted(self) -> int:
        """Taken over by the relay, whatever came back later."""
        return self.letters["sent"] + self.letters["bounced"]

    @property
    def acceptance(self) -> float | None:
        """Of the letters that were tried to the end those that were taken over, in percent."""
        return _share(self.accepted, self.accepted + self.letters["failed"])

    @property
    def bounces(self) -> float | None:
        return _share(self.back["hard"] + self.back["soft"], self.accepted)

    @property
    def complaints(self) -> float | None:
        return _share(self.back["complaint"], self.accepted)

    @property
    def is_bad(self) -> bool:
        """Worth a look: providers begin to refuse a sender at 0.3 % complaints or a few percent unknown addresses."""
        few, many = self.acceptance, self.complaints
        return (few is not None and few < 95) or (many is not None and many >= 0.3) or (self.bounces or 0) >= 5


@dataclass(frozen=True, slots=True)
class Account:
    days: list[Line]
    groups: list[Line]
    words: list[dict[str, object]]
    counted_at: datetime | None

    @classmethod
    def of(cls, *, days: int) -> "Account":
        first = timezone.localdate() - timedelta(days=days - 1)
        counts = DayCount.objects.filter(day__gte=first)
        came = Return.objects.filter(received_at__date__gte=first)
        return cls(
            days=_by_day(counts, came, first, days),
            groups=_by_group(counts, came),
            words=_words(came),
            counted_at=counts.aggregate(last=Max("counted_at"))["last"],
        )


def _by_day(counts: "QuerySet[DayCount]", came: "QuerySet[Return]", first: date, days: int) -> list[Line]:
    lines = {first + timedelta(days=n): Line(first + timedelta(days=n)) for n in range(days)}
    for day, state, number in counts.values_list("day", "state").annotate(Sum("number")).order_by():
        if day in lines:
            lines[day].letters[state] += number
    for day, kind, number in came.values_list("received_at__date", "kind").annotate(Count("pk")).order_by():
        if day in lines:
            lines[day].back[kind] += number
    return sorted(lines.values(), key=lambda line: str(line.name), reverse=True)


def _by_group(counts: "QuerySet[DayCount]", came: "QuerySet[Return]") -> list[Line]:
    lines: dict[str, Line] = {}
    for group, state, number in counts.values_list("group", "state").annotate(Sum("number")).order_by():
        lines.setdefault(group, Line(group)).letters[state] += number
    for domain, kind, number in came.values_list("domain", "kind").annotate(Count("pk")).order_by():
        group = group_of(f"@{domain}")
        # Where the group's letters are counted with the smaller ones, what came back of them is too.
        lines.setdefault(group if group in lines or "" not in lines else "", Line(group)).back[kind] += number
    largest = sorted(lines.values(), key=lambda line: (line.name == "", -line.letters.total(), str(line.name)))
    return largest[:SHOWN]


def _words(came: "QuerySet[Return]") -> list[dict[str, object]]:
    """The most frequent reasons; the servers' words have addresses masked already."""
    same = came.exclude(kind=Return.Kind.OTHER).values("kind", "status", "words").annotate(number=Count("pk"))
    return [dict(row) for row in same.order_by("-number", "kind", "status")[:SHOWN]]


def _share(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None
