"""Staged lines of closed months become adjustments in the next open one."""

from collections.abc import Set
from datetime import date
from typing import Any

from django.db import connection

from .months import open_month_for
from .usage import COUNTED, allowances_of_late

# Whether a call was billed cannot be told any more where the month's calls have left the database: somebody decides.
_TOO_OLD = """
UPDATE usage_staging s SET state = 'c' FROM statements_billingmonth m
WHERE s.state = 'n' AND m.month = s.month AND m.dropped_at IS NOT NULL
"""
_LATE = "UPDATE usage_staging SET state = 'l' WHERE state = 'n' AND month = %s"
_ADJUST = """
INSERT INTO statements_adjustment
    (month, for_month, contract_id, key, outgoing, records, reason, new, made_at, usage_import_id)
SELECT %(open)s, month, contract_id, key, outgoing, COALESCE(to_jsonb(s) ->> 'records', 'calls'), 'late',
       to_jsonb(s) - 'line' - 'record_no' - 'state'
           || CASE WHEN allowance IS NULL THEN '{}' ELSE jsonb_build_object('allowance', allowance) END,
       now(), usage_import_id
FROM usage_staging s LEFT JOIN unnest(%(contracts)s::bigint[], %(allowances)s::text[]) AS n (contract_id, allowance)
    USING (contract_id)
WHERE state = 'l' AND month = %(month)s
"""
_COUNTED = """
SELECT DISTINCT contract_id FROM usage_staging s
WHERE state = 'l' AND month = %s AND to_jsonb(s) ->> 'records' = ANY(%s)
"""


def put_aside(closed: Set[date]) -> None:
    """Make adjustments of the staged new lines of ``closed`` months; their state is ``l`` then."""
    if not closed:
        return
    with connection.cursor() as cursor:
        cursor.execute(_TOO_OLD)
        for month in sorted(closed):
            cursor.execute(_LATE, [month])
            cursor.execute(_COUNTED, [month, list(COUNTED)])
            named = allowances_of_late([contract for (contract,) in cursor.fetchall()], month)
            by: dict[str, Any] = {"contracts": list(named), "allowances": list(named.values()), "month": month}
            cursor.execute(_ADJUST, {**by, "open": open_month_for(month)})
