"""What records of data have in common, of mobiles and of internet access: how much, whose, and by which allowance."""

from datetime import date
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import polars as pl
import psycopg
from django.conf import settings
from django.db import connection
from django.utils.translation import pgettext_lazy

from madoguchi.contracts.models import Contract, UsageKind

from .declared import Column, Look, Shape, ToLines

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from madoguchi.statements.book import Allowances
    from madoguchi.statements.formats import Format
    from madoguchi.statements.lines import Lines
    from madoguchi.statements.models import UsageImport, UsageLine
    from madoguchi.statements.store import Store

    from .reading import Cells

VOLUME: dict[str, pl.DataType | type[pl.DataType]] = {
    "holder": pl.String,  # the number or the contract, as the file has it
    "bytes": pl.Int64,
    "up_bytes": pl.Int64,
    "down_bytes": pl.Int64,
    "network": pl.String,
}
PARTS = ("bytes", "up_bytes", "down_bytes")  # all of it, or what was sent and received
HELD = {
    "holder": pl.String,
    "contract_id": pl.Int64,
    "service": pl.Int64,
    "plan": pl.String,
    "since": pl.Date,
    "until": pl.Date,
}
_BY_NUMBER = """
    SELECT n.number, n.contract_id, c.service_id, c.plan, n.started_on, LEAST(n.ended_on, c.ended_on)
    FROM contracts_telephonenumber n JOIN contracts_contract c ON c.id = n.contract_id
    WHERE c.usage_kind = %s ORDER BY n.id
"""
_BY_CONTRACT = """
    SELECT c.number, c.id, c.service_id, c.plan, c.started_on, c.ended_on
    FROM contracts_contract c WHERE c.usage_kind = %s ORDER BY c.id
"""


def volume_of(cells: "Cells") -> dict[str, Any]:
    """All bytes, and those sent and received where the file tells them apart."""
    up = cells.amount("up_bytes") if cells.has("up_bytes") else None
    down = cells.amount("down_bytes") if cells.has("down_bytes") else None
    whole = cells.amount("bytes") if cells.has("bytes") else (up or 0) + (down or 0)
    return {"bytes": whole, "up_bytes": up, "down_bytes": down, "network": cells.text("network")[:60]}


def numbers_held(usage_kind: UsageKind) -> pl.DataFrame:
    """The numbers of contracts of a kind while they hold them; columns ``HELD``."""
    return _held(_BY_NUMBER, usage_kind)


def contracts_held(usage_kind: UsageKind) -> pl.DataFrame:
    """The contracts of a kind by their own numbers; columns ``HELD``."""
    return _held(_BY_CONTRACT, usage_kind)


def _held(query: str, usage_kind: UsageKind) -> pl.DataFrame:
    buffer = BytesIO()
    with connection.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)", [usage_kind]) as copy:
        for block in copy:
            buffer.write(block)
    if not buffer.tell():
        return pl.DataFrame(schema=HELD)
    held = pl.read_csv(buffer.getvalue(), has_header=False, schema=HELD)
    return held.with_columns(pl.col("plan").fill_null(""), pl.col("until").fill_null(date.max))


def begin(records: str, held: pl.DataFrame) -> ToLines:
    """What an import of data needs to know, read once; ``held``: columns ``HELD``."""
    from madoguchi.statements.book import Allowances

    zone = ZoneInfo(settings.TIME_ZONE)
    return partial(to_lines, records=records, held=held, allowances=Allowances.of_today(), zone=zone)


def to_lines(  # noqa: PLR0913 - half of them are the same for a whole import
    batch: pl.DataFrame,
    *,
    first: int,
    form: "Format",
    source: str,
    records: str,
    held: pl.DataFrame,
    allowances: "Allowances",
    zone: ZoneInfo,
) -> "Lines":
    """Lines of the records whose holder has a contract on the day they began, and an allowance in the month."""
    from madoguchi.statements.formats import Problem
    from madoguchi.statements.keys import BETWEEN, with_keys
    from madoguchi.statements.lines import Lines

    day = pl.col("started_at").dt.convert_time_zone(zone.key).dt.date()
    month = pl.col("ended_at").dt.convert_time_zone(zone.key).dt.date().dt.month_start()
    keyed = with_keys(batch.with_row_index("record_no", offset=first), source=f"{source}{BETWEEN}{records}")
    ours = (
        keyed.join(held, on="holder", how="inner")
        .filter(day.is_between(pl.col("since"), pl.col("until")))
        .unique("record_no", keep="first", maintain_order=True)
        .with_columns(month=month)
    )
    strangers = keyed.join(ours, on="record_no", how="anti")
    plans = ours.select("service", "plan", "month").unique()
    without = [row for row in plans.iter_rows() if allowances.of_plan(*row) is None]
    unpriced = ours.join(pl.DataFrame(without, schema=plans.schema, orient="row"), on=plans.columns)
    problems = [
        *(Problem(line, form.caller, "unknown_line") for line in strangers["line"]),
        *(Problem(line, "", "no_allowance", plan) for line, plan in unpriced.select("line", "plan").iter_rows()),
    ]
    rated = ours.join(unpriced, on="record_no", how="anti").with_columns(
        pl.lit(records).alias("records"), number="holder", given_id=pl.col("call_id").str.slice(0, 120)
    )
    return Lines(rated, problems)


def store(usage_import: "UsageImport", connection: psycopg.Connection) -> "Store":
    from .store import UsageStore

    return UsageStore(usage_import, connection)


def lines_of(records: str, contract: Contract, month: date) -> "QuerySet[UsageLine]":
    """A contract's lines of a kind that ended in a month, in the order they began."""
    from madoguchi.statements.models import UsageLine

    found = UsageLine.objects.filter(month=month, contract=contract, records=records)
    return found.order_by("started_at", "key", "outgoing")


def sent(line: "UsageLine", _look: Look) -> Any:
    return line.up_bytes


def started_at(line: "UsageLine", _look: Look) -> Any:
    return line.started_at


def ended_at(line: "UsageLine", _look: Look) -> Any:
    return line.ended_at


def received(line: "UsageLine", _look: Look) -> Any:
    return line.down_bytes


BOTH_WAYS = (
    Column("up", pgettext_lazy("data", "Sent"), Shape.BYTES, sent, "up_bytes", optional=True),
    Column("down", pgettext_lazy("data", "Received"), Shape.BYTES, received, "down_bytes", optional=True),
)
