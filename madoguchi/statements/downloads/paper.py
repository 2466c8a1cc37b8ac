"""A PDF to read and to print: sheets of A4 across, each sent when it is full."""

from collections.abc import Iterator, Sequence

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from madoguchi.shell import languages
from madoguchi.shell.templatetags.shell import milliyen, yen
from madoguchi.statements.paper.document import A4, About, Faces, Sheet, Style, written
from madoguchi.statements.paper.flow import MARGIN, QUIET, Column, Flow, Row
from madoguchi.statements.usage import declared

from .extract import Extract

# Many hundred sheets. Nobody prints more; who wants to reckon with more takes another file.
MOST_LINES = 20_000
_ACROSS = (A4[1], A4[0])
_TITLE, _SMALL = Style(16, bold=True), Style(8, colour=QUIET)
_SIZE = 8
# How wide columns are beside one another, by their shape: a line of what is usual in them is one line on paper.
_SHARES = {
    declared.Shape.DAY: 11,
    declared.Shape.TIME: 8,
    declared.Shape.NUMBER: 15,
    declared.Shape.MARKS: 13,
    declared.Shape.TEXT: 10,
    declared.Shape.COUNT: 7,
    declared.Shape.SECONDS: 12,
    declared.Shape.BYTES: 9,
    declared.Shape.MONEY: 9,
}
# Some by their code, where the words of a language want another one.
_SHARES_OF = {
    "ja": {"direction": 6, "number": 14, "class": 14, "talk": 13, "marks": 11},
    "en": {"date": 7, "direction": 8, "number": 13, "class": 12, "area": 11, "talk": 14, "marks": 12},
}


def pdf(extract: Extract) -> Iterator[bytes]:
    faces = Faces()
    about = About(
        title=extract.title,
        language=languages.current(),
        author=settings.OPERATOR[f"name_{languages.current()}"],
        made_at=extract.made_at,
    )
    yield from written(_sheets(extract, faces), faces, about)


def _sheets(extract: Extract, faces: Faces) -> Iterator[Sheet]:
    def foot(sheet: Sheet, ordinal: int) -> None:
        sheet.text(MARGIN, sheet.height - 28, extract.title, _SMALL)
        page = pgettext("number of a sheet", "Page %(n)s") % {"n": ordinal}
        sheet.text(sheet.width - MARGIN, sheet.height - 28, page, _SMALL, align="right")

    flow = Flow(faces, foot=foot, size=_ACROSS)
    flow.paragraph(extract.title, _TITLE)
    flow.y += 6
    for what, which in extract.about:
        flow.paragraph(f"{what}  {which}", Style(_SIZE + 1))
    flow.y += 10
    _charges(flow, extract)
    flow.y += 14
    table = flow.table(_columns(extract.columns, flow.right - flow.left), size=_SIZE)
    sums = extract.sums()
    for line in extract.each():
        row = []
        for column in extract.columns:
            value = column.value(line, extract.look)
            sums.add(column.code, value)
            row.append(column.shape.words(value))
        sums.lines += 1
        table.row(Row(row))
        yield from flow.full()
    figures = [(column.shape, sums.of.get(column.code)) for column in extract.columns]
    added = ["" if figure is None else shape.words(figure) for shape, figure in figures]
    table.row(Row([sums.words, *added[1:]], bold=True, rule_above=True))
    yield from flow.end()


def _charges(flow: Flow, extract: Extract) -> None:
    if not extract.amounts:
        return
    heads = (_("Item"), _("Amount"), _("Tax (for reference)"))
    figures = [Column(head, 110, "right") for head in heads[1:]]
    columns = [Column(heads[0], flow.right - flow.left - sum(column.width for column in figures)), *figures]
    table = flow.table(columns, size=_SIZE + 1)
    for amount in extract.amounts:
        figure = yen(amount.amount) if amount.yen else milliyen(amount.amount)
        share = "" if amount.tax_share is None else yen(amount.tax_share)
        last = amount is extract.amounts[-1]
        table.row(Row([amount.words, figure, share], bold=last, below=amount.below, rule_above=last))


def _columns(columns: Sequence[declared.Column], width: float) -> list[Column]:
    known = _SHARES_OF[languages.current()]
    shares = [known.get(column.code, _SHARES[column.shape]) for column in columns]
    return [
        Column(str(column.label), width * share / sum(shares), "right" if column.shape.to_the_end else "left")
        for column, share in zip(columns, shares, strict=True)
    ]
