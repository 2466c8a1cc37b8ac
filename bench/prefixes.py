"""``make bench-prefixes``: the kernel's prefix step beside libphonenumber's own walk over its own prefixes.

    python -m bench.prefixes [--numbers 200000]

A tariff with a rule for every prefix of libphonenumber's time zones (some 3,000, of all countries, nested); random
numbers, most of them under one of the prefixes. Both must name the same zones for each number.
"""

import argparse
import random
import time
from datetime import UTC, date, datetime

import phonenumbers
import polars as pl
from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_geographical_number
from phonenumbers.tzdata import TIMEZONE_DATA

from madoguchi.statements.rating import Rule, Table, Tariff, compile_tariff, number_key, rate

LONGEST = 15


def table() -> Table:
    """A rule a prefix; its class is the number of its zones among all."""
    rules = tuple(Rule(prefix, str(place)) for place, prefix in enumerate(sorted(TIMEZONE_DATA)))
    return compile_tariff(Tariff("zones", date(2020, 1, 1), rules))


def numbers(count: int) -> list[str]:
    """Digits with the country code: some prefix, and random digits after it, at least as many as any prefix has.

    The kernel compares numbers filled up with zeros (docs/rating.md): one that breaks off within a longer prefix whose
    other digits are zeros is taken for it. Complete numbers do not.
    """
    dice = random.Random("bench prefixes")  # noqa: S311 - numbers, not secrets
    prefixes = sorted(TIMEZONE_DATA)
    least = max(map(len, prefixes))
    found = []
    for _ in range(count):
        prefix = dice.choice(prefixes)
        length = dice.randint(least, LONGEST)
        tail = "".join(dice.choices("0123456789", k=length - len(prefix)))
        found.append(prefix + tail)
    return found


def walked(digits: list[str]) -> list[str]:
    """The prefix libphonenumber's walk ends at, told by its zones; asked as the library is asked."""
    return [",".join(time_zones_for_geographical_number(_as_number(one))) for one in digits]


def _as_number(digits: str) -> phonenumbers.PhoneNumber:
    code = next(n for n in (1, 2, 3) if int(digits[:n]) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
    national = digits[code:]
    zeros = len(national) - len(national.lstrip("0"))
    return phonenumbers.PhoneNumber(
        country_code=int(digits[:code]),
        national_number=int(national),
        italian_leading_zero=True if zeros else None,
        number_of_leading_zeros=zeros or None,
    )


def rated(digits: list[str], compiled: Table) -> list[str]:
    """The zones of the rule the kernel chose for each."""
    calls = pl.DataFrame({"digits": digits}).select(
        other=number_key(pl.col("digits")),
        outgoing=pl.lit(value=True),
        talk_seconds=pl.lit(60, dtype=pl.Int32),
        started_at=pl.lit(datetime(2026, 10, 1, tzinfo=UTC), dtype=pl.Datetime("us", "UTC")),
    )
    prefixes = rate(calls, [compiled])["prefix"].cast(pl.String)
    return [",".join(TIMEZONE_DATA.get(prefix or "", (UNKNOWN_TIMEZONE,))) for prefix in prefixes]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--numbers", type=int, default=200_000)
    count = parser.parse_args().numbers
    digits = numbers(count)
    compiled = table()
    begin = time.process_time()
    ours = rated(digits, compiled)
    between = time.process_time()
    theirs = walked(digits)
    end = time.process_time()
    wrong = sum(mine != other for mine, other in zip(ours, theirs, strict=True))
    print(f"{count:,} numbers, {len(TIMEZONE_DATA):,} prefixes")
    print(f"kernel {between - begin:.2f} s, libphonenumber's walk {end - between:.2f} s of one processor")
    print("all agree" if not wrong else f"{wrong:,} DIFFER")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
