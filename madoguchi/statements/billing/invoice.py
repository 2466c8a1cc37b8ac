"""A bill as a qualified invoice (適格請求書), a PDF of A4 sheets.

What the law asks for (消費税法 第57条の4): the issuer's name and registration number, the day of the supply (here the
month of usage), what was supplied with a mark on what is taxed at the reduced rate, the sums and the rate of each, the
tax of each rate, rounded once, and the recipient's name.
"""

from collections.abc import Iterator

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from madoguchi.shell import languages
from madoguchi.shell.templatetags.shell import date_plain, in_language_plain, milliyen, yen
from madoguchi.statements.paper.document import About, Faces, Sheet, Style, written
from madoguchi.statements.paper.flow import QUIET, SHADE, Column, Flow, Row

from . import sheets
from .words import percent

_TITLE, _NAME, _PLAIN, _BOLD = Style(20, bold=True), Style(13, bold=True), Style(9.5), Style(9.5, bold=True)
_TOTAL, _SMALL = Style(22, bold=True), Style(8, colour=QUIET)


def invoice(sheet: sheets.Sheet, language: str) -> Iterator[bytes]:
    """The file of an issued bill, piece by piece; the same bill is the same file every time
    for who sees the same of it."""
    if sheet.issued_at is None:
        raise ValueError("only an issued bill is an invoice")
    faces = Faces()
    with override(language):
        drawn = _drawn(sheet, faces)
        about = About(
            title=f"{title()} {sheet.number}",
            language=language,
            author=settings.INVOICE_ISSUER[language],
            made_at=timezone.localtime(sheet.issued_at),
        )
        for ordinal, each in enumerate(drawn, start=1):
            # A sheet that has come away from the others says whose it is.
            foot = f"{sheet.number}    {ordinal} / {len(drawn)}"
            each.text(each.width / 2, each.height - 28, foot, _SMALL, align="center")
    yield from written(drawn, faces, about)


def title() -> str:
    """A bill is a qualified invoice where its issuer is registered."""
    return _("Bill (qualified invoice)") if settings.INVOICE_NUMBER else pgettext("document", "Bill")


def file_name(sheet: sheets.Sheet) -> str:
    """Says which bill it is, and nothing about anybody."""
    return f"bill-{sheet.number}.pdf"


def _drawn(sheet: sheets.Sheet, faces: Faces) -> list[Sheet]:
    flow = Flow(faces, foot=lambda _sheet, _ordinal: None)
    _head(flow, sheet)
    _total(flow, sheet)
    _lines(flow, sheet)
    _sums(flow, sheet)
    _notes(flow, sheet)
    return list(flow.end())


def _head(flow: Flow, sheet: sheets.Sheet) -> None:
    """Whose it is on the left, who issues it on the right."""
    flow.paragraph(title(), _TITLE)
    flow.y += 14
    middle, top = flow.left + 270, flow.y
    customer, contract = sheet.contract.customer, sheet.contract
    flow.paragraph(pgettext("recipient of a bill", "%(name)s") % {"name": customer.name}, _NAME, width=255)
    flow.y += 6
    service = in_language_plain(contract.service, "name")
    _pairs(
        flow,
        [
            (_("Customer number"), customer.number),
            (_("Contract number"), contract.number),
            (_("Service"), f"{service} {in_language_plain(contract, 'plan_name')}".strip()),
        ],
        x=flow.left,
        width=255,
    )
    below, flow.y = flow.y, top
    flow.paragraph(settings.INVOICE_ISSUER[languages.current()], _BOLD, x=middle)
    flow.y += 4
    _pairs(
        flow,
        [
            *([(_("Registration number"), settings.INVOICE_NUMBER)] if settings.INVOICE_NUMBER else []),
            (_("Issued on"), date_plain(sheet.issued_at)),
            (_("Bill number"), sheet.number),
        ],
        x=middle,
        width=flow.right - middle,
        names=118,
    )
    flow.y = max(below, flow.y) + 16


def _pairs(flow: Flow, pairs: list[tuple[str, str]], *, x: float, width: float, names: float = 104) -> None:
    for name, words in pairs:
        top = flow.y
        flow.paragraph(name, Style(9, colour=QUIET), x=x, width=names)
        below, flow.y = flow.y, top
        flow.paragraph(words, Style(9), x=x + names, width=width - names)
        flow.y = max(below, flow.y)


def _total(flow: Flow, sheet: sheets.Sheet) -> None:
    height = 62
    flow.sheet.area(flow.left, flow.y, flow.right - flow.left, height, colour=SHADE)
    at = flow.left + 14
    flow.sheet.text(at, flow.y + 20, _("Amount to pay, tax included"), _PLAIN)
    flow.sheet.text(at, flow.y + 48, yen(sheet.total), _TOTAL)
    middle = flow.left + 220
    period = _("%(first)s to %(last)s") % {"first": date_plain(sheet.month), "last": date_plain(sheet.last_day)}
    flow.sheet.text(middle, flow.y + 20, _("For use in"), Style(9, colour=QUIET))
    flow.sheet.text(middle + 80, flow.y + 20, period, _PLAIN)
    flow.sheet.text(middle, flow.y + 46, _("Due on"), Style(9, colour=QUIET))
    flow.sheet.text(middle + 80, flow.y + 46, date_plain(sheet.due_on) if sheet.total else "–", _BOLD)
    flow.y += height + 18


def _lines(flow: Flow, sheet: sheets.Sheet) -> None:
    whole = flow.right - flow.left
    table = flow.table(
        [
            Column(_("Item"), whole - 290),
            Column(_("Amount before tax"), 110, "right"),
            Column(_("Tax rate"), 60, "right"),
            Column(_("Tax (for reference)"), 120, "right"),
        ]
    )
    for line in sheet.lines:
        share = "–" if line.tax_share is None else yen(line.tax_share)
        table.row(Row([line.words, milliyen(line.amount), line.rate_words, share], below=line.below))
    table.row(Row([_("Before tax"), milliyen(sheet.before_tax), "", ""], bold=True, rule_above=True))
    flow.y += 18


def _sums(flow: Flow, sheet: sheets.Sheet) -> None:
    whole = flow.right - flow.left
    flow.need(110)
    table = flow.table(
        [
            Column(_("By tax rate"), whole - 250),
            Column(_("Amount before tax"), 125, "right"),
            Column(_("Consumption tax"), 125, "right"),
        ]
    )
    for each in sheet.sums:
        tax = yen(each.tax) if each.rate is not None else "–"
        table.row(Row([each.words, milliyen(each.base), tax]))
    if sheet.cut:
        table.row(Row([_("Below one yen, not billed"), milliyen(sheet.not_billed), ""]))
    table.row(Row([_("Amount to pay, tax included"), "", yen(sheet.total)], bold=True, rule_above=True))
    flow.y += 12


def _notes(flow: Flow, sheet: sheets.Sheet) -> None:
    for note in notes(sheet):
        flow.paragraph(note, _SMALL)


def notes(sheet: sheets.Sheet) -> list[str]:
    """What is to be said beneath the sums."""
    rounding = {
        "down": _("Tax is worked out once for each rate on the whole bill and rounded down."),
        "half_up": _("Tax is worked out once for each rate on the whole bill and rounded to the nearest yen."),
        "up": _("Tax is worked out once for each rate on the whole bill and rounded up."),
    }[settings.TAX_ROUNDING]
    said = [rounding, _("The tax beside an item is its share of that, for reference.")]
    if sheet.reduced:
        reduced = next(line.rate for line in sheet.lines if line.reduced and line.rate is not None)
        said.append(_("※ is taxed at the reduced rate of %(rate)s.") % {"rate": percent(reduced)})
    return said
