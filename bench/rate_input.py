"""The calls and the tariff of ``bench.rate``: the same on every machine, made once and kept."""

import random
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from madoguchi.statements.rating import EXEMPT, IncomingCallDiscount, Rule, Table, Tariff, compile_tariff

MONTH = date(2026, 10, 1)
PREFIXES = 5_000
CALLS_A_CONTRACT = 100
PART = 500_000  # calls a row group, and a batch
# A linear congruential generator (Knuth's MMIX), in wrapping 64-bit columns.
FACTOR, STEP = 6364136223846793005, 1442695040888963407

DISCOUNT = IncomingCallDiscount(
    "着割", date(2006, 12, 1), frozenset({"fixed", "mobile"}), not_in_base=frozenset({"international"})
)
RATES = {"standard": 1000}


def tariff() -> Tariff:
    """5,000 prefixes, nested up to five deep."""
    dice = random.Random("bench rate")  # noqa: S311 - a tariff, not a secret
    rules = {"81": Rule("81", "fixed", 8000, 180)}
    while len(rules) < PREFIXES:
        base = dice.choice(("81", "81", "81", "8190", "8150", "1", "44", "86", "49"))
        prefix = base + "".join(dice.choice("0123456789") for _ in range(dice.randint(0, 5)))
        home = prefix.startswith("81")
        rules[prefix] = Rule(
            prefix,
            dice.choice(("fixed", "mobile", "ip050_partner")) if home else "international",
            price=dice.choice((0, 8_000, 16_000, 17_500)) if home else dice.randrange(9, 160) * 1000,
            block_seconds=dice.choice((1, 6, 30, 60, 180)),
            setup=dice.choice((0, 0, 0, 10_000)),
            tax="standard" if home else EXEMPT,
        )
    return Tariff("bench", date(2020, 1, 1), tuple(rules.values()))


def table() -> Table:
    return compile_tariff(tariff())


def calls(folder: Path, count: int) -> Path:
    """A Parquet file of ``count`` calls in row groups of ``PART``."""
    path = folder / f"calls-{count}.parquet"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        _write(unfinished, count)
        unfinished.rename(path)
    return path


def _write(path: Path, count: int) -> None:
    import pyarrow.parquet as pq

    prefixes = pl.Series([rule.prefix for rule in tariff().rules])
    starts = prefixes.str.pad_end(15, "0").cast(pl.Int64)
    spans = pl.select(pl.lit(10).cast(pl.Int64).pow(15 - prefixes.str.len_chars().cast(pl.Int64))).to_series()
    writer = None
    for begin in range(0, count, PART):
        part = _part(begin, min(begin + PART, count), starts, spans, contracts=max(count // CALLS_A_CONTRACT, 1))
        arrow = part.to_arrow()
        writer = writer or pq.ParquetWriter(path, arrow.schema, compression="snappy")
        writer.write_table(arrow, row_group_size=PART)
    if writer:
        writer.close()


def _part(begin: int, end: int, starts: pl.Series, spans: pl.Series, *, contracts: int) -> pl.DataFrame:
    number = pl.int_range(begin, end, dtype=pl.Int64, eager=True).alias("call")
    state = number.cast(pl.UInt64)
    draws = []
    for _ in range(6):
        state = state * FACTOR + STEP
        draws.append((state // 2**33).cast(pl.Int64))
    rule = (draws[1] % len(starts)).cast(pl.UInt32)
    # A tenth is not answered; talk time leans to the short.
    talk = (draws[3] % 60) * (draws[4] % 60) // 4 * (draws[5] % 10 > 0).cast(pl.Int64)
    return pl.DataFrame(
        {
            "call": number,
            "contract": draws[0] % contracts,
            "outgoing": draws[2] % 5 < 3,
            "other": starts.gather(rule) + (draws[3] * 4099 + draws[4]) % spans.gather(rule),
            "talk_seconds": talk.cast(pl.Int32),
        }
    ).with_columns(
        month=pl.lit(MONTH),
        started_at=pl.lit(datetime(2026, 9, 30, 15, tzinfo=UTC)).dt.cast_time_unit("us")
        + pl.duration(seconds=pl.Series(draws[5] % (31 * 86_400))),
    )
