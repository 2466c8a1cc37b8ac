"""Lines of usage that are no calls: a table partitioned by billing month, opened and guarded with the table of calls."""

from django.db import migrations

PARTITIONED = """
ALTER TABLE statements_usageline RENAME TO statements_usageline_plain;
CREATE TABLE statements_usageline (
    LIKE statements_usageline_plain INCLUDING DEFAULTS,
    CONSTRAINT statements_usageline_key PRIMARY KEY (month, contract_id, key, outgoing)
) PARTITION BY LIST (month);
DROP TABLE statements_usageline_plain;
CREATE INDEX statements_usageline_order ON statements_usageline (contract_id, records, started_at);
CREATE INDEX statements_usageline_record ON statements_usageline (key);
"""
WITH_THE_CALLS = """
CREATE OR REPLACE FUNCTION statements_open_month(opened date) RETURNS void LANGUAGE sql AS $$
    SELECT statements_open_partition('statements_call', opened);
    SELECT statements_open_partition('statements_usageline', opened);
$$;

CREATE OR REPLACE FUNCTION statements_guard_month(guarded date) RETURNS void LANGUAGE sql AS $$
    SELECT statements_open_month(guarded);
    SELECT statements_guard_partition('statements_call', guarded);
    SELECT statements_guard_partition('statements_usageline', guarded);
$$;
"""
BACK = """
CREATE OR REPLACE FUNCTION statements_open_month(opened date) RETURNS void LANGUAGE sql AS $$
    SELECT statements_open_partition('statements_call', opened);
$$;

CREATE OR REPLACE FUNCTION statements_guard_month(guarded date) RETURNS void LANGUAGE sql AS $$
    SELECT statements_open_month(guarded);
    SELECT statements_guard_partition('statements_call', guarded);
$$;

CREATE TABLE statements_usageline_plain (
    LIKE statements_usageline INCLUDING DEFAULTS,
    PRIMARY KEY (month, contract_id, key, outgoing)
);
DROP TABLE statements_usageline;
ALTER TABLE statements_usageline_plain RENAME TO statements_usageline;
"""


class Migration(migrations.Migration):
    dependencies = [("statements", "0003_closed_months")]
    operations = [migrations.RunSQL(PARTITIONED + WITH_THE_CALLS, BACK)]
