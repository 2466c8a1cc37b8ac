"""The rules of docs/usage-kinds.md once more, in plain Python and as slowly as they read. Shares no code with them."""

from fractions import Fraction
from math import ceil, floor


def message(prices, digits, segments, month):
    """(kind, tax, charge) of a message sent, None without a price; ``prices``: prefix, kind, valid_from, price, tax."""
    for length in range(len(digits), 0, -1):
        rows = [row for row in prices if row[0] == digits[:length] and row[2] <= month]
        if rows:
            _prefix, kind, _valid_from, price, tax = max(rows, key=lambda row: row[2])
            return kind, tax, segments * price
    return None


def allowance(rows, service, plan, month):
    """The row of a plan in a month; ``rows``: service, plan, valid_from, included, block, price, tax."""
    for named in (plan, ""):
        held = [row for row in rows if row[0] == service and row[1] == named and row[2] <= month]
        if held:
            return max(held, key=lambda row: row[2])
    return None


def data(used, included, block, price):
    """(blocks, charge) of a month's bytes."""
    over = 0 if included is None else max(used - included, 0)
    blocks = ceil(Fraction(over, block))
    return blocks, blocks * price


def total(charges, rates):
    """Total in yen and what is cut, of (tax class, milli-yen), none of them negative."""
    bases: dict[str, int] = {}
    for tax, charge in charges:
        bases[tax] = bases.get(tax, 0) + charge
    tax_yen = sum(floor(Fraction(base * rates.get(tax, 0), 10_000_000)) for tax, base in bases.items())
    exact = sum(bases.values()) + tax_yen * 1000
    return exact // 1000, exact % 1000
