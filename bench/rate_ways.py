"""The ways ``bench.rate`` compares. Each runs in a process of its own: ``python -m bench.rate_ways WAY CALLS FOLDER``.

Each rates the calls, writes a line per call and the totals per contract and month, and prints its seconds and the
peak of its memory as JSON.
"""

import csv
import json
import os
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from bench.rate_input import DISCOUNT, MONTH, PART, RATES, table, tariff
from madoguchi.statements.rating import number_fees, rate_stream, settle


def ours(calls: Path, folder: Path) -> None:
    """The kernel, streaming; a file of lines per batch."""
    (folder / "rated").mkdir()

    def sink(number: int, lines: pl.DataFrame) -> None:
        lines.write_parquet(folder / "rated" / f"{number:05}.parquet", compression="snappy")

    summary = rate_stream(_batches(calls), [table()], rule=DISCOUNT, sink=sink, workers=os.cpu_count() or 2)
    totals = settle(summary, number_fees([], [], month=MONTH), rule=DISCOUNT, rates=RATES)
    totals.select("contract", "month", "lines", "discount", tax_yen="tax", total="total").write_parquet(
        folder / "totals.parquet"
    )


def _batches(calls: Path) -> Iterator[pl.DataFrame]:
    count = pl.scan_parquet(calls).select(pl.len()).collect().item()
    for begin in range(0, count, PART):
        yield pl.scan_parquet(calls).slice(begin, PART).collect()


def duckdb(calls: Path, folder: Path) -> None:
    """bench/rate.sql, as it stands."""
    import duckdb as engine

    flat = table()
    rules = flat.rules[flat.rows].with_columns(pl.col("prefix", "kind", "tax").cast(pl.String), tariff=pl.lit("bench"))
    ranges = rules.drop("free_seconds").with_columns(start=flat.ranges.starts)
    ranges.write_parquet(folder / "ranges.parquet")
    script = Path(__file__).with_name("rate.sql").read_text(encoding="utf-8")
    with engine.connect(config={"threads": os.cpu_count() or 2}) as connection:
        connection.execute(script.replace("$folder", str(folder)).replace("$calls", str(calls)))


def python(calls: Path, folder: Path) -> None:
    """Dictionaries and loops, as one would write it first."""
    rules = {rule.prefix: rule for rule in tariff().rules}
    longest = max(map(len, rules))
    lines: defaultdict[int, int] = defaultdict(int)
    taxable: defaultdict[int, int] = defaultdict(int)
    earned: defaultdict[int, int] = defaultdict(int)
    with (folder / "rated.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        for batch in _batches(calls):
            for call in batch.iter_rows(named=True):
                digits = f"{call['other']:015}"
                rule = next(rules[digits[:n]] for n in range(longest, 0, -1) if digits[:n] in rules)
                blocks = charge = 0
                if call["outgoing"] and call["talk_seconds"]:
                    blocks = -(-call["talk_seconds"] // rule.block_seconds)
                    charge = rule.setup + blocks * rule.price
                    taxable[call["contract"]] += charge if rule.tax == "standard" else 0
                elif not call["outgoing"] and rule.kind in {"fixed", "mobile"}:
                    earned[call["contract"]] += call["talk_seconds"]
                lines[call["contract"]] += charge
                explained = (rule.prefix, rule.kind, rule.tax, blocks, rule.block_seconds, rule.price, rule.setup)
                writer.writerow((*call.values(), *explained, charge))
    rows = []
    for contract in sorted(lines):
        discount = min(earned[contract] // 60 * 500, taxable[contract])
        tax = (taxable[contract] - discount) // 10_000
        total = (lines[contract] - discount) // 1000 + tax
        rows.append((contract, MONTH, lines[contract], discount, tax, total))
    columns = ["contract", "month", "lines", "discount", "tax_yen", "total"]
    pl.DataFrame(rows, schema=columns, orient="row").write_parquet(folder / "totals.parquet")


WAYS = {"ours": ours, "duckdb": duckdb, "python": python}


def main() -> None:
    way, calls, folder = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    begin = time.perf_counter()
    WAYS[way](calls, folder)
    seconds = time.perf_counter() - begin
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = used.ru_utime + used.ru_stime
    print(json.dumps({"seconds": seconds, "cpu_seconds": round(cpu, 2), "peak_mb": used.ru_maxrss // 1024}))


if __name__ == "__main__":
    main()
