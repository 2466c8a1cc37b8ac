"""Why a row or a file was not taken, in words for the person who must mend it."""

from django.utils.translation import gettext_lazy as _

REASONS = {
    "empty_cell": _("This column must not be empty."),
    "customer_number": _("“%(value)s” is not a customer number: N and nine digits."),
    "contract_number": _("“%(value)s” is not a contract number: up to 20 letters, digits and hyphens."),
    "spreadsheet": _(
        "A spreadsheet has rewritten the number as %(value)s. Export the file again with the column as text."
    ),
    "phone": _("“%(value)s” is not a telephone number."),
    "date": _("“%(value)s” is not a day such as 2026-11-22."),
    "words": _("The text is longer than 120 characters, or has control characters in it."),
    "usage_kind": _("“%(value)s” is not a kind of usage: internet, optical, phone, mobile or ip050."),
    "role": _("“%(value)s” is not a role: holder or colleague."),
    "email": _("This is not a mail address."),
    "too_many_cells": _("The row has more cells than the file has columns."),
    "unknown_customer": _("There is no customer %(value)s. Import customers first, or together."),
    "unknown_contract": _("There is no contract %(value)s. Import contracts first, or together."),
    "unknown_service": _("There is no service with the slug “%(value)s”."),
    "unknown_id": _("No customer ID has this mail address."),
    "another_customer": _("The contract is another customer's. A contract does not change its customer."),
    "not_of_customer": _("Contract %(value)s is not one of this customer's."),
    "colleague_needs_contracts": _("A colleague sees some contracts: name them."),
    "holder_needs_none": _("A holder sees every contract: leave this empty."),
    "ends_before_it_begins": _("It ends (%(value)s) before it begins."),
    "held_before": _("The number was with another contract on %(value)s. End it there first."),
    "held_later": _("The number is with another contract from a later day on (%(value)s)."),
}
FILES = {
    "empty": _("The file is empty."),
    "columns": _("The columns (%(about)s) are none of those of customers, contracts, numbers or roles."),
    "unknown_column": _("The file has columns nobody knows: %(about)s."),
    "quotes": _("Line %(about)s is not complete CSV: a quote is open, or stands where none can."),
    "interrupted": _("A worker began three times and was interrupted each time. Nothing was stored."),
    "gone": _("The file is not there any more."),
    "not_text": _("The file is not text in UTF-8, UTF-16 or CP932 (Shift_JIS)."),
}


def sentence(reason: str, value: str = "") -> str:
    """The reason in the active language."""
    return str(REASONS[reason]) % {"value": value}


def about_file(reason: str, about: str = "") -> str:
    return str(FILES[reason]) % {"about": about}
