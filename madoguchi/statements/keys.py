"""How a record is known again: a key of the switch and its call id, and a digest of all the record says.

Both are BLAKE2b of 16 bytes over text, made one by one (0.6 µs each). A column-wise hash of Polars would be faster, but
it is not the same in every version of it, and not made to withstand somebody who chooses what stands in a record. These
are stored for years, and a call whose key another has would be lost.
"""

from hashlib import blake2b

import polars as pl

BETWEEN = "\x1f"  # what stands between the parts; no record may hold it unnoticed (formats.record.unusable)


def with_keys(records: pl.DataFrame, *, source: str) -> pl.DataFrame:
    """Put ``key`` and ``record`` (hexadecimal) beside ``call_id`` and ``raw``. A record without id is its own key."""
    text = pl.concat_str(
        pl.lit(source),
        pl.when(pl.col("call_id") == "").then(pl.concat_str(pl.lit(BETWEEN), "raw")).otherwise("call_id"),
        separator=BETWEEN,
    )
    return records.with_columns(
        text.map_batches(_digests, return_dtype=pl.String).alias("key"),
        pl.col("raw").map_batches(_digests, return_dtype=pl.String).alias("record"),
    )


def _digests(texts: pl.Series) -> pl.Series:
    digests = [blake2b(text, digest_size=16).digest() for text in texts.cast(pl.Binary).to_list()]
    return pl.Series(texts.name, digests, dtype=pl.Binary).bin.encode("hex")


class Seen:
    """Keys that have come by, as the integers of their first 64 bits: 8 bytes each, however many.

    Sorted runs, each at least twice as long as the next, so that a key is merged only as often as the number of runs
    grows: the logarithm of all. Two keys may share 64 bits; who is told "seen" must look closer.
    """

    def __init__(self) -> None:
        self._runs: list[pl.Series] = []

    def among(self, short: pl.Series) -> pl.Series:
        """For each, whether it has been added (Boolean)."""
        found = pl.repeat(value=False, n=len(short), dtype=pl.Boolean, eager=True)
        for run in self._runs:
            found |= run.gather(run.search_sorted(short).clip(upper_bound=len(run) - 1)) == short
        return found

    def add(self, short: pl.Series) -> None:
        run = short.sort()
        while self._runs and len(self._runs[-1]) < 2 * len(run):
            run = pl.concat([self._runs.pop(), run]).sort()
        if len(run):
            self._runs.append(run)


def short(keys: pl.Series) -> pl.Series:
    """The integers of hexadecimal keys' first 64 bits."""
    return keys.str.slice(0, 16).str.decode("hex").bin.reinterpret(dtype=pl.UInt64, endianness="big")
