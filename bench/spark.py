"""The calls of ``bench.rate`` rated on a Spark cluster: ``python -m bench.spark [--calls N]``.

A standalone cluster on loopback, a master and two workers with a core each, runs the kernel by ``mapInArrow``. Lines
and totals are written, as by the other ways, and the SHA-256 over all totals must be that of the kernel in one process.
The reference is that one process: what a cluster of one machine costs, not what one of many gains.
"""

import argparse
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from bench import rate, stage
from bench.rate_input import calls

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / "tests" / "peers" / "spark-venv" / "bin" / "python"
WORKERS = 2


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--calls", type=int, default=10_000_000)
    chosen = options.parse_args()
    if missing := why_not():
        sys.exit(f"bench-spark: {missing}")
    folder = Path(os.environ.get("MADOGUCHI_VAR") or "var").resolve() / "bench"
    stage.say(f"{chosen.calls:,} calls")
    file = calls(folder, chosen.calls)
    alone = rate.run("ours", file, folder)
    with cluster(folder / "spark") as master:
        spark = on(master, file, folder)
    stage.report(
        "spark",
        ours=chosen.calls / spark["seconds"],
        unit="calls/s",
        references={"one process": chosen.calls / alone["seconds"]},
        calls=chosen.calls,
        workers=spark["workers"],
        totals_sha256=spark["sha256"],
        same_totals=spark["sha256"] == alone["sha256"],
    )
    if spark["sha256"] != alone["sha256"]:
        sys.exit(1)


def why_not() -> str:
    """What keeps Spark from running here, in words; empty if nothing."""
    if not shutil.which("java"):
        return "Spark needs Java 17 or later, and there is no java on this machine"
    if not PYTHON.exists():
        return f"tests/install-peers builds what it needs ({PYTHON.parent.parent.relative_to(ROOT)})"
    return ""


def on(master: str, file: Path, folder: Path) -> dict:
    """Rate ``file`` on the cluster; lines and totals are written under ``folder/results``."""
    results = folder / "results"
    shutil.rmtree(results, ignore_errors=True)
    results.mkdir(parents=True)
    command = [str(PYTHON), "-m", "bench.spark_job", master, str(file), str(results)]
    out = subprocess.run(command, check=True, cwd=ROOT, env=_environment(), stdout=subprocess.PIPE, text=True).stdout
    found = json.loads(out.splitlines()[-1])
    return {**found, "sha256": rate.digest(pl.read_parquet(results / "totals.parquet" / "*.parquet"))}


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """A master and its workers on loopback, gone with the block; gives the master's address."""
    folder.mkdir(parents=True, exist_ok=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"spark://127.0.0.1:{port}"
    at_home = ["--host", "127.0.0.1", "--webui-port", "0"]
    with contextlib.ExitStack() as running:
        log = running.enter_context((folder / "cluster.log").open("wb"))

        def start(name: str, *arguments: str) -> None:
            command = [str(_spark_class()), f"org.apache.spark.deploy.{name}", *at_home, *arguments]
            process = subprocess.Popen(command, env=_environment(), stdout=log, stderr=log, start_new_session=True)
            running.callback(_end, process)

        start("master.Master", "--port", str(port))
        _wait_for(port)
        for number in range(WORKERS):
            place = ["--cores", "1", "--memory", "2g", "--work-dir", str(folder / f"worker-{number}")]
            start("worker.Worker", *place, address)
        yield address


def _spark_class() -> Path:
    [found] = PYTHON.parent.parent.glob("lib/python*/site-packages/pyspark/bin/spark-class")
    return found


def _environment() -> dict[str, str]:
    python = {"PYSPARK_PYTHON": str(PYTHON), "PYTHONPATH": str(ROOT)}
    # The master, the workers and the launchers do little: compiled thoroughly they would take longer to begin.
    java = dict.fromkeys(("SPARK_DAEMON_JAVA_OPTS", "SPARK_LAUNCHER_OPTS"), "-XX:+UseSerialGC -XX:TieredStopAtLevel=1")
    home = {"SPARK_HOME": str(_spark_class().parent.parent), "SPARK_LOCAL_IP": "127.0.0.1"}
    return {**os.environ, **python, **java, **home}


def _wait_for(port: int) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise TimeoutError("Spark's master does not answer")


def _end(process: subprocess.Popen[bytes]) -> None:
    """With the executors it started, which are of its session."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


if __name__ == "__main__":
    main()
