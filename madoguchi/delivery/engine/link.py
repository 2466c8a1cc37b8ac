"""A connection to the database that is made when needed and made again after it broke."""

from collections.abc import Mapping
from typing import Any

import psycopg

Connection = psycopg.AsyncConnection[Any]


# A database that vanished without a word (a cut cable) is noticed; the kernel's own patience is a quarter of an hour.
_WITHIN_SECONDS = {
    "connect_timeout": 5,
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}


class Link:
    """One psycopg connection in autocommit, apart from Django's. ``parameters`` are psycopg's connection parameters."""

    def __init__(self, parameters: Mapping[str, Any]) -> None:
        self._parameters = {**_WITHIN_SECONDS, **parameters}
        self._connection: Connection | None = None

    async def get(self) -> Connection:
        """The connection, connecting if there is none; raises :class:`psycopg.OperationalError`."""
        if self._connection is None or self._connection.closed:
            self._connection = await psycopg.AsyncConnection.connect(**self._parameters, autocommit=True)
        return self._connection

    async def drop(self) -> None:
        """Forget the connection after an error; the next :meth:`get` makes another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
