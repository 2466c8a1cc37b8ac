"""What the ledger keeps of a look at records, in words."""

from datetime import date

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from madoguchi.statements.downloads.files import FILES
from madoguchi.statements.usage.registry import KINDS

_AS: dict[str, str | Promise] = {"page": pgettext_lazy("seen how", "on the page")} | {
    file.code: file.label for file in FILES.values()
}


def words(detail: str) -> str:
    """``detail``: month, kind of record and how it was seen (``2026-10 calls csv``), or a word for something else."""
    if detail == "export":
        return _("All records, in the download of your data")
    if detail == "staff":
        return _("By our staff")
    if detail == "whole_numbers":
        return _("Numbers shown in full")
    month, _gap, rest = detail.partition(" ")
    records, _gap, how = rest.partition(" ")
    try:
        said = [date_format(date.fromisoformat(f"{month}-01"), "YEAR_MONTH_FORMAT")]
    except ValueError:
        return detail
    if records in KINDS:
        said.append(str(KINDS[records].label))
    if how in _AS:
        said.append(str(_AS[how]))
    return pgettext("between two facts", ", ").join(said)
