"""Lines of a statement as the page shows them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from madoguchi.statements.usage.declared import Column, Look, Mark, RecordKind, Shape


@dataclass(frozen=True, slots=True)
class Cell:
    column: Column
    words: str
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """``why``: (what, how much), where the kind says why a line costs what it costs."""

    cells: list[Cell]
    why: list[tuple[str, str]]


def rows(lines: Iterable[Any], kind: RecordKind, columns: Sequence[Column], look: Look) -> list[Row]:
    return [
        Row([_cell(column, line, look) for column in columns], kind.why(line) if kind.why else []) for line in lines
    ]


def _cell(column: Column, line: Any, look: Look) -> Cell:
    value = column.value(line, look)
    if column.shape == Shape.MARKS:
        return Cell(column, "", value)
    return Cell(column, column.shape.words(value))
