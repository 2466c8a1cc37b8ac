"""The files a statement can be had as."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from . import paper, text, workbook
from .extract import Extract


@dataclass(frozen=True, slots=True)
class File:
    """``code``: a word for the ledger. ``ending``: of its name. ``most``: lines it holds at the most, where it must."""

    code: str
    ending: str
    label: str | Promise
    content_type: str
    write: Callable[[Extract], Iterator[bytes]]
    most: int | None = None

    def pieces(self, extract: Extract, language: str) -> Iterator[bytes]:
        """The file as it is sent, in ``language`` however late that is."""
        with override(language):
            yield from self.write(extract)


_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# By what stands at the end of their address.
FILES = {
    file.ending: file
    for file in (
        File("csv", ".csv", _("CSV (UTF-8)"), "text/csv; charset=utf-8", text.utf8),
        File("csv-cp932", "-cp932.csv", _("CSV (Shift_JIS, CP932)"), "text/csv; charset=windows-31j", text.cp932),
        File("xlsx", ".xlsx", _("Excel (XLSX)"), _WORKBOOK, workbook.workbook),
        File("pdf", ".pdf", _("PDF"), "application/pdf", paper.pdf, most=paper.MOST_LINES),
    )
}
