"""The kernel on a standalone Spark cluster of two workers gives the lines and totals of one process."""

import polars as pl
import pytest

from bench import rate_input, spark
from bench.rate_input import DISCOUNT, MONTH, RATES
from madoguchi.statements.rating import number_fees, rate, settle, summarise


@pytest.mark.slow
@pytest.mark.skipif(bool(spark.why_not()) and "no java" in spark.why_not(), reason=spark.why_not() or "it runs")
def test_two_workers_rate_as_one_process_does(tmp_path, monkeypatch):
    assert not spark.why_not()
    monkeypatch.setattr(rate_input, "PART", 5_000)
    calls = rate_input.calls(tmp_path, 20_000)
    with spark.cluster(tmp_path / "cluster") as master:
        found = spark.on(master, calls, tmp_path)
    lines = rate(pl.read_parquet(calls), [rate_input.table()])
    summary = summarise(lines, DISCOUNT)
    totals = settle(summary, number_fees([], [], month=MONTH), rule=DISCOUNT, rates=RATES)
    columns = ["contract", "month", "lines", "discount", "tax", "total"]
    theirs = pl.read_parquet(tmp_path / "results" / "totals.parquet" / "*.parquet").rename({"tax_yen": "tax"})
    assert theirs.select(columns).sort("contract").rows() == totals.select(columns).sort("contract").rows()
    rated = pl.read_parquet(tmp_path / "results" / "rated" / "*.parquet").sort("call")
    ours = lines.with_columns(pl.col(pl.Categorical).cast(pl.String)).sort("call")
    assert rated.select(ours.columns).rows() == ours.rows()
    assert found["workers"] == spark.WORKERS
