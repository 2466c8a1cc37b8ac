"""What Django's models cannot say: how letters are stored, and that new ones wake the workers.

A letter is updated twice in its life, when claimed and when done. Room left in each page (fillfactor) for every letter
of it lets the first of the two stay in its page and touch no index; vacuuming early keeps the claim's index short during a mailing.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("delivery", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE delivery_letter SET (
                fillfactor = 50,
                autovacuum_vacuum_scale_factor = 0.02,
                autovacuum_vacuum_insert_scale_factor = 0.05,
                autovacuum_analyze_scale_factor = 0.02,
                autovacuum_vacuum_cost_delay = 0
            );
            CREATE FUNCTION delivery_letter_wake() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM pg_notify('madoguchi_letters', '');
                RETURN NULL;
            END $$;
            -- A statement's, so that a mailing of any size wakes a worker once.
            CREATE TRIGGER delivery_letter_wake AFTER INSERT ON delivery_letter
                FOR EACH STATEMENT EXECUTE FUNCTION delivery_letter_wake();
            CREATE FUNCTION delivery_mailing_wake() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM pg_notify('madoguchi_letters', 'state');
                RETURN NULL;
            END $$;
            -- Paused, resumed, cancelled: a worker looks whether it holds letters of it.
            CREATE TRIGGER delivery_mailing_wake AFTER UPDATE OF state ON delivery_mailing
                FOR EACH STATEMENT EXECUTE FUNCTION delivery_mailing_wake();
            """,
            """
            DROP TRIGGER delivery_mailing_wake ON delivery_mailing;
            DROP TRIGGER delivery_letter_wake ON delivery_letter;
            DROP FUNCTION delivery_mailing_wake();
            DROP FUNCTION delivery_letter_wake();
            ALTER TABLE delivery_letter RESET (
                fillfactor,
                autovacuum_vacuum_scale_factor,
                autovacuum_vacuum_insert_scale_factor,
                autovacuum_analyze_scale_factor,
                autovacuum_vacuum_cost_delay
            );
            """,
        ),
    ]
