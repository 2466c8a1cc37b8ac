"""Records → lines of contracts: numbers read, ours recognised, month found, price put on. A batch in columns.

Only what is wrong becomes Python objects.
"""

from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

import polars as pl

from . import numbers
from .book import Book
from .formats import Format, Problem
from .holders import holding
from .keys import with_keys
from .rating import number_key, rate


@dataclass
class Lines:
    """What a batch of records became. ``rated``: a row per line, columns of ``models.Call`` and ``line``, ``record_no``
    (the record's place among the file's good ones: two may stand in one line)."""

    rated: pl.DataFrame
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Operator:
    """What is the same for a whole import. ``held``: :func:`.holders.held_numbers`; months and days are in ``zone``."""

    book: Book
    held: pl.DataFrame
    zone: ZoneInfo


def to_lines(records: pl.DataFrame, *, first: int, form: Format, source: str, operator: Operator) -> Lines:
    """``records``: columns of ``formats.batch.RECORD``; ``first``: how many the file had before them."""
    found = numbers.column(pl.concat([records["caller"], records["called"]])).with_row_index("place")
    records = records.with_row_index("record_no", offset=first).with_columns(
        _places("caller", records, found), _places("called", records, found)
    )
    readable, problems = _readable(records, found, form)
    keyed = with_keys(readable, source=source)
    usage = _usage(keyed, found, held=holding(found, operator.held), zone=operator.zone)
    strangers = keyed.join(usage, on="record_no", how="anti")
    problems += [Problem(line, form.caller, "unknown_number") for line in strangers["line"]]
    rated, unpriced = _rated(usage, form=form, book=operator.book)
    return Lines(rated, problems + unpriced)


def _places(column: str, records: pl.DataFrame, found: pl.DataFrame) -> pl.Series:
    """For each text of the column its row among the numbers found."""
    texts = found.select("place", pl.col("text").alias(column))
    return records.select(column).join(texts, on=column, how="left", maintain_order="left")["place"].alias(column)


def _readable(records: pl.DataFrame, found: pl.DataFrame, form: Format) -> tuple[pl.DataFrame, list[Problem]]:
    """The records both of whose numbers can be read, and of the others the first that cannot."""
    no_number = found["e164"].is_null()
    nobody = no_number | (found["e164"] == "")
    bad = no_number.gather(records["caller"]) | nobody.gather(records["called"])
    if not bad.any():
        return records, []
    problems = []
    for line, caller, called in records.filter(bad).select("line", "caller", "called").iter_rows():
        column, place = (form.caller, caller) if no_number[caller] else (form.called, called)
        reason, value = found["reason"][place], found["value"][place]
        problems.append(Problem(line, column, reason or "withheld", value or ""))
    return records.filter(~bad), problems


def _usage(records: pl.DataFrame, found: pl.DataFrame, *, held: pl.DataFrame, zone: ZoneInfo) -> pl.DataFrame:
    """No line, one, or two where both numbers are ours."""
    day = pl.col("started_at").dt.convert_time_zone(zone.key).dt.date()
    sides = []
    for ours, theirs in (("caller", "called"), ("called", "caller")):
        side = records.join(held, left_on=ours, right_on="place", how="inner").filter(
            day.is_between(pl.col("since"), pl.col("until"))
        )
        if side["record_no"].is_duplicated().any():  # held twice on one day, by mistake: the earlier entry
            side = side.unique("record_no", keep="first", maintain_order=True)
        other = found[side[theirs].rename("place")]
        dialled = other["dialled"] if ours == "caller" else pl.repeat("", side.height, eager=True)
        sides.append(
            side.select(
                *("line", "record_no", "contract_id", "usage_kind", "key", "record"),
                pl.col("call_id").str.slice(0, 120),
                pl.col("e164").alias("number"),
                pl.lit(ours == "caller").alias("outgoing"),
                *("started_at", "ended_at", "talk_seconds"),
            ).with_columns(
                other["e164"].alias("other_text"),
                number_key(pl.lit(other["digits"])).alias("other"),
                dialled.alias("dialled"),
                other["area_ja"],
                other["area_en"],
            )
        )
    month = pl.col("ended_at").dt.convert_time_zone(zone.key).dt.date().dt.month_start()
    return pl.concat(sides).with_columns(month=month)


def _rated(usage: pl.DataFrame, *, form: Format, book: Book) -> tuple[pl.DataFrame, list[Problem]]:
    parts = [
        _earning(rate(part, book.tables.get(str(kind), [])), str(kind), book)
        for (kind,), part in usage.group_by("usage_kind")
    ]
    if not parts:
        return usage, []
    lines = pl.concat(parts).with_columns(pl.col("tariff", "prefix", "kind", "tax").cast(pl.String))
    unpriced = lines.filter(pl.col("outgoing") & pl.col("prefix").is_null())
    problems = [
        Problem(line, form.called, "no_price" if kind in book.tables else "no_tariff")
        for line, kind in unpriced.select("line", "usage_kind").iter_rows()
    ]
    if problems:
        lines = lines.join(unpriced, on="record_no", how="anti")
    nobody = pl.when(pl.col("other_text") == "").then(pl.lit("withheld")).otherwise(pl.lit("other"))
    rated = lines.with_columns(
        pl.col("kind").fill_null(nobody),
        pl.col("tariff", "prefix", "tax").fill_null(""),
        pl.col("carried").fill_null(value=True),
        other="other_text",
    ).drop("other_text", "usage_kind")
    return rated, problems


def _earning(lines: pl.DataFrame, usage_kind: str, book: Book) -> pl.DataFrame:
    """Mark what counts for the discount of the line's month."""
    parts = []
    for (month,), part in lines.group_by("month"):
        rule = book.discount(usage_kind, month) if isinstance(month, date) else None
        parts.append(part.with_columns(earns=rule.earns().fill_null(value=False) if rule else pl.lit(value=False)))
    return pl.concat(parts)
