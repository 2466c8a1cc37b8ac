"""Text and tables that run over as many sheets as they need; a sheet that is full is handed out and forgotten."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from .document import A4, PLAIN, Colour, Faces, Sheet, Style

MARGIN = 42.5  # 15 mm
QUIET: Colour = (0.35, 0.35, 0.37)
RULE: Colour = (0.62, 0.62, 0.64)
SHADE: Colour = (0.94, 0.95, 0.95)

# Japanese lines begin with none of these, and end with none of those.
_NOT_FIRST = set("、。，．・：；？！）」』】〕〉》ゝゞ々ーァィゥェォッャュョヮヵヶぁぃぅぇぉっゃゅょゎ%％,.:;?!)]}）")
_NOT_LAST = set("（「『【〔〈《([{¥￥")


@dataclass(frozen=True)
class Column:
    """One of a table's; ``width`` in points, ``align`` ``left`` or ``right``."""

    title: str
    width: float
    align: str = "left"


@dataclass(frozen=True)
class Row:
    """A line of a table: a text for each column; the first may run over empty ones beside it.

    ``below``: what is said in small letters beneath the first.
    """

    cells: Sequence[str]
    bold: bool = False
    below: str = ""
    rule_above: bool = False


class Flow:
    """A place that moves down a sheet, and on to the next one.

    ``foot`` is asked to draw on each sheet, with its ordinal, before anything else is put there; where it is known how
    many there will be, it can say so.
    """

    def __init__(self, faces: Faces, *, foot: Callable[[Sheet, int], None], size: tuple[float, float] = A4) -> None:
        self.faces = faces
        self.size = size
        self.foot = foot
        self.ordinal = 0
        self.y = 0.0
        self._full: list[Sheet] = []
        self._begin()

    @property
    def left(self) -> float:
        return MARGIN

    @property
    def right(self) -> float:
        return self.size[0] - MARGIN

    @property
    def bottom(self) -> float:
        return self.size[1] - MARGIN - 16

    def _begin(self) -> None:
        self.sheet = Sheet(self.faces, self.size)
        self.ordinal += 1
        self.foot(self.sheet, self.ordinal)
        self.y = MARGIN

    def need(self, height: float) -> bool:
        """Go on to the next sheet unless ``height`` is left on this one; whether it did."""
        if self.y + height <= self.bottom:
            return False
        self._full.append(self.sheet)
        self._begin()
        return True

    def full(self) -> Iterator[Sheet]:
        """The sheets that are done; each once."""
        done, self._full = self._full, []
        yield from done

    def end(self) -> Iterator[Sheet]:
        """What is left, the last one included."""
        yield from self.full()
        yield self.sheet

    def paragraph(
        self, words: str, style: Style = PLAIN, *, x: float | None = None, width: float | None = None
    ) -> None:
        """``words`` in lines of ``width``."""
        x = self.left if x is None else x
        height = style.size * 1.6
        for line in wrapped(self.faces, words, width or self.right - x, style):
            self.need(height)
            self.y += height
            self.sheet.text(x, self.y - style.size * 0.45, line, style)

    def table(self, columns: Sequence[Column], *, size: float = 9) -> "Table":
        return Table(self, columns, size=size)


class Table:
    """A table in a flow: its head is repeated on each sheet."""

    def __init__(self, flow: Flow, columns: Sequence[Column], *, size: float) -> None:
        self.flow, self.columns = flow, columns
        self.pad, self.line = size * 0.5, size * 1.35
        self.plain, self.bold = Style(size), Style(size, bold=True)
        self.small = Style(size - 1.5, colour=QUIET)
        self.flow.need(self.line * 4)  # no head stands alone
        self._head()

    def _head(self) -> None:
        flow = self.flow
        titles = [self._lines(n, column.title, self.bold) for n, column in enumerate(self.columns)]
        height = self._height(max(map(len, titles)))
        flow.sheet.area(flow.left, flow.y, flow.right - flow.left, height, colour=SHADE)
        self._cells(titles, self.bold)
        flow.y += height
        flow.sheet.rule(flow.left, flow.y, flow.right, width=0.8)

    def row(self, row: Row) -> None:
        flow, style = self.flow, self.bold if row.bold else self.plain
        beside = takewhile(lambda n: not row.cells[n], range(1, len(row.cells)))
        free = sum(self.columns[n].width for n in beside)
        first_cell = wrapped(flow.faces, row.cells[0], self._room(0) + free, style) or [""]
        cells = [first_cell, *(self._lines(n, cell, style) for n, cell in enumerate(row.cells[1:], 1))]
        below = wrapped(flow.faces, row.below, self._room(0), self.small) if row.below else []
        first = len(cells[0]) + len(below) * self.small.size / style.size
        height = self._height(max(first, *map(len, cells)))
        if flow.need(height):
            self._head()
        if row.rule_above:
            flow.sheet.rule(flow.left, flow.y, flow.right, width=0.8)
        self._cells(cells, style)
        y = flow.y + self.plain.size * 1.2 + (len(cells[0]) - 1) * self.line
        for line in below:
            y += self.small.size * 1.35
            flow.sheet.text(flow.left + self.pad, y, line, self.small)
        flow.y += height
        flow.sheet.rule(flow.left, flow.y, flow.right, width=0.25, colour=RULE)

    def _height(self, lines: float) -> float:
        return self.plain.size * 0.6 + self.line * lines

    def _room(self, column: int) -> float:
        return self.columns[column].width - 2 * self.pad

    def _lines(self, column: int, words: str, style: Style) -> list[str]:
        return wrapped(self.flow.faces, words, self._room(column), style) or [""]

    def _cells(self, cells: list[list[str]], style: Style) -> None:
        x = self.flow.left
        for column, lines in zip(self.columns, cells, strict=True):
            at = x + column.width - self.pad if column.align == "right" else x + self.pad
            for n, line in enumerate(lines):
                y = self.flow.y + style.size * 1.2 + n * self.line
                self.flow.sheet.text(at, y, line, style, align=column.align)
            x += column.width


def wrapped(faces: Faces, words: str, width: float, style: Style) -> list[str]:
    """``words`` in lines no wider than ``width``, broken between words of English and between letters of Japanese.

    A word that is wider than a line is broken where the line is full.
    """
    face = faces.of(bold=style.bold).typeface
    words = face.printable(words)

    def fits(some: str) -> bool:
        return face.width(some, style.size) <= width

    if fits(words):
        return [words] if words else []
    lines, line = [], ""
    for piece in _pieces(words):
        if not line or fits(line + piece.rstrip()):
            line += piece
        else:
            lines.append(line.rstrip())
            line = piece.lstrip()
        while not fits(line.rstrip()):
            room = next(n for n in range(len(line), 0, -1) if n == 1 or fits(line[:n]))
            lines.append(line[:room])
            line = line[room:]
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(words: str) -> list[str]:
    """The parts between which a line may end."""
    pieces: list[str] = []
    for letter in words:
        if pieces and not _may_part(pieces[-1][-1], letter):
            pieces[-1] += letter
        else:
            pieces.append(letter)
    return pieces


def _may_part(before: str, after: str) -> bool:
    if before in _NOT_LAST or after in _NOT_FIRST or after == " ":
        return False
    return before == " " or before >= "\u2e80" or after >= "\u2e80"
