"""``madoguchi migrate``: Django's, which in an empty database creates the libraries' tables before ours.

Django draws every model anew that is related to a changed one, for each change. The toolkit behind logins to other
sites changes its models some fifty times and is related to the account, as nearly everything of ours is: in the order
of the alphabet these changes cost as much time as all the rest together.
"""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

FIRST = "oauth2_provider"


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        empty = not MigrationRecorder(connections[options["database"]]).applied_migrations()
        if empty and not options["app_label"] and not options["plan"] and not options["check_unapplied"]:
            super().handle(*args, **{**options, "app_label": FIRST, "run_syncdb": False})
        super().handle(*args, **options)
