"""The rules of docs/rating.md once more, in plain Python and as slowly as they read. Shares no code with the kernel."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import ceil, floor
from zoneinfo import ZoneInfo


def rule_for(tariff, digits, started_at):
    local = started_at.astimezone(ZoneInfo(tariff.zone))
    day = 7 if local.date() in tariff.holidays else local.weekday()
    band = next((b.name for b in tariff.bands if day in b.days and local.hour in b.hours), "")
    for length in range(len(digits), 0, -1):
        here = {rule.band: rule for rule in tariff.rules if rule.prefix == digits[:length]}
        if found := here.get(band) or here.get(""):
            return found
    return None


def version_for(tariffs, started_at):
    best = None
    for tariff in tariffs:
        begins = datetime(
            tariff.valid_from.year, tariff.valid_from.month, tariff.valid_from.day, tzinfo=ZoneInfo(tariff.zone)
        )
        if started_at >= begins and (best is None or tariff.valid_from > best.valid_from):
            best = tariff
    return best


def price(tariffs, call):
    """(rule or None, blocks, charge) of one call, a dict with digits, outgoing, talk_seconds, started_at."""
    tariff = version_for(tariffs, call["started_at"])
    rule = rule_for(tariff, call["digits"], call["started_at"]) if tariff else None
    if rule is None or not rule.carried or not call["outgoing"] or call["talk_seconds"] == 0:
        return rule, 0, 0
    blocks = ceil(Fraction(max(call["talk_seconds"] - rule.free_seconds, 0), rule.block_seconds))
    return rule, blocks, rule.setup + blocks * rule.price


def month_total(tariffs, calls, *, discount, fees, rates, adjustments=()):
    """(lines, discount, fees, adjustments, carried, tax yen, cut, total yen) of one contract's month.

    ``fees`` and ``adjustments``: lists of (tax, milli-yen), the latter of either sign.
    """
    charges: defaultdict = defaultdict(int)
    reducible: defaultdict = defaultdict(lambda: defaultdict(int))
    earned: defaultdict = defaultdict(int)
    for call in calls:
        rule, _, charge = price(tariffs, call)
        kind, tax = (rule.kind, rule.tax) if rule else (None, None)
        scope = call["number"] if discount and discount.scope == "number" else "all"
        charges[tax] += charge
        if discount and call["outgoing"] and kind not in discount.not_in_base:
            reducible[scope][tax] += charge
        if discount and not call["outgoing"] and kind in discount.kinds:
            earned[scope] += call["talk_seconds"]
    taken: defaultdict = defaultdict(int)
    whole = 0
    for scope in set(reducible) | set(earned):
        units = Fraction(earned[scope], discount.unit_seconds)
        worth = (floor(units) if discount.rounding == "down" else ceil(units)) * discount.amount
        available = sum(reducible[scope].values())
        off = min(worth, available, available if discount.cap is None else discount.cap)
        whole += off
        shares = {tax: floor(Fraction(off * amount, available or 1)) for tax, amount in reducible[scope].items()}
        if shares:
            best = min(shares, key=lambda tax: (-reducible[scope][tax], tax or ""))
            shares[best] += off - sum(shares.values())
        for tax, share in shares.items():
            taken[tax] += share
    bases: defaultdict = defaultdict(int)
    for tax, amount in [*charges.items(), *fees, *adjustments, *((tax, -share) for tax, share in taken.items())]:
        bases[tax] += amount
    carried = 0
    for tax, base in bases.items():
        if base < 0:
            carried, bases[tax] = carried - base, 0
    tax_yen = sum(floor(Fraction(base * rates.get(tax, 0), 10_000 * 1000)) for tax, base in bases.items())
    exact = sum(bases.values()) + tax_yen * 1000
    adjusted = sum(amount for _, amount in adjustments)
    fee = sum(amount for _, amount in fees)
    return sum(charges.values()), whole, fee, adjusted, carried, tax_yen, exact % 1000, exact // 1000


EPOCH = datetime(2026, 4, 1, tzinfo=UTC)


def moment(seconds):
    return EPOCH + timedelta(seconds=seconds)


MONTH = date(2026, 4, 1)
