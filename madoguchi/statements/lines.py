"""Records → lines of contracts: numbers read, ours recognised, month found, price put on. A batch at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

import polars as pl

from madoguchi.contracts.models import TelephoneNumber

from . import numbers
from .book import Book
from .formats import Format, Problem, Record
from .rating import number_key, rate
from .reasons import Unreadable

UTC_TIME = pl.Datetime("us", "UTC")
USAGE: dict[str, pl.DataType | type[pl.DataType]] = {
    "line": pl.Int64,
    "contract_id": pl.Int64,
    "usage_kind": pl.String,
    "key": pl.String,
    "outgoing": pl.Boolean,
    "record": pl.String,
    "call_id": pl.String,
    "number": pl.String,
    "other": pl.String,
    "dialled": pl.String,
    "started_at": UTC_TIME,
    "ended_at": UTC_TIME,
    "talk_seconds": pl.Int32,
    "area_ja": pl.String,
    "area_en": pl.String,
}


@dataclass(frozen=True, slots=True)
class Held:
    """A number of ours while a contract holds it."""

    contract: int
    usage_kind: str
    started_on: date
    ended_on: date | None


@dataclass
class Lines:
    """What a batch of records became. ``rated``: a row per line, columns of ``models.Call`` and ``line``."""

    rated: pl.DataFrame
    problems: list[Problem] = field(default_factory=list)


def to_lines(records: Sequence[Record], *, form: Format, source: str, book: Book, zone: ZoneInfo) -> Lines:
    """``zone`` is the operator's: months and days are his."""
    parties, problems = _parties(records, form)
    held = _held(number.e164 for pair in parties.values() for number in pair)
    rows: list[tuple[object, ...]] = []
    for record in records:
        if record.line not in parties:
            continue
        lines = _lines_of(record, parties[record.line], held=held, source=source, zone=zone)
        if not lines:
            problems.append(Problem(record.line, form.caller, "unknown_number"))
        rows += lines
    usage = pl.DataFrame(rows, schema=USAGE, orient="row")
    rated, unpriced = _rated(usage, form=form, book=book, zone=zone)
    return Lines(rated, problems + unpriced)


Parties = dict[int, tuple[numbers.Number, numbers.Number]]


def _parties(records: Iterable[Record], form: Format) -> tuple[Parties, list[Problem]]:
    """Both numbers of each record, by its line."""
    parties: Parties = {}
    problems = []
    for record in records:
        column = form.caller
        try:
            caller = numbers.normalise(record.caller)
            column = form.called
            called = numbers.normalise(record.called)
            if not called.e164:
                raise Unreadable("withheld")
        except Unreadable as error:
            problems.append(Problem(record.line, column, error.reason, error.value[:80]))
        else:
            parties[record.line] = caller, called
    return parties, problems


def _held(e164: Iterable[str]) -> dict[str, list[Held]]:
    rows = TelephoneNumber.objects.filter(number__in=set(e164)).values_list(
        "number", "contract_id", "contract__usage_kind", "started_on", "ended_on", "contract__ended_on"
    )
    held: dict[str, list[Held]] = {}
    for number, contract, kind, started, ended, contract_ended in rows:
        until = min(filter(None, (ended, contract_ended)), default=None)
        held.setdefault(number, []).append(Held(contract, kind, started, until))
    return held


def _lines_of(
    record: Record,
    parties: tuple[numbers.Number, numbers.Number],
    *,
    held: dict[str, list[Held]],
    source: str,
    zone: ZoneInfo,
) -> list[tuple[object, ...]]:
    """No line, one, or two where both numbers are ours."""
    caller, called = parties
    day = record.started_at.astimezone(zone).date()
    lines: list[tuple[object, ...]] = []
    for ours, theirs, outgoing in ((caller, called, True), (called, caller, False)):
        if holder := _holder(held.get(ours.e164, []), day):
            lines.append(
                (
                    record.line,
                    holder.contract,
                    holder.usage_kind,
                    record.key(source),
                    outgoing,
                    record.digest(),
                    record.call_id[:120],
                    ours.e164,
                    theirs.e164,
                    called.dialled[:8] if outgoing else "",
                    record.started_at,
                    record.ended_at,
                    record.talk_seconds,
                    *(numbers.area(theirs.e164) if theirs.e164 else ("", "")),
                )
            )
    return lines


def _holder(held: list[Held], day: date) -> Held | None:
    return next((h for h in held if h.started_on <= day and (h.ended_on is None or day <= h.ended_on)), None)


def _rated(usage: pl.DataFrame, *, form: Format, book: Book, zone: ZoneInfo) -> tuple[pl.DataFrame, list[Problem]]:
    plain = pl.when(pl.col("other").str.starts_with("+")).then(pl.col("other").str.slice(1))
    special = pl.concat_str(pl.lit("810"), pl.col("other").str.strip_prefix("#"))
    keyed = usage.with_columns(
        other_text=pl.col("other"),
        other=number_key(plain.when(pl.col("other") != "").then(special)),
        month=pl.col("ended_at").dt.convert_time_zone(zone.key).dt.date().dt.month_start(),
    )
    parts = [
        _earning(rate(part, book.tables.get(kind, [])), kind, book) for (kind,), part in keyed.group_by("usage_kind")
    ]
    if not parts:
        return keyed, []
    lines = pl.concat(parts).with_columns(pl.col("tariff", "prefix", "kind", "tax").cast(pl.String))
    unpriced = lines.filter(pl.col("outgoing") & pl.col("prefix").is_null()).unique("line")
    problems = [
        Problem(line, form.called, "no_price" if kind in book.tables else "no_tariff")
        for line, kind in unpriced.select("line", "usage_kind").iter_rows()
    ]
    nobody = pl.when(pl.col("other_text") == "").then(pl.lit("withheld")).otherwise(pl.lit("other"))
    rated = (
        lines.join(unpriced, on="line", how="anti")
        .with_columns(
            pl.col("kind").fill_null(nobody),
            pl.col("tariff", "prefix", "tax").fill_null(""),
            pl.col("carried").fill_null(value=True),
            other="other_text",
        )
        .drop("other_text", "usage_kind")
    )
    return rated, problems


def _earning(lines: pl.DataFrame, usage_kind: str, book: Book) -> pl.DataFrame:
    """Mark what counts for the discount of the line's month."""
    parts = []
    for (month,), part in lines.group_by("month"):
        rule = book.discount(usage_kind, month) if isinstance(month, date) else None
        parts.append(part.with_columns(earns=rule.earns().fill_null(value=False) if rule else pl.lit(value=False)))
    return pl.concat(parts)
