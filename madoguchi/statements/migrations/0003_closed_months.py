"""A closed month stays as it is, and the database itself sees to it.

The calls of a month are guarded by a trigger on its partition, put there when the month is frozen: open months pay
nothing for it, and putting it there waits for whoever is writing. The trigger asks for the month's state, so that a
month whose closing was called off takes calls again.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION statements_month_is_frozen(asked date) RETURNS boolean STABLE LANGUAGE sql AS $$
    SELECT EXISTS (SELECT FROM statements_billingmonth WHERE month = asked AND frozen_at IS NOT NULL)
$$;

CREATE FUNCTION statements_month_is_closed(asked date) RETURNS boolean STABLE LANGUAGE sql AS $$
    SELECT EXISTS (SELECT FROM statements_billingmonth WHERE month = asked AND closed_at IS NOT NULL)
$$;

CREATE FUNCTION statements_refuse(asked date, what text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is closed: its % stay as they are', to_char(asked, 'YYYY-MM'), what
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;

CREATE FUNCTION statements_guard_calls() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND statements_month_is_frozen(OLD.month) THEN
        PERFORM statements_refuse(OLD.month, 'lines');
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF statements_month_is_frozen(NEW.month) THEN
        PERFORM statements_refuse(NEW.month, 'lines');
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER statements_adjustment_guard BEFORE INSERT OR UPDATE OR DELETE ON statements_adjustment
    FOR EACH ROW EXECUTE FUNCTION statements_guard_calls();

CREATE FUNCTION statements_guard_partition(parent text, guarded date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    partition text := parent || '_' || to_char(guarded, 'YYYYMM');
    guard text := parent || '_guard';
BEGIN
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = to_regclass(partition) AND tgname = guard) THEN
        EXECUTE format('CREATE TRIGGER %I BEFORE INSERT OR UPDATE OR DELETE ON %I '
                       'FOR EACH ROW EXECUTE FUNCTION statements_guard_calls()', guard, partition);
    END IF;
END
$$;

CREATE FUNCTION statements_guard_month(guarded date) RETURNS void LANGUAGE sql AS $$
    SELECT statements_open_month(guarded);
    SELECT statements_guard_partition('statements_call', guarded);
$$;

CREATE FUNCTION statements_guard_bills() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    guarded date := CASE WHEN TG_OP = 'INSERT' THEN NEW.month ELSE OLD.month END;
BEGIN
    IF statements_month_is_closed(guarded) THEN
        PERFORM statements_refuse(guarded, 'bills');
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE TRIGGER statements_bill_guard BEFORE INSERT OR UPDATE OR DELETE ON statements_bill
    FOR EACH ROW EXECUTE FUNCTION statements_guard_bills();

CREATE FUNCTION statements_guard_items() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    guarded date;
BEGIN
    SELECT month INTO guarded FROM statements_bill
        WHERE id = CASE WHEN TG_OP = 'INSERT' THEN NEW.bill_id ELSE OLD.bill_id END;
    IF statements_month_is_closed(guarded) THEN
        PERFORM statements_refuse(guarded, 'bills');
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE TRIGGER statements_billitem_guard BEFORE INSERT OR UPDATE OR DELETE ON statements_billitem
    FOR EACH ROW EXECUTE FUNCTION statements_guard_items();

-- A closed month is never opened again.
CREATE FUNCTION statements_guard_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.closed_at IS NOT NULL AND
       (TG_OP = 'DELETE' OR (NEW.month, NEW.frozen_at, NEW.closed_at) IS DISTINCT FROM
                            (OLD.month, OLD.frozen_at, OLD.closed_at)) THEN
        PERFORM statements_refuse(OLD.month, 'state and bills');
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE TRIGGER statements_billingmonth_guard BEFORE UPDATE OR DELETE ON statements_billingmonth
    FOR EACH ROW EXECUTE FUNCTION statements_guard_closed();

-- Runs are never taken back; only their ends are written into them, once.
CREATE FUNCTION statements_guard_runs() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was jsonb := to_jsonb(OLD) - 'finished_at' - 'called_off_at' - 'applied_at';
BEGIN
    IF TG_OP = 'UPDATE' AND was = to_jsonb(NEW) - 'finished_at' - 'called_off_at' - 'applied_at'
       AND coalesce(to_jsonb(OLD) ->> 'finished_at', to_jsonb(OLD) ->> 'called_off_at',
                    to_jsonb(OLD) ->> 'applied_at') IS NULL THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER statements_closingrun_guard BEFORE UPDATE OR DELETE ON statements_closingrun
    FOR EACH ROW EXECUTE FUNCTION statements_guard_runs();
CREATE TRIGGER statements_rerating_guard BEFORE UPDATE OR DELETE ON statements_rerating
    FOR EACH ROW EXECUTE FUNCTION statements_guard_runs();
CREATE TRIGGER statements_montharchive_guard BEFORE UPDATE OR DELETE ON statements_montharchive
    FOR EACH ROW EXECUTE FUNCTION statements_guard_runs();
"""

BACK = """
DROP TRIGGER statements_montharchive_guard ON statements_montharchive;
DROP TRIGGER statements_rerating_guard ON statements_rerating;
DROP TRIGGER statements_closingrun_guard ON statements_closingrun;
DROP TRIGGER statements_billingmonth_guard ON statements_billingmonth;
DROP TRIGGER statements_billitem_guard ON statements_billitem;
DROP TRIGGER statements_bill_guard ON statements_bill;
DROP TRIGGER statements_adjustment_guard ON statements_adjustment;
DROP FUNCTION statements_guard_runs();
DROP FUNCTION statements_guard_closed();
DROP FUNCTION statements_guard_items();
DROP FUNCTION statements_guard_bills();
DROP FUNCTION statements_guard_month(date);
DROP FUNCTION statements_guard_partition(text, date);
DROP FUNCTION statements_guard_calls() CASCADE;
DROP FUNCTION statements_refuse(date, text);
DROP FUNCTION statements_month_is_closed(date);
DROP FUNCTION statements_month_is_frozen(date);
"""


class Migration(migrations.Migration):
    dependencies = [("statements", "0002_call_partitions")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
