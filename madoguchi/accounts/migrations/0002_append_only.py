from django.db import migrations

# Proofs and consents are evidence: what was written stays as it was written. Rows may go (with their account, or when
# their time of keeping is over), but never change.
FORWARDS = """
CREATE FUNCTION accounts_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER never_changed BEFORE UPDATE ON accounts_authevent
    FOR EACH ROW EXECUTE FUNCTION accounts_never_changed();
CREATE TRIGGER never_changed BEFORE UPDATE ON accounts_termsacceptance
    FOR EACH ROW EXECUTE FUNCTION accounts_never_changed();
"""
BACKWARDS = """
DROP TRIGGER never_changed ON accounts_termsacceptance;
DROP TRIGGER never_changed ON accounts_authevent;
DROP FUNCTION accounts_never_changed();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
