"""Why rows, and files, of payments are not taken, in words: those of any CSV file, and their own."""

from django.utils.translation import gettext_lazy as _

from madoguchi.contracts.imports import reasons

REASONS = {name: reasons.REASONS[name] for name in ("empty_cell", "too_many_cells", "date")} | {
    "no_such_bill": _("There is no bill with this number."),
    "state": _("“%(value)s” is neither paid nor unpaid."),
    "future": _("%(value)s is yet to come."),
}
FILES = {name: reasons.FILES[name] for name in ("empty", "quotes", "not_text", "interrupted", "gone")} | {
    "columns": _("The file must have the columns bill_number, state and on, and no others. It has: %(about)s."),
    "damaged": _("The file cannot be unpacked: it is damaged, or not complete."),
}


def sentence(reason: str, value: str = "") -> str:
    """The reason in the active language."""
    return str(REASONS[reason]) % {"value": value}


def about_file(reason: str, about: str = "") -> str:
    return str(FILES[reason]) % {"about": about}
