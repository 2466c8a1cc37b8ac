"""The rating kernel: columns in, columns out. No Django, no clock, no files; docs/rating.md is its prose.

The way of a call: :func:`compile_tariff` once, :func:`rate` for lines, :func:`summarise` and :func:`settle` for the
contract's month. All money is integer milli-yen before tax until :func:`settle` says yen.
"""

from .allowance import DATA_LINE, USED, Allowance, data_lines
from .calls import LINE, rate
from .discount import IncomingCallDiscount
from .fees import FEE_LINE, Holding, NumberFee, month_before, number_fees
from .month import ADJUSTMENT, Unbalanced, add_up, balance, settle, summarise, tax_classes
from .stream import rate_stream
from .table import DIGITS, Table, compile_tariff, number_key
from .tariff import EXEMPT, HOLIDAY, STANDARD, Band, Rule, Tariff, WrongTariff, in_force
from .tax import YEN, TaxRate, allocate, rates_in_force

__all__ = [
    "ADJUSTMENT",
    "DATA_LINE",
    "DIGITS",
    "EXEMPT",
    "FEE_LINE",
    "HOLIDAY",
    "LINE",
    "STANDARD",
    "USED",
    "YEN",
    "Allowance",
    "Band",
    "Holding",
    "IncomingCallDiscount",
    "NumberFee",
    "Rule",
    "Table",
    "Tariff",
    "TaxRate",
    "Unbalanced",
    "WrongTariff",
    "add_up",
    "allocate",
    "balance",
    "compile_tariff",
    "data_lines",
    "in_force",
    "month_before",
    "number_fees",
    "number_key",
    "rate",
    "rate_stream",
    "rates_in_force",
    "settle",
    "summarise",
    "tax_classes",
]
