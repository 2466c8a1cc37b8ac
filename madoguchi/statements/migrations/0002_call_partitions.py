"""The table of calls, partitioned by billing month.

Django has made an ordinary table; a partitioned one of the same columns takes its place while both are empty.
"""

from django.db import migrations

PARTITIONED = """
ALTER TABLE statements_call RENAME TO statements_call_plain;
CREATE TABLE statements_call (
    LIKE statements_call_plain INCLUDING DEFAULTS,
    CONSTRAINT statements_call_key PRIMARY KEY (month, contract_id, key, outgoing)
) PARTITION BY LIST (month);
DROP TABLE statements_call_plain;
-- A statement is read in the order of its calls, and a record is looked for by its key in every month.
CREATE INDEX statements_call_order ON statements_call (contract_id, started_at);
CREATE INDEX statements_call_record ON statements_call (key);
"""

# Built apart and attached: CREATE … PARTITION OF would lock out every reader of the table.
OPEN_MONTH = """
CREATE FUNCTION statements_open_partition(parent text, opened date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    partition text := parent || '_' || to_char(opened, 'YYYYMM');
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('statements_open_month'));
    IF to_regclass(partition) IS NULL THEN
        EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', partition, parent);
        EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES IN (%L)', parent, partition, opened);
    END IF;
END
$$;

CREATE FUNCTION statements_open_month(opened date) RETURNS void LANGUAGE sql AS $$
    SELECT statements_open_partition('statements_call', opened);
$$;
"""

# A month filled apart, without indexes, takes its place: attaching builds them. One that was opened meanwhile and is
# still empty is replaced; one with rows gets these besides.
ATTACH_MONTH = """
CREATE FUNCTION statements_attach_month(filled regclass, opened date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    partition text := 'statements_call_' || to_char(opened, 'YYYYMM');
    has_rows boolean;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('statements_open_month'));
    IF to_regclass(partition) IS NOT NULL THEN
        EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', partition);
        EXECUTE format('SELECT EXISTS (SELECT FROM %I)', partition) INTO has_rows;
        IF has_rows THEN
            EXECUTE format('INSERT INTO statements_call SELECT * FROM %s', filled);
            EXECUTE format('DROP TABLE %s', filled);
            RETURN;
        END IF;
        EXECUTE format('ALTER TABLE statements_call DETACH PARTITION %I', partition);
        EXECUTE format('DROP TABLE %I', partition);
    END IF;
    EXECUTE format('ALTER TABLE %s RENAME TO %I', filled, partition);
    EXECUTE format('ALTER TABLE statements_call ATTACH PARTITION %I FOR VALUES IN (%L)', partition, opened);
    EXECUTE format('ANALYZE %I', partition);
END
$$;
"""

BACK = """
DROP FUNCTION statements_attach_month(regclass, date);
DROP FUNCTION statements_open_month(date);
DROP FUNCTION statements_open_partition(text, date);
CREATE TABLE statements_call_plain (
    LIKE statements_call INCLUDING DEFAULTS,
    PRIMARY KEY (month, contract_id, key, outgoing)
);
DROP TABLE statements_call;
ALTER TABLE statements_call_plain RENAME TO statements_call;
"""


class Migration(migrations.Migration):
    dependencies = [("statements", "0001_initial")]

    operations = [
        migrations.RunSQL(PARTITIONED + OPEN_MONTH + ATTACH_MONTH, BACK),
    ]
