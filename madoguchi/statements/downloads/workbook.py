"""A workbook (Office Open XML, ECMA-376) written straight into its zip: the first row leaves before the last is read.

Libraries for workbooks write the whole of one to a disk before a byte of it can be sent: with a million lines, that is
later than a proxy waits for it.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from datetime import date, datetime
from io import RawIOBase
from typing import IO, Any
from unicodedata import east_asian_width
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from madoguchi.statements.usage.declared import Column, Shape

from .extract import Amount, Extract
from .plain import label, yen

# A sheet has 1,048,576 rows: a million of lines, and room for the rest.
LINES_A_SHEET = 1_000_000
_PIECE = 64 << 10
_FIRST_DAY = date(1899, 12, 30)  # of a spreadsheet's calendar, as all its days are right from March 1900 on
# Places of the formats in styles.xml.
_PLAIN, _BOLD, _DAY, _TIME, _COUNT, _MONEY, _WRAP, _BOLD_RIGHT = range(8)
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
# Figures end, and their heads, a little before the words of the next column begin.
_LEFT = 'applyAlignment="1"><alignment horizontal="left"/></xf>'
_RIGHT = 'applyAlignment="1"><alignment horizontal="right" indent="1"/></xf>'
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><numFmts count="3"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="hh:mm:ss"/><numFmt numFmtId="166" formatCode="#,##0.###"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Yu Gothic"/></font>'
    '<font><b/><sz val="11"/><name val="Yu Gothic"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="8">'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    f'<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" {_LEFT}'
    f'<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" {_LEFT}'
    f'<xf numFmtId="3" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" {_RIGHT}'
    f'<xf numFmtId="166" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" {_RIGHT}'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1"><alignment wrapText="1"/></xf>'
    f'<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1" {_RIGHT}'
    '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


class _Pipe(RawIOBase):
    """Where the zip is written to, and taken from as it grows; it cannot go back."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def taken(self) -> bytes:
        piece = b"".join(self._pieces)
        self._pieces.clear()
        return piece


def workbook(extract: Extract) -> Iterator[bytes]:
    """Sheets of lines, as many as they fill, one of what the month costs, and one of what the file is of."""
    pipe = _Pipe()
    with ZipFile(pipe, "w", compression=ZIP_DEFLATED, compresslevel=4) as file:
        names: list[str] = []
        rows = _lines(extract)
        more = True
        while more:
            names.append(str(_("Lines")) if not names else f"{_('Lines')} {len(names) + 1}")
            with file.open(f"xl/worksheets/sheet{len(names)}.xml", "w", force_zip64=True) as sheet:
                more = yield from _sheet(sheet, _widths(extract.columns), rows, LINES_A_SHEET + 1, pipe)
        further = (
            (_("Charges"), [40, 18, 28, 60], _charges(extract)),
            (pgettext("sheet of a file", "About this file"), [20, 60], _about(extract)),
        )
        for name, widths, rows in further:
            names.append(str(name))
            with file.open(f"xl/worksheets/sheet{len(names)}.xml", "w") as sheet:
                yield from _sheet(sheet, widths, rows, LINES_A_SHEET, pipe)
        for name, part in _parts(names).items():
            file.writestr(name, part)
    yield pipe.taken()


def _sheet(
    sheet: IO[bytes], widths: list[int], rows: Iterator[str], most: int, pipe: _Pipe
) -> Generator[bytes, None, bool]:
    """Up to ``most`` of ``rows``; whether there are more of them."""
    columns = "".join(f'<col min="{n}" max="{n}" width="{w}" customWidth="1"/>' for n, w in enumerate(widths, 1))
    sheet.write(
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        '<sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{columns}</cols><sheetData>".encode()
    )
    more, piece, size = False, [], 0
    for count, row in enumerate(rows, 1):
        piece.append(f"<row>{row}</row>")
        size += len(row)
        if size >= _PIECE:
            sheet.write("".join(piece).encode())
            piece, size = [], 0
            yield pipe.taken()
        if count == most:
            more = True
            break
    # Printed across, as wide as the paper.
    end = '</sheetData><pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'
    sheet.write("".join([*piece, end]).encode())
    yield pipe.taken()
    return more


def _text(words: str, style: int = _PLAIN) -> str:
    """Text is kept in its cell and is never a formula, whatever it begins with."""
    kept = "".join(letter for letter in words if letter >= " " and letter not in "\ufffe\uffff")
    return f'<c t="inlineStr" s="{style}"><is><t xml:space="preserve">{escape(kept)}</t></is></c>' if kept else "<c/>"


def _figure(value: int | str, style: int) -> str:
    return f'<c s="{style}"><v>{value}</v></c>'


def _money(amount: int) -> str:
    """A format with decimals leaves its point behind whole yen."""
    return _figure(yen(amount), _MONEY if amount % 1000 else _COUNT)


def _day(moment: datetime) -> str:
    return _figure((timezone.localtime(moment).date() - _FIRST_DAY).days, _DAY)


def _time(moment: datetime) -> str:
    local = timezone.localtime(moment)
    # A part of a day: what a spreadsheet calls a time. Ten digits are fine enough for a second.
    return _figure(f"{(local.hour * 3600 + local.minute * 60 + local.second) / 86400:.10f}", _TIME)


_CELLS: dict[Shape, Callable[[Any], str]] = {
    Shape.DAY: _day,
    Shape.TIME: _time,
    Shape.NUMBER: lambda number: _text(Shape.NUMBER.words(number)),
    Shape.TEXT: lambda words: _text(str(words)),
    Shape.COUNT: lambda count: _figure(count, _COUNT),
    Shape.SECONDS: lambda count: _figure(count, _COUNT),
    Shape.BYTES: lambda count: _figure(count, _COUNT),
    Shape.MONEY: _money,
    Shape.MARKS: lambda marks: _text(Shape.MARKS.words(marks)),
}


def _cell(shape: Shape, value: Any) -> str:
    return "<c/>" if value is None else _CELLS[shape](value)


def _lines(extract: Extract) -> Iterator[str]:
    columns, look = extract.columns, extract.look
    yield "".join(_text(label(column), _BOLD_RIGHT if column.shape.to_the_end else _BOLD) for column in columns)
    sums = extract.sums()
    for line in extract.each():
        row = []
        for column in columns:
            value = column.value(line, look)
            sums.add(column.code, value)
            row.append(_cell(column.shape, value))
        sums.lines += 1
        yield "".join(row)
    added = [_cell(column.shape, sums.of.get(column.code)) for column in columns]
    yield _text(sums.words, _BOLD) + "".join(added[1:])


def _charges(extract: Extract) -> Iterator[str]:
    heads = (_("Item"), _("Amount (yen)"), _("Tax (for reference, yen)"), pgettext("column of a file", "Note"))
    styles = (_BOLD, _BOLD_RIGHT, _BOLD_RIGHT, _BOLD)
    yield "".join(_text(head, style) for head, style in zip(heads, styles, strict=True))
    yield from map(_amount, extract.amounts)


def _about(extract: Extract) -> Iterator[str]:
    yield _text(_("Item"), _BOLD) + _text(pgettext("column of a file", "Content"), _BOLD)
    for what, which in extract.about:
        yield _text(what) + _text(which, _WRAP)


def _amount(amount: Amount) -> str:
    share = "<c/>" if amount.tax_share is None else _figure(amount.tax_share, _COUNT)
    figure = _figure(amount.amount, _COUNT) if amount.yen else _money(amount.amount)
    return _text(amount.words) + figure + share + _text(amount.below, _WRAP)


_WIDTHS = {Shape.DAY: 12, Shape.TIME: 10, Shape.NUMBER: 18, Shape.MARKS: 24, Shape.TEXT: 20}


def _widths(columns: Sequence[Column]) -> list[int]:
    """In digits: room for what is usual in a column, and for its head in bold letters."""
    heads = [sum(2 if east_asian_width(letter) in "FWA" else 1 for letter in label(column)) for column in columns]
    return [max(_WIDTHS.get(column.shape, 12), head + 4) for column, head in zip(columns, heads, strict=True)]


def _parts(names: list[str]) -> dict[str, str]:
    """What says of the sheets which they are."""
    numbered = list(enumerate(names, 1))
    sheets = "".join(f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"/>' for n, name in numbered)
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_SHEET_TYPE}.worksheet+xml"/>'
        for n, _name in numbered
    )
    # The heads are printed on every sheet of paper.
    titles = "".join(
        f'<definedName name="_xlnm.Print_Titles" localSheetId="{n - 1}">\'{escape(name)}\'!$1:$1</definedName>'
        for n, name in numbered
    )
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n, _name in numbered
    )
    return {
        "xl/styles.xml": _STYLES,
        "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">'
        f"<sheets>{sheets}</sheets><definedNames>{titles}</definedNames></workbook>",
        "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{related}'
        f'<Relationship Id="rId{len(names) + 1}" Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>',
        "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_SHEET_TYPE}.styles+xml"/>{types}</Types>',
    }
