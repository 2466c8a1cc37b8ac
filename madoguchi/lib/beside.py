"""Saying how far something is while its one transaction runs: over a connection beside it, which commits at once."""

from datetime import datetime
from time import monotonic
from types import TracebackType
from typing import Self

from django.db import DEFAULT_DB_ALIAS, connections

EVERY = 1.0  # seconds


class Beside:
    """A context manager that closes its connection. Used by one thread."""

    def __init__(self) -> None:
        self.connection = connections.create_connection(DEFAULT_DB_ALIAS)
        self._told = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()

    def execute(self, statement: str, *values: str | int | datetime) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(statement, values)

    def is_time(self) -> bool:
        """Whether it was last said a second ago or longer; then it counts as said now."""
        if monotonic() - self._told < EVERY:
            return False
        self._told = monotonic()
        return True
