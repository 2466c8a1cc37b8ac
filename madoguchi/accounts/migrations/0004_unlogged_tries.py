from django.db import migrations

# Buckets of tries are written at every login and worth nothing after a crash: without a write-ahead log counting them
# costs no flush to disk. After a crash or on a replica that takes over they are empty, as they are after a quiet day.
# Half of a page is left free for the newer versions of its rows, which then need no entry in the index.


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_one_passkey_each")]
    operations = [
        migrations.RunSQL("ALTER TABLE accounts_trylevel SET UNLOGGED", "ALTER TABLE accounts_trylevel SET LOGGED"),
        migrations.RunSQL(
            "ALTER TABLE accounts_trylevel SET (fillfactor = 50)", "ALTER TABLE accounts_trylevel RESET (fillfactor)"
        ),
    ]
