"""The records of a file that were not taken, as a file of the same kind: to be mended and imported by itself."""

import csv
import os
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from .formats.files import blocks_of
from .import_calls import CallFile, Outcome
from .reasons import sentence

HEADER = ("line", "line_in_file", "column", "reason")


class NotByLine(ValueError):
    """A record of this format is no line of the file."""


def write_rejects(file: CallFile, outcome: Outcome, *, to: Path) -> Path:
    """Write the bad records to ``to`` as they stand (UTF-8), and why they were bad, by their lines there and in the
    file, to a CSV beside it, whose path is returned. Raises :class:`NotByLine`, ``OSError``."""
    places = write_bad_lines(file, outcome, to=to)
    reasons = to.with_name(f"{to.name}.reasons.csv")
    with reasons.open("w", encoding="utf-8-sig", newline="") as out:  # a spreadsheet knows UTF-8 by its mark
        writer = csv.writer(out)
        writer.writerow(HEADER)
        for problem in outcome.problems:
            words = sentence(problem.reason, problem.value)
            writer.writerow([places[problem.line], problem.line, problem.column, words])
    return reasons


def write_bad_lines(file: CallFile, outcome: Outcome, *, to: Path) -> dict[int, int]:
    """Write the bad records to ``to``, a new file; for each problem told of, the line there of its line in the file.

    Raises as above.
    """
    told = {problem.line for problem in outcome.problems}  # of a file bad throughout, the first few
    bad = pl.Series("line", outcome.bad_lines, dtype=pl.Int64)
    headed = bool(file.mapping and file.mapping.format == "csv" and not file.mapping.names)
    places: dict[int, int] = {}
    with open(to, "x", encoding="utf-8", opener=_private) as out:
        for place, (line, text) in enumerate(_lines(file, bad, headed=headed), start=1):
            out.write(f"{text}\n")
            if line in told:
                places[line] = place
    return places


def _private(path: str, flags: int) -> int:
    """Call records are nobody else's on this machine."""
    return os.open(path, flags, 0o600)


def _lines(file: CallFile, bad: pl.Series, *, headed: bool) -> Iterator[tuple[int, str]]:
    if file.form == "freeswitch-xml" or (file.mapping and file.mapping.format == "parquet"):
        raise NotByLine
    for block in blocks_of(file.path):
        if file.form == "freeswitch-json" and block["text"].str.contains(r"^\s*(?:\[|\{\s*$)").any():
            raise NotByLine  # an array, or an object over several lines
        wanted = pl.col("line").is_in(bad.implode())
        yield from block.filter(wanted | (pl.col("line") == 1) if headed else wanted).iter_rows()
