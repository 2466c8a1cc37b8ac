"""The tables of days and hours on a delivery address's form, and the buttons that tick several boxes together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from madoguchi.shell import languages

DAYS = [
    pgettext_lazy("weekday", "Sun"),
    pgettext_lazy("weekday", "Mon"),
    pgettext_lazy("weekday", "Tue"),
    pgettext_lazy("weekday", "Wed"),
    pgettext_lazy("weekday", "Thu"),
    pgettext_lazy("weekday", "Fri"),
    pgettext_lazy("weekday", "Sat"),
]
# Four rows of six fit a phone.
PARTS = [
    pgettext_lazy("part of the day", "Night"),
    pgettext_lazy("part of the day", "Morning"),
    pgettext_lazy("part of the day", "Afternoon"),
    pgettext_lazy("part of the day", "Evening"),
]
PART_HOURS = 6
BOXES = {"days": range(7), "hours": range(24)}
# The days and hours behind the two buttons above the tables.
PRESETS = {"business": (range(1, 6), range(9, 18)), "always": (BOXES["days"], BOXES["hours"])}


@dataclass(frozen=True, slots=True)
class Box:
    """A tick in a table: ``label`` is what stands at its column's head."""

    value: int
    label: str
    checked: bool


@dataclass(frozen=True, slots=True)
class Together:
    """A button for several boxes: ``press`` is what it sends, ``label`` its name."""

    press: str
    label: str


@dataclass(frozen=True, slots=True)
class Part:
    number: int
    label: str
    boxes: Sequence[Box]
    together: Together

    @property
    def words_id(self) -> str:
        """Of the element with the label, by which each box is named."""
        return f"part-{self.number}-words"


def day_boxes(ticked: set[str]) -> list[Box]:
    return [Box(day, str(label), str(day) in ticked) for day, label in enumerate(DAYS)]


def hour_parts(ticked: set[str]) -> Iterator[Part]:
    for number, label in enumerate(PARTS):
        hours = range(number * PART_HOURS, (number + 1) * PART_HOURS)
        boxes = [Box(hour, str(hour), str(hour) in ticked) for hour in hours]
        yield Part(number, str(label), boxes, _together("hours", hours, _("Whole row: %(boxes)s") % {"boxes": label}))


def all_days() -> Together:
    return _together("days", BOXES["days"], _("All days"))


def all_hours() -> Together:
    return _together("hours", BOXES["hours"], _("Tick or clear all hours"))


def hour_columns() -> Iterator[Together]:
    comma = ", " if languages.current() == "en" else "・"
    for first in range(PART_HOURS):
        hours = BOXES["hours"][first::PART_HOURS]
        label = _("Whole column: %(boxes)s") % {"boxes": comma.join(map(str, hours))}
        yield _together("hours", hours, label)


def pressed(press: str, *, days: Sequence[str], hours: Sequence[str]) -> dict[str, list[str]]:
    """What is ticked after ``press``: the boxes of a preset; or what stood there with a button's boxes, or without them
    where all of them were ticked. Whatever is no button's changes nothing."""
    if press in PRESETS:
        return _texts(dict(zip(("days", "hours"), PRESETS[press], strict=True)))
    ticked = {"days": list(days), "hours": list(hours)}
    name, _space, values = press.partition(" ")
    boxes = values.split()
    if name in BOXES and set(boxes) <= set(_texts(BOXES)[name]):
        others = [box for box in ticked[name] if box not in boxes]
        ticked[name] = others if set(boxes) <= set(ticked[name]) else others + boxes
    return ticked


def _together(name: str, boxes: Sequence[int], label: str) -> Together:
    return Together(" ".join([name, *map(str, boxes)]), label)


def _texts(boxes: Mapping[str, Sequence[int]]) -> dict[str, list[str]]:
    return {name: [str(box) for box in some] for name, some in boxes.items()}
