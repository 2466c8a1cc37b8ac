"""Deciding about records that say something else than what is stored under their key.

A decision is about a whole record, both its lines where both numbers are ours. Where the new one is taken, what stands
goes: in an open month the lines are replaced, in a closed one the difference is an adjustment on the next open bill.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, LiteralString

from django.db import connection, transaction
from django.db.models import QuerySet
from psycopg import sql

from madoguchi.accounts.models import Account
from madoguchi.statements.closing.models import Adjustment
from madoguchi.statements.closing.months import frozen, keep_imports_out, open_month_for
from madoguchi.statements.closing.usage import COUNTED, allowances_of_late
from madoguchi.statements.formats.mapping import CALLS
from madoguchi.statements.models import Conflict

Line = dict[str, Any]  # columns of a call as JSON
Decision = Conflict.Decision

# The lines that stand under a key now: stored ones, unless something was put right, and then the last word on each.
_STANDING = """
SELECT to_jsonb(c), false FROM {table} c WHERE c.key = %(key)s AND NOT EXISTS (
    SELECT FROM statements_adjustment a WHERE a.key = c.key AND a.outgoing = c.outgoing
    AND a.contract_id = c.contract_id AND a.for_month = c.month)
UNION ALL
SELECT new, true FROM (
    SELECT DISTINCT ON (for_month, contract_id, outgoing) new FROM statements_adjustment
    WHERE key = %(key)s AND records = %(records)s
    ORDER BY for_month, contract_id, outgoing, id DESC) latest
WHERE new IS NOT NULL
"""
_DELETE = "DELETE FROM {table} WHERE month = %s AND contract_id = %s AND key = %s AND outgoing = %s"
_PUT = "INSERT INTO {table} SELECT * FROM jsonb_populate_record(NULL::{table}, %s::jsonb)"


def _of_table(query: LiteralString, records: str) -> sql.Composed:
    """``records``: the kind of record; calls have a table of their own."""
    table = sql.Identifier("statements_call" if records == CALLS else "statements_usageline")
    return sql.SQL(query).format(table=table)


@dataclass(frozen=True, slots=True)
class Sides:
    """A record as it stands (no line where its month has left the database) and as it came anew."""

    standing: list[Line]
    new: list[Line]


def undecided(usage_import_id: int) -> QuerySet[Conflict]:
    return Conflict.objects.filter(usage_import=usage_import_id, decision="").order_by("line", "pk")


def sides(conflict: Conflict) -> Sides:
    """Both sides of the record a conflict belongs to; of one that was decided, as it was then."""
    standing = [line for line, _of_bill in _standing(conflict)] if not conflict.decision else conflict.replaced or []
    return Sides(standing, [one.payload for one in _of_record(conflict)])


def _of_record(conflict: Conflict) -> list[Conflict]:
    """The lines of one record: they stand in one line of one file under one key."""
    same = Conflict.objects.filter(usage_import=conflict.usage_import_id, line=conflict.line, key=conflict.key)
    return list(same.order_by("-outgoing", "pk"))


def _standing(conflict: Conflict) -> list[tuple[Line, bool]]:
    """Each line, and whether it is an adjustment's."""
    with connection.cursor() as cursor:
        cursor.execute(_of_table(_STANDING, conflict.records), {"key": conflict.key, "records": conflict.records})
        rows = [(json.loads(line) if isinstance(line, str) else line, bool(put)) for line, put in cursor.fetchall()]
    return sorted(rows, key=lambda row: not row[0]["outgoing"])


@transaction.atomic
def decide(conflict: Conflict, decision: str, *, by: Account | None, now: datetime, wait: bool = True) -> bool:
    """Keep the stored record or take the new one; False where somebody decided before.

    Waits for a running import, or without ``wait`` raises :class:`.ImportRunning`.
    """
    if decision == Decision.TAKEN:
        keep_imports_out(
            to="taking a record that was kept apart", wait=wait
        )  # neither import nor closing moves what stands
    lines = list(
        Conflict.objects.select_for_update()
        .filter(usage_import=conflict.usage_import_id, line=conflict.line, key=conflict.key, decision="")
        .order_by("pk")
    )
    if not lines:
        return False
    standing = _standing(conflict)
    if decision == Decision.TAKEN:
        _replace(standing, lines, now=now)
    for line in lines:
        line.decision, line.decided_at, line.decided_by = decision, now, by
        line.replaced = [old for old, _put in standing]
        line.save(update_fields=["decision", "decided_at", "decided_by", "replaced"])
    return True


def decide_all(usage_import_id: int, decision: str, *, by: Account | None, now: datetime) -> int:
    """The same about every record of an import that waits; each in a transaction of its own. Returns how many."""
    return sum(decide(conflict, decision, by=by, now=now) for conflict in _each_record(usage_import_id))


def _each_record(usage_import_id: int) -> Iterator[Conflict]:
    while (conflict := undecided(usage_import_id).first()) is not None:
        yield conflict


def _replace(standing: list[tuple[Line, bool]], lines: list[Conflict], *, now: datetime) -> None:
    new = {_place(line.payload): line.payload for line in lines}
    old = {_place(line): line for line, _put in standing}
    months = frozen({place[0] for place in {*new, *old}})
    records = lines[0].records
    with connection.cursor() as cursor:
        for line, _put in standing:
            if _place(line)[0] not in months:
                place = [line["month"], line["contract_id"], line["key"], line["outgoing"]]
                cursor.execute(_of_table(_DELETE, records), place)
        for where, line in new.items():
            if where[0] not in months:
                cursor.execute("SELECT statements_open_month(%s)", [where[0]])
                cursor.execute(_of_table(_PUT, records), [json.dumps(line)])
    Adjustment.objects.bulk_create(
        _adjustment(place, old.get(place), _counted(place, new.get(place), records), of=lines[0], now=now)
        for place in sorted({*new, *old})
        if place[0] in months
    )


def _counted(place: tuple[date, int, str, bool], line: Line | None, records: str) -> Line | None:
    """A line of a closed month as an adjustment has it: data that is on no bill with the allowance it counts by."""
    if line is None or records not in COUNTED:
        return line
    month, contract_id, *_rest = place
    named = allowances_of_late([contract_id], month)
    return {**line, "allowance": named[contract_id]} if named else line


def _place(line: Line) -> tuple[date, int, str, bool]:
    """Where a line stands: billing month, contract, key, direction."""
    return date.fromisoformat(line["month"]), int(line["contract_id"]), str(line["key"]), bool(line["outgoing"])


def _adjustment(
    place: tuple[date, int, str, bool], old: Line | None, new: Line | None, *, of: Conflict, now: datetime
) -> Adjustment:
    month, contract_id, key, outgoing = place
    reason = Adjustment.Reason.CORRECTED if old and new else Adjustment.Reason.LATE
    return Adjustment(
        month=open_month_for(month),
        for_month=month,
        contract_id=contract_id,
        key=key,
        outgoing=outgoing,
        records=of.records,
        reason=reason if new else Adjustment.Reason.WITHDRAWN,
        old=old,
        new=new,
        made_at=now,
        usage_import_id=of.usage_import_id,
    )


def give_back(usage_import_id: int) -> None:
    """Put back what records of an import that is undone took the place of, where its month is open."""
    taken = Conflict.objects.filter(usage_import=usage_import_id, decision=Decision.TAKEN)
    put: set[tuple[date, int, str, bool]] = set()
    with connection.cursor() as cursor:
        for conflict in taken.order_by("-decided_at", "pk").iterator(chunk_size=500):
            for line in conflict.replaced or []:
                place = _place(line)
                if place not in put and not frozen({place[0]}) and line["usage_import_id"] != usage_import_id:
                    put.add(place)
                    cursor.execute(_of_table(_PUT, conflict.records), [json.dumps(line)])
