from django.db import migrations

# What the operator's systems did is evidence, like the audit log: it stays as it was written.
FORWARDS = """
CREATE FUNCTION contracts_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON contracts_tokenact
    FOR EACH ROW EXECUTE FUNCTION contracts_never_changed();
"""
BACKWARDS = """
DROP TRIGGER never_changed ON contracts_tokenact;
DROP FUNCTION contracts_never_changed();
"""


class Migration(migrations.Migration):
    dependencies = [("contracts", "0001_initial")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
