"""Lines of a statement as the page shows them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import pgettext

from madoguchi.shell import languages
from madoguchi.shell.templatetags.shell import colon
from madoguchi.statements.statement import Statement
from madoguchi.statements.usage.declared import NOTHING, Column, Look, Mark, RecordKind, Shape

# Kana and the ideographs.
_JAPANESE = re.compile("[\u3041-\u30ff\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Cell:
    column: Column
    words: str
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """``why``: (what, how much), of what the line costs."""

    cells: list[Cell]
    why: list[tuple[str, str]]


def rows(
    lines: Iterable[Any], kind: RecordKind, columns: Sequence[Column], *, look: Look, statement: Statement
) -> list[Row]:
    return [Row([_cell(column, line, look) for column in columns], kind.why(line, statement)) for line in lines]


def _cell(column: Column, line: Any, look: Look) -> Cell:
    value = column.value(line, look)
    if column.shape == Shape.MARKS:
        return Cell(column, "", value)
    return Cell(column, column.shape.words(value))


def as_html(rows: Sequence[Row], columns: Sequence[Column]) -> SafeString:
    """The rows of the table, each followed by why it costs what it costs.

    A hundred lines are two thousand cells and facts: as a template they took more of the processor than all else that
    makes the page.
    """
    opened = [_opening(column) for column in columns]
    why, close = escape(pgettext("this charge", "Why")), escape(pgettext("an explanation", "Close"))
    between, span = escape(colon()), len(columns) + 1
    pieces: list[str] = []
    for n, row in enumerate(rows, 1):
        pieces.append(f'<tr role="row" id="line-{n}">')
        for (tag, label), cell in zip(opened, row.cells, strict=True):
            empty = not cell.marks and cell.words in {"", NOTHING}
            pieces.append(f"{tag} data-empty>{label}" if empty else f"{tag}>{label}")
            pieces.append(escape(cell.words))
            pieces += [f'<span class="mark" data-mark="{m.code}">{escape(m.words)}</span> ' for m in cell.marks]
            pieces.append("</td>")
        when = escape(f"{row.cells[0].words} {row.cells[1].words}")
        pieces.append(
            f'<td role="cell" class="line__why"><a href="#why-{n}">{why}'
            f'<span class="visually-hidden">{between}{when}</span></a></td></tr>\n'
            f'<tr role="row" class="why" id="why-{n}"><td role="cell" colspan="{span}"><dl class="why__rows">'
        )
        pieces += [
            f"<div><dt>{escape(what)}</dt><dd{_tongue(much)}>{escape(much)}</dd></div>" for what, much in row.why
        ]
        pieces.append(f'</dl><a class="why__close" href="#line-{n}">{close}</a></td></tr>\n')
    return mark_safe("".join(pieces))  # noqa: S308 - every word in it is escaped above


def _tongue(words: str) -> str:
    """Names that the operator has in Japanese alone, as a tariff's, say so on pages in another language."""
    return "" if languages.current() == "ja" or not _JAPANESE.search(words) else ' lang="ja"'


def _opening(column: Column) -> tuple[str, str]:
    """How a column's cells begin: the tag without its end, and the label that narrow screens show."""
    number = " number" if column.shape.to_the_end else ""
    return (
        f'<td role="cell" class="line__{column.code}{number}"',
        f'<span class="stacked__label" aria-hidden="true">{escape(column.label)}</span>',
    )
