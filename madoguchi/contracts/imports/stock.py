"""Rows of a model as a batch finds and leaves them: read at once, changed in memory one by one, written at once."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, Generic, Literal, TypeVar

from django.db.models import Model

from .rows import Unreadable

M = TypeVar("M", bound=Model)
Done = Literal["new", "changed", "same"]
Cells = Mapping[str, Any]


class Wrong(Unreadable):
    """A row that cannot be taken because of what is stored; ``column`` says which cell."""

    def __init__(self, column: str, reason: str, value: str = "") -> None:
        super().__init__(reason)
        self.column = column
        self.value = value[:80]


class Stock(Generic[M]):
    """What is stored under each key, and what has become of it since. Nothing is written before :meth:`write`."""

    def __init__(self, model: type[M], found: Iterable[tuple[Hashable, M]]) -> None:
        self.model = model
        self.known = dict(found)
        self._new: dict[Hashable, M] = {}
        self._changed: dict[Hashable, M] = {}

    def get(self, key: Hashable) -> M | None:
        return self.known.get(key)

    def put(self, key: Hashable, found_by: Cells, values: Cells) -> Done:
        """``values`` under ``key``; ``found_by`` are the fields the key is made of."""
        row = self.known.get(key)
        if row is None:
            self.known[key] = self._new[key] = self.model(**found_by, **values)
            return "new"
        differing = {name: value for name, value in values.items() if getattr(row, name) != value}
        if not differing:
            return "same"
        for name, value in differing.items():
            setattr(row, name, value)
        if key not in self._new:
            self._changed[key] = row
        return "changed"

    def write(self, fields: Sequence[str]) -> None:
        """Insert what is new and update ``fields`` of what differs: a statement each."""
        manager = self.model._default_manager
        manager.bulk_create(self._new.values())
        # Each row is there: the conflict on its key is what makes it an update, and far faster than CASE … WHEN.
        manager.bulk_create(
            self._changed.values(), update_conflicts=True, unique_fields=["pk"], update_fields=list(fields)
        )


def each(batch: Sequence[Cells], put: Callable[[Cells], Done]) -> list[Done | Wrong]:
    """What becomes of each row, in their order."""
    said: list[Done | Wrong] = []
    for cells in batch:
        try:
            said.append(put(cells))
        except Wrong as wrong:
            said.append(wrong)
    return said


def in_order(cells: Cells) -> None:
    if cells["ended_on"] and cells["ended_on"] < cells["started_on"]:
        raise Wrong("ended_on", "ends_before_it_begins", str(cells["ended_on"]))
