"""What ``bench.spark`` runs as Spark's driver: ``python -m bench.spark_job MASTER CALLS FOLDER``."""

import json
import sys
import time
from pathlib import Path

from pyspark.sql import SparkSession

from bench.rate_input import DISCOUNT, RATES, tariff
from madoguchi.statements import on_spark

CORES = 2


def main() -> None:
    master, calls, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    session = (
        SparkSession.builder.master(master)
        .appName("rating")
        .config(on_spark.BATCH_SETTING, on_spark.BATCH)
        .config("spark.sql.session.timeZone", "UTC")
        # With the zone, as everybody else writes them.
        .config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
        .config("spark.sql.shuffle.partitions", 2 * CORES)
        .config("spark.cores.max", CORES)
        .config("spark.executor.memory", "1g")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        # Nothing begins before both workers are there.
        .config("spark.scheduler.minRegisteredResourcesRatio", 1.0)
        .config("spark.scheduler.maxRegisteredResourcesWaitingTime", "120s")
        .getOrCreate()
    )
    begin = time.perf_counter()
    rated = str(folder / "rated")
    on_spark.rated(session.read.parquet(calls), [tariff()]).write.parquet(rated)
    totals = on_spark.totals(session.read.parquet(rated), discount=DISCOUNT, rates=RATES)
    totals.selectExpr("contract", "month", "lines", "discount", "tax AS tax_yen", "total").write.parquet(
        str(folder / "totals.parquet")
    )
    seconds = time.perf_counter() - begin
    # The driver is counted among them.
    workers = len(session.sparkContext._jsc.sc().statusTracker().getExecutorInfos()) - 1
    session.stop()
    print(json.dumps({"seconds": seconds, "workers": workers}))


if __name__ == "__main__":
    main()
