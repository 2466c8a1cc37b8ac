"""A worker's own figures, at an address of its own: letters by outcome since it began, and what the process uses."""

from collections.abc import Callable, Iterable, Mapping

import structlog
from prometheus_client import GC_COLLECTOR, PROCESS_COLLECTOR, CollectorRegistry, Metric, start_http_server
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

log = structlog.get_logger(__name__)

Counts = Callable[[], Mapping[str, int]]


class _Letters(Collector):
    def __init__(self, counts: Counts) -> None:
        self._counts = counts

    def collect(self) -> Iterable[Metric]:
        letters = CounterMetricFamily(
            "madoguchi_worker_letters", "Letters by outcome; queued: to be tried again.", labels=["outcome"]
        )
        for outcome, number in sorted(self._counts().items()):
            letters.add_metric([outcome], number)
        yield letters


def serve(address: str, counts: Counts) -> Callable[[], None]:
    """Answer at ``host:port`` in a thread; return what ends it. Where the port is taken, the worker does without."""
    registry = CollectorRegistry()
    registry.register(_Letters(counts))
    registry.register(PROCESS_COLLECTOR)
    registry.register(GC_COLLECTOR)
    host, _colon, port = address.rpartition(":")
    try:
        server, thread = start_http_server(int(port), addr=host.strip("[]"), registry=registry)
    except OSError as error:
        log.warning("figures.port_taken", port=int(port), error=type(error).__name__)
        return lambda: None

    def end() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return end
