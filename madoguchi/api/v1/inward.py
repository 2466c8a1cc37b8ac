"""What the operator's systems tell: bodies as rows of the import, stored by the import's own rules."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, cast

from django.db import transaction
from django.http import HttpRequest
from ninja import Schema

from madoguchi.api.v1.refused import NAMES, NotStored
from madoguchi.contracts.imports.take import NotTaken, take_texts
from madoguchi.contracts.models import OperatorToken, TokenAct
from madoguchi.shell.logs import request_id

PATIENCE = timedelta(seconds=5)
Rows = Mapping[str, Sequence[Mapping[str, str]]]
Outcome = dict[str, Counter[str]]


def cells(kind: str, said: Schema, **path: str) -> dict[str, str]:
    """The row of ``kind`` that a body says, with what the address says of it."""
    values = {**said.dict(), **path}
    columns = {name: column for column, name in NAMES[kind].items()}
    return {columns.get(name, name): _text(value) for name, value in values.items()}


def _text(value: Any) -> str:
    if value is None:
        return ""
    return " ".join(value) if isinstance(value, list) else str(value)


def store_one(request: HttpRequest, kind: str, row: Mapping[str, str], *, key: str) -> str:
    """new, changed or same. Raises :class:`.NotStored`, :class:`.Busy`."""
    (done,) = store(request, {kind: [row]}, key=key)[kind]
    return done


def store(request: HttpRequest, rows: Rows, *, key: str = "", only_check: bool = False) -> Outcome:
    """All rows or none; how many of each kind are new, changed and the same. What was stored is put on record."""
    try:
        with transaction.atomic():
            said = {kind: Counter[str](done) for kind, done in take_texts(rows, patience=PATIENCE).items()}
            if only_check:
                transaction.set_rollback(True)
            else:
                _record(request, said, key)
    except NotTaken as error:
        raise NotStored(error.problems, alone=bool(key)) from error
    return said


def _record(request: HttpRequest, said: Outcome, key: str) -> None:
    token = cast(OperatorToken, request.auth)  # type: ignore[attr-defined]  # set by the library
    for kind, counts in said.items():
        if counts["new"] or counts["changed"]:
            TokenAct.objects.create(
                token=token,
                kind=kind,
                key=key,
                new=counts["new"],
                changed=counts["changed"],
                request_id=request_id.get(),
            )
