"""Mailings of which too much fails are paused: in a thread, because that is Django's."""

import asyncio
from collections.abc import Callable

import structlog
from django.db import Error, connections

from madoguchi.delivery.alarm import pause_for_failures

log = structlog.get_logger(__name__)


class Pauses:
    """Those that are being written."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, mailing: int, words: str, *, done: Callable[[int], None]) -> None:
        """Pause ``mailing`` because of what a relay answered; ``done`` is told when the database knows."""
        log.error("delivery.paused", mailing=mailing)
        task = asyncio.create_task(asyncio.to_thread(_pause, mailing, words))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _: done(mailing))

    async def settle(self) -> None:
        """Wait until all are written."""
        await asyncio.gather(*self._tasks)


def _pause(mailing: int, words: str) -> None:
    try:
        pause_for_failures(mailing, words=words)
    except Error:
        log.warning("delivery.database_away")  # the next failures blow the fuse again
    finally:
        connections.close_all()
