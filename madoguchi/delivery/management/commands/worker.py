"""``madoguchi worker``: background jobs and outgoing mail in one process, until SIGTERM or SIGINT."""

import asyncio
import gc
import signal
from argparse import ArgumentParser
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any

import structlog
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection, connections
from procrastinate.contrib.django import app

from madoguchi.delivery.engine.engine import Engine
from madoguchi.delivery.engine.options import Options
from madoguchi.delivery.worker_figures import serve

log = structlog.get_logger(__name__)

GRACE = 8.0  # seconds for jobs that run when the worker is stopped


class Command(BaseCommand):
    help = "Runs background jobs and sends mail until stopped; any number of workers may run."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--only", choices=("jobs", "mail"), help="do only this")
        parser.add_argument("--concurrency", type=int, default=4, help="jobs at a time (default 4)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            import uvloop
        except ImportError:  # not made for this system
            run: Any = asyncio.run
        else:
            run = uvloop.run
        # What is loaded by now stays; the garbage collector need not look through it again and again.
        gc.freeze()
        run(work(only=options["only"], concurrency=options["concurrency"]))


async def work(*, only: str | None = None, concurrency: int = 4) -> None:
    """Run what ``only`` says (both when ``None``) until a signal; then finish or return what is held, within 10 s."""
    parts: list[Coroutine[Any, Any, None]] = []
    stops: list[Callable[[], object]] = []
    counts: Callable[[], Mapping[str, int]] = dict
    if only != "jobs":
        engine = outgoing()
        parts.append(engine.run())
        stops.append(engine.stop)
        counts = partial(getattr, engine, "counts")
    jobs: asyncio.Task[None] | None = None
    told = serve(settings.WORKER_METRICS, counts) if settings.WORKER_METRICS else None
    loop = asyncio.get_running_loop()
    if only != "mail":
        jobs = asyncio.create_task(run_jobs(concurrency=concurrency))
        stops.append(jobs.cancel)
    tasks = [asyncio.create_task(part) for part in parts] + ([jobs] if jobs else [])

    def stop() -> None:
        for each in stops:
            each()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    log.info("worker.started", only=only or "jobs and mail")
    try:
        # Whichever part ends first, by signal or by an error nobody foresaw, the other is stopped with it.
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        if told:
            told()
    for result in results:
        if isinstance(result, Exception):
            raise result
    log.info("worker.stopped")


def outgoing() -> Engine:
    """The engine as the settings describe it."""
    known = connection.get_connection_params()
    parameters = {name: known[name] for name in known if name not in ("cursor_factory", "context", "prepare_threshold")}
    return Engine(
        settings.SMTP_RELAYS,
        database=parameters,
        folder=settings.VAR / "outbox",
        options=Options(limits=settings.SMTP_GROUPS),
    )


async def run_jobs(*, concurrency: int, wait: bool = True) -> None:
    """Procrastinate's worker; cancelling it lets running jobs end within the grace.

    Without ``wait`` it ends when there is no job left to run.
    """
    with app.replace_connector(app.connector.get_worker_connector()):  # type: ignore[attr-defined]
        async with app.open_async():
            await app.run_worker_async(
                concurrency=concurrency,
                install_signal_handlers=False,
                shutdown_graceful_timeout=GRACE,
                listen_notify=wait,
                wait=wait,
                task_middleware=[own_connection],
            )


def own_connection(run: Callable[[], Any], *_: object) -> Any:
    """Around each job, in its thread: a database connection of its own, so that none outlives a database restart."""
    connections.close_all()
    try:
        return run()
    finally:
        connections.close_all()
