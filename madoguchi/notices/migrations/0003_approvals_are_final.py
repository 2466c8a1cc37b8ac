"""Approvals are append-only; those of a draft go with it when it is thrown away."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION notices_approval_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' OR EXISTS (
        SELECT FROM notices_report WHERE id = OLD.report_id AND published_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'approval % stands', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN OLD;
END
$$;
CREATE TRIGGER notices_approval_append_only BEFORE UPDATE OR DELETE ON notices_approval
    FOR EACH ROW EXECUTE FUNCTION notices_approval_stands();
"""

BACKWARD = """
DROP TRIGGER notices_approval_append_only ON notices_approval;
DROP FUNCTION notices_approval_stands();
"""


class Migration(migrations.Migration):
    dependencies = [("notices", "0002_published_is_final")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
