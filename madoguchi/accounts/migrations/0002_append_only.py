from django.db import migrations

# Proofs and consents are evidence: what was written stays as it was written. Rows go only in a transaction that says
# it is forgetting (SET LOCAL madoguchi.forgetting = 'on'), as the one that ends their time of keeping does.
FORWARDS = """
CREATE FUNCTION accounts_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER never_changed BEFORE UPDATE ON accounts_authevent
    FOR EACH ROW EXECUTE FUNCTION accounts_never_changed();
CREATE TRIGGER never_changed BEFORE UPDATE ON accounts_termsacceptance
    FOR EACH ROW EXECUTE FUNCTION accounts_never_changed();
CREATE TRIGGER never_deleted BEFORE DELETE ON accounts_authevent FOR EACH ROW
    WHEN (coalesce(current_setting('madoguchi.forgetting', true), '') <> 'on')
    EXECUTE FUNCTION accounts_never_changed();
CREATE TRIGGER never_deleted BEFORE DELETE ON accounts_termsacceptance FOR EACH ROW
    WHEN (coalesce(current_setting('madoguchi.forgetting', true), '') <> 'on')
    EXECUTE FUNCTION accounts_never_changed();
"""
BACKWARDS = """
DROP TRIGGER never_deleted ON accounts_termsacceptance;
DROP TRIGGER never_deleted ON accounts_authevent;
DROP TRIGGER never_changed ON accounts_termsacceptance;
DROP TRIGGER never_changed ON accounts_authevent;
DROP FUNCTION accounts_never_changed();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
