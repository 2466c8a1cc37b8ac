"""Many calls with little memory: a batch at a time, several at once."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import polars as pl

from .calls import rate
from .discount import IncomingCallDiscount
from .month import add_up, marked, summarise, total
from .table import Table

# So many batches are added up at once, and so many summaries. A contract has few calls in one batch, so that adding up
# each by itself and then the summaries takes a third longer; to keep the rows of more would take memory.
MERGE = 8


def rate_stream(
    batches: Iterable[pl.DataFrame],
    tables: Sequence[Table],
    *,
    rule: IncomingCallDiscount | None,
    sink: Callable[[int, pl.DataFrame], None],
    workers: int = 2,
) -> pl.DataFrame:
    """Rate every batch, hand its lines to ``sink(number of the batch, lines)``, and return the summary of all.

    Batches and results are those of :func:`~.calls.rate` and :func:`~.month.summarise`. ``sink`` is called from
    ``workers`` threads, each batch once, in no order. At most ``workers`` + 1 batches are held, and of ``MERGE`` more
    what is added up.
    """

    def work(number: int, batch: pl.DataFrame) -> pl.DataFrame:
        lines = rate(batch, tables)
        sink(number, lines)
        return marked(lines, rule)

    parts: list[pl.DataFrame] = []
    rows: list[pl.DataFrame] = []

    def keep(more: pl.DataFrame) -> None:
        rows.append(more)
        if len(rows) >= MERGE:
            parts.append(total(pl.concat(rows), rule))
            rows.clear()
        if len(parts) >= MERGE:
            parts[:] = [add_up(parts, rule)]

    with ThreadPoolExecutor(workers) as threads:
        running: deque[Future[pl.DataFrame]] = deque()
        for number, batch in enumerate(batches):
            running.append(threads.submit(work, number, batch))
            if len(running) > workers:
                keep(running.popleft().result())
        for future in running:
            keep(future.result())
    if rows:
        parts.append(total(pl.concat(rows), rule))
    return add_up(parts, rule) if parts else summarise(rate(_NOTHING, tables), rule)


_NOTHING = pl.DataFrame(
    schema={
        "contract": pl.Int64,
        "month": pl.Date,
        "number": pl.String,
        "outgoing": pl.Boolean,
        "other": pl.Int64,
        "talk_seconds": pl.Int32,
        "started_at": pl.Datetime("us", "UTC"),
    }
)
