"""What was said is never changed: the database itself refuses. It goes only with the whole inquiry."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION inquiries_message_is_said() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'message % is said: messages are append-only', OLD.id
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER inquiries_message_append_only BEFORE UPDATE ON inquiries_message
    FOR EACH ROW EXECUTE FUNCTION inquiries_message_is_said();
"""

BACKWARD = """
DROP TRIGGER inquiries_message_append_only ON inquiries_message;
DROP FUNCTION inquiries_message_is_said();
"""


class Migration(migrations.Migration):
    dependencies = [("inquiries", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
