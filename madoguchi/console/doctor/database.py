"""The database: reached, recent enough, up to date, and with the same clock."""

from collections.abc import Iterator
from datetime import timedelta

from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.console.doctor.finding import Finding, bad, good, warning

AWAY = gettext_lazy("The database is not reached.")
OLDEST = 140000
# Leases and rates are reckoned by the database's clock, codes and links by the machine's.
SKEW_NOTED, SKEW_HARMFUL = timedelta(seconds=2), timedelta(seconds=30)


def look() -> Iterator[Finding]:
    try:
        connection.ensure_connection()
    except OperationalError:
        yield bad(AWAY, _("Is it running? Check DATABASE_URL: host, port, name, user and password."))
        return
    yield from _server()
    yield from _migrations()
    yield from _clock()


def _server() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int, current_setting('server_version')")
        number, version = cursor.fetchone()
        cursor.execute("SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()")
        (encoding,) = cursor.fetchone()
    if number < OLDEST:
        yield bad(_("PostgreSQL %(version)s is too old.") % {"version": version}, _("Upgrade it to 14 or later."))
    else:
        yield good(_("The database answers: PostgreSQL %(version)s.") % {"version": version})
    if encoding != "UTF8":
        yield bad(
            _("The database's encoding is %(encoding)s.") % {"encoding": encoding},
            _("Create it anew with --encoding=UTF8, as docs/operation.md says; names would be lost."),
        )


def _migrations() -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        names = ", ".join(f"{one.app_label}.{one.name}" for one, _backwards in plan[:5])
        yield bad(
            _("The tables are older than the program: %(number)s migrations are missing (%(names)s …).")
            % {"number": len(plan), "names": names},
            _("Back up, then run: madoguchi migrate"),
        )
    else:
        yield good(_("The tables are up to date."))


def _clock() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        before = timezone.now()
        cursor.execute("SELECT clock_timestamp()")
        (theirs,) = cursor.fetchone()
        after = timezone.now()
    apart = max(before - theirs, theirs - after, timedelta(0))
    said = _("This machine's clock and the database's are %(seconds)s s apart.") % {
        "seconds": f"{apart.total_seconds():.1f}"
    }
    remedy = _("Set both by NTP (timedatectl shows whether it runs); one-time codes fail when clocks differ.")
    if apart >= SKEW_HARMFUL:
        yield bad(said, remedy)
    elif apart >= SKEW_NOTED:
        yield warning(said, remedy)
    else:
        yield good(_("This machine's clock and the database's agree."))
