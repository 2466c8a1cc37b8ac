"""Writing one row where every millisecond counts: the statement for a model is composed once, not at each row."""

from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field, Model


def insert(row: Model) -> None:
    """Write ``row``, which is new, and set its key, as ``row.save(force_insert=True)`` does, at a third of the cost.

    For models with a key of the database's making and no other value of its making; no signal is sent.
    """
    statement, fields = _statement(type(row))
    values = [field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        (row.pk,) = cursor.fetchone()
    row._state.adding, row._state.db = False, connection.alias


@cache
def _statement(model: type[Model]) -> tuple[str, list["Field[Any, Any]"]]:
    quote = connection.ops.quote_name
    key = model._meta.pk
    fields = [field for field in model._meta.local_concrete_fields if field is not key]
    columns = ", ".join(quote(str(field.column)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    table = quote(model._meta.db_table)
    return f"INSERT INTO {table} ({columns}) VALUES ({places}) RETURNING {quote(str(key.column))}", fields  # noqa: S608
