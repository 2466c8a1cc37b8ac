"""Statements asked again and again: the database plans each once a connection, and takes its values beside it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from psycopg import Cursor


def first_row(statement: str, values: Mapping[str, Any] | Sequence[Any]) -> tuple[Any, ...]:
    """The first row of the answer, which has one.

    ``statement`` has places for values (``%s`` or ``%(name)s``) and is always the same text. What a place is must be
    plain from where it stands, or said (``%s::int``): no value is written into the text. Columns are named one by one,
    never ``*``: a plan kept outlives a migration that adds some.
    """
    database = connections[DEFAULT_DB_ALIAS]
    database.close_if_health_check_failed()
    database.ensure_connection()
    with database.wrap_database_errors, Cursor(database.connection) as cursor:
        row: tuple[Any, ...] | None = cursor.execute(statement, values, prepare=True).fetchone()
    assert row is not None  # noqa: S101 - the statements asked here answer with a row
    return row
