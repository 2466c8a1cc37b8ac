"""The customers and the switch's file of ``bench.load``: the same each time."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from bench.rate_input import FACTOR, STEP

if TYPE_CHECKING:
    from madoguchi.contracts.models import Contract

BEGUN = datetime(2026, 10, 1)  # noqa: DTZ001 - as the switch's clock shows it
FIRST = 10_000_000  # of our numbers, after 050
CALLS_A_CONTRACT = 100
# Most people call the same few numbers; every tenth call goes to or comes from another one.
KNOWN_NUMBERS = 25
PART = 250_000
# As dialled, and how many digits are left to draw: fixed lines, mobiles, 050, toll-free, abroad.
PREFIXES = pl.Series(["03", "06", "052", "090", "080", "0500001", "0120", "0101202555"])
DIGITS = pl.Series([8, 8, 7, 8, 8, 4, 6, 4])


def contracts(count: int) -> "Contract":
    """``count`` contracts of a number each, 050-1000-0000 and on, all of Alice's; the first, whose page is read."""
    from madoguchi.accounts.tests.people import alice
    from madoguchi.contracts.models import Contract, TelephoneNumber
    from madoguchi.contracts.tests.household import household

    first = household(holder=alice()).office
    made = Contract.objects.bulk_create(
        (
            Contract(
                number=f"B{ordinal:09}",
                customer=first.customer,
                service=first.service,
                usage_kind=first.usage_kind,
                contact_phone=first.contact_phone,
                started_on=first.started_on,
            )
            for ordinal in range(1, count)
        ),
        batch_size=5000,
    )
    TelephoneNumber.objects.bulk_create(
        (
            TelephoneNumber(contract=contract, number=f"+8150{FIRST + ordinal}", started_on=first.started_on)
            for ordinal, contract in enumerate([first, *made])
        ),
        batch_size=5000,
    )
    return first


def calls(path: Path, count: int) -> Path:
    """An Asterisk CSV of ``count`` calls of the month."""
    with path.open("wb") as file:
        for begin in range(0, count, PART):
            rows = _part(begin, min(begin + PART, count), contracts=max(count // CALLS_A_CONTRACT, 1))
            rows.write_csv(file, include_header=False, quote_style="non_numeric")
    return path


def _part(begin: int, end: int, *, contracts: int) -> pl.DataFrame:
    number = pl.int_range(begin, end, dtype=pl.Int64, eager=True)
    draws = pl.DataFrame([number.alias("call"), *_draws(number, 6)])
    ours = pl.col("d0") % contracts
    stranger = pl.col("d2") % 10 == 0
    out = pl.col("d3") % 5 < 3
    # A tenth is not answered; talk time leans to the short.
    answered = pl.col("d5") % 10 > 0
    talk = pl.when(answered).then((pl.col("d3") % 60) * (pl.col("d4") % 60) // 4).otherwise(0)
    ring = 2 + pl.col("d1") % 20
    start = pl.lit(BEGUN) + pl.duration(seconds=pl.col("d5") % (30 * 86_400))
    drawn = draws.with_columns(
        ours=pl.format("050{}", FIRST + ours),
        other=pl.when(stranger).then("call").otherwise(ours * KNOWN_NUMBERS + pl.col("d1") % KNOWN_NUMBERS),
        out=out,
        talk=talk,
        ring=ring,
        start=start,
        answered=answered,
    )
    drawn = drawn.with_columns(theirs=_number(drawn["other"]), end=pl.col("start") + pl.duration(seconds=ring + talk))
    src, dst = (pl.when("out").then(a).otherwise(pl.col(b)) for a, b in (("ours", "theirs"), ("theirs", "ours")))
    time = "%Y-%m-%d %H:%M:%S"
    answer = (pl.col("start") + pl.duration(seconds="ring")).dt.to_string(time)
    return drawn.select(
        accountcode=pl.lit(""),
        src=src,
        dst=dst,
        dcontext=pl.lit("from-office"),
        clid=pl.format('"" <{}>', src),
        channel=pl.format("PJSIP/office-{}", "call"),
        dstchannel=pl.format("PJSIP/carrier-{}", "call"),
        lastapp=pl.lit("Dial"),
        lastdata=pl.format("PJSIP/{}@carrier,60", dst),
        start=pl.col("start").dt.to_string(time),
        answer=pl.when("answered").then(answer).otherwise(pl.lit("")),
        end=pl.col("end").dt.to_string(time),
        duration=pl.col("ring") + pl.col("talk"),
        billsec="talk",
        disposition=pl.when(pl.col("talk") > 0).then(pl.lit("ANSWERED")).otherwise(pl.lit("NO ANSWER")),
        amaflags=pl.lit("DOCUMENTATION"),
        uniqueid=pl.format("{}.{}", pl.col("start").dt.epoch("s"), "call"),
        userfield=pl.lit(""),
    )


def _number(seed: pl.Series) -> pl.Series:
    """The number that belongs to a seed."""
    first, second = _draws(seed, 3)[1:]
    prefix = (first % len(PREFIXES)).cast(pl.UInt32)
    rest = 10 ** DIGITS.gather(prefix).cast(pl.Int64)
    digits = (rest + second % rest).cast(pl.String).str.slice(1)
    return PREFIXES.gather(prefix) + digits


def _draws(seed: pl.Series, count: int) -> list[pl.Series]:
    state = seed.cast(pl.UInt64)
    draws = []
    for _ in range(count):
        state = state * FACTOR + STEP
        draws.append((state // 2**33).cast(pl.Int64).alias(f"d{len(draws)}"))
    return draws
