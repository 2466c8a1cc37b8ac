"""The ways ``bench.rate`` compares give the same totals: what it measures is the same job."""

import polars as pl
import pytest

from bench import rate_input, rate_ways


@pytest.fixture
def calls(tmp_path, monkeypatch):
    monkeypatch.setattr(rate_input, "PART", 1_000)
    monkeypatch.setattr(rate_ways, "PART", 1_000)
    return rate_input.calls(tmp_path, 2_500)


def test_every_way_has_the_same_totals_and_a_line_for_each_call(calls, tmp_path):
    found = []
    for way, run in rate_ways.WAYS.items():
        folder = tmp_path / way
        folder.mkdir()
        run(calls, folder)
        columns = ["contract", "month", "lines", "discount", "tax_yen", "total"]
        found.append(pl.read_parquet(folder / "totals.parquet").select(columns).sort("contract").rows())
    assert found[0] == found[1] == found[2]
    assert len(found[0]) == 25
    assert sum(row[3] for row in found[0]) > 0
    ours = pl.read_parquet(tmp_path / "ours" / "rated" / "*.parquet").sort("call")
    theirs = pl.read_parquet(tmp_path / "duckdb" / "rated.parquet").sort("call")
    assert ours.with_columns(pl.col(pl.Categorical).cast(pl.String)).select(theirs.columns).rows() == theirs.rows()
