"""The folder of this installation: there, writable, and with room."""

import os
import shutil
import tempfile
from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext as _

from madoguchi.console.doctor.finding import Finding, bad, good, warning

LEAST = 1 << 30  # bytes: below that the next import or the outbox's journal may not fit
LOW = 0.10  # of the disk


def look() -> Iterator[Finding]:
    folder = settings.VAR
    try:
        with tempfile.NamedTemporaryFile(dir=folder) as file:
            file.write(b"madoguchi doctor")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        yield bad(
            _("Nothing can be written into MADOGUCHI_VAR (%(error)s).") % {"error": type(error).__name__},
            _("Make the folder writable for the user that runs Madoguchi: the worker keeps its journal there."),
        )
        return
    room = shutil.disk_usage(folder)
    free = {"free": f"{room.free / (1 << 30):,.1f}", "share": f"{room.free * 100 // room.total}"}
    said = _("MADOGUCHI_VAR is writable; %(free)s GiB (%(share)s %%) of its disk are free.") % free
    if room.free < LEAST:
        yield bad(said, _("Make room now: with a full disk the worker stops, and mail with it."))
    elif room.free < room.total * LOW:
        yield warning(said, _("Make room before it is full."))
    else:
        yield good(said)
    if settings.STATIC_FILES == "hashed" and not (settings.STATIC_ROOT / "staticfiles.json").exists():
        yield bad(
            _("The style sheets and scripts have not been collected."),
            _("Run: madoguchi collectstatic --no-input"),
        )
