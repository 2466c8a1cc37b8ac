"""Published reports are append-only: the database itself refuses to change or delete one."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION notices_report_is_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'report % is published: a correction is a further report', OLD.id
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER notices_report_append_only BEFORE UPDATE OR DELETE ON notices_report
    FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION notices_report_is_published();
"""

BACKWARD = """
DROP TRIGGER notices_report_append_only ON notices_report;
DROP FUNCTION notices_report_is_published();
"""


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
