"""Statements on several connections to the database at the same time."""

from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from types import TracebackType
from typing import Self, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

T = TypeVar("T")


class Hands:
    """``number`` threads, each with a connection of its own, closed with the block.

    One hand is the caller's own connection. So it is inside a transaction of the caller's, whatever ``number`` says:
    no other connection would see what that has written.
    """

    def __init__(self, number: int) -> None:
        self.number = 1 if connection.in_atomic_block else number
        self._connections: list[BaseDatabaseWrapper] = []
        self._threads = ThreadPoolExecutor(self.number, thread_name_prefix="hand", initializer=self._begin)

    def _begin(self) -> None:
        own = connections[DEFAULT_DB_ALIAS]
        own.inc_thread_sharing()  # so that the caller may close it
        self._connections.append(own)

    def each(self, act: Callable[[T], None], things: Iterable[T]) -> None:
        """``act`` on each of ``things``, in no order. Whatever the first one raises is raised once all have ended;
        those not begun by then are not begun."""
        if self.number == 1:
            for thing in things:
                act(thing)
            return
        acts = [self._threads.submit(act, thing) for thing in things]
        wait(acts, return_when=FIRST_EXCEPTION)
        for each in acts:
            each.cancel()
        wait(acts)
        for each in acts:
            if not each.cancelled():
                each.result()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._threads.shutdown()
        for each in self._connections:
            each.close()
