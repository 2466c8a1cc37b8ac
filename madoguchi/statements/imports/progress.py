"""How far an import is, told while its one transaction runs: over a connection of its own, which commits at once."""

from datetime import datetime
from time import monotonic
from types import TracebackType
from typing import Self

from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import timezone

EVERY = 1.0  # seconds

_BEGIN = """
UPDATE statements_importrun
SET state = %s, tries = tries + 1, bytes_read = 0, records_read = 0, told_at = %s WHERE id = %s
"""
_TELL = "UPDATE statements_importrun SET bytes_read = %s, records_read = %s, told_at = %s WHERE id = %s"


class Progress:
    """Of one run; a context manager that closes its connection. Used by the thread that reads the file alone."""

    def __init__(self, run_id: int) -> None:
        self.run_id = run_id
        self._connection = connections.create_connection(DEFAULT_DB_ALIAS)
        self._told = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def begin(self, state: str) -> None:
        """Say that a worker has the run; before anything of its transaction can be seen."""
        self._execute(_BEGIN, state, timezone.now(), self.run_id)

    def tell(self, *, records: int, at: int) -> None:
        """``at``: bytes of the file read. At most once a second."""
        if monotonic() - self._told >= EVERY:
            self._told = monotonic()
            self._execute(_TELL, at, records, timezone.now(), self.run_id)

    def _execute(self, statement: str, *values: str | int | datetime) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values)
