"""Our receiver of what comes back, running for a test."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from madoguchi.delivery.returns import receiver


@contextmanager
def receiving(listen: str) -> Iterator[None]:
    """The receiver in a thread of its own, ended at the end."""
    ready = threading.Event()
    parts: dict[str, Any] = {}

    async def main() -> None:
        stopped, listening = asyncio.Event(), asyncio.Event()
        parts.update(stopped=stopped, loop=asyncio.get_running_loop())
        serving = asyncio.create_task(receiver.serve(listen, stopped=stopped, listening=listening))
        await listening.wait()
        ready.set()
        await serving

    thread = threading.Thread(target=lambda: asyncio.run(main()), daemon=True)
    thread.start()
    assert ready.wait(60)
    try:
        yield
    finally:
        parts["loop"].call_soon_threadsafe(parts["stopped"].set)
        thread.join(60)
        assert not thread.is_alive()
        connection.close()
