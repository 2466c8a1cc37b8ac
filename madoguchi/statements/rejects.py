"""The records of a file that were not taken, as a file of the same kind: to be mended and imported by itself."""

import csv
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from .formats.files import blocks_of
from .import_calls import CallFile, Outcome
from .reasons import sentence


class NotByLine(ValueError):
    """A record of this format is no line of the file."""


def write_rejects(file: CallFile, outcome: Outcome, *, to: Path) -> Path:
    """Write the bad records to ``to`` as they stand (UTF-8), and why they were bad, by their lines there and in the
    file, to a CSV beside it, whose path is returned. Raises :class:`NotByLine`, ``OSError``."""
    bad = pl.Series("line", outcome.bad_lines, dtype=pl.Int64)
    headed = bool(file.mapping and file.mapping.format == "csv" and not file.mapping.names)
    places: dict[int, int] = {}
    with to.open("x", encoding="utf-8") as out:
        for place, (line, text) in enumerate(_lines(file, bad, headed=headed), start=1):
            out.write(f"{text}\n")
            places[line] = place
    reasons = to.with_name(f"{to.name}.reasons.csv")
    with reasons.open("w", encoding="utf-8-sig", newline="") as out:  # a spreadsheet knows UTF-8 by its mark
        writer = csv.writer(out)
        writer.writerow(["line", "line_in_file", "column", "reason"])
        for problem in outcome.problems:
            words = sentence(problem.reason, problem.value)
            writer.writerow([places[problem.line], problem.line, problem.column, words])
    return reasons


def _lines(file: CallFile, bad: pl.Series, *, headed: bool) -> Iterator[tuple[int, str]]:
    if file.form == "freeswitch-xml" or (file.mapping and file.mapping.format == "parquet"):
        raise NotByLine
    for block in blocks_of(file.path):
        if file.form == "freeswitch-json" and block["text"].str.contains(r"^\s*(?:\[|\{\s*$)").any():
            raise NotByLine  # an array, or an object over several lines
        wanted = pl.col("line").is_in(bad.implode())
        yield from block.filter(wanted | (pl.col("line") == 1) if headed else wanted).iter_rows()
