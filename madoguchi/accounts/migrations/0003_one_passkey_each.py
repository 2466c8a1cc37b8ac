from django.db import migrations

# A passkey belongs to one ID (WebAuthn, 7.1, step 26): whoever logs in with it alone must be one person.
FORWARDS = """
CREATE UNIQUE INDEX mfa_one_passkey_each ON mfa_authenticator ((data -> 'credential' ->> 'id')) WHERE type = 'webauthn';
"""
BACKWARDS = "DROP INDEX mfa_one_passkey_each"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_append_only"), ("mfa", "0003_authenticator_type_uniq")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
