"""All looks, in the order in which a fault of the one explains those of the next."""

from collections.abc import Iterator
from dataclasses import dataclass

import structlog
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from madoguchi.console.doctor import (
    database,
    files,
    keys,
    mail_dns,
    provider,
    relay,
    returns,
    settings_,
    telephone,
    worker,
)
from madoguchi.console.doctor.finding import Finding, Look, bad

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Part:
    """``name`` is for programs and for ``--only``; ``stored`` looks need the database."""

    name: str
    title: str | Promise
    look: Look
    stored: bool = False


PARTS = (
    Part("settings", pgettext_lazy("doctor", "Settings"), settings_.look),
    Part("files", gettext_lazy("Files and disk"), files.look),
    Part("database", pgettext_lazy("doctor", "Database"), database.look),
    Part("keys", gettext_lazy("Sealing keys"), keys.look, stored=True),
    Part("worker", pgettext_lazy("doctor", "Worker"), worker.look, stored=True),
    Part("relay", gettext_lazy("Mail relay"), relay.look),
    Part("provider", gettext_lazy("Mail provider's API"), provider.look),
    Part("returns", gettext_lazy("What comes back"), returns.look),
    Part("dns", gettext_lazy("DNS of the mail domains"), mail_dns.look),
    Part("telephone", gettext_lazy("Telephone gateway"), telephone.look),
)


def examine(only: tuple[str, ...] = ()) -> Iterator[tuple[Part, Finding]]:
    """Look at every part (or ``only`` those), each finding as it is made."""
    database_away = False
    for part in PARTS:
        if only and part.name not in only:
            continue
        if part.stored and database_away:
            yield part, bad(_("Not looked at: the database is away."), _("See to the database first."))
            continue
        try:
            for finding in part.look():
                database_away |= finding.said is database.AWAY
                yield part, finding
        except Exception as error:  # noqa: BLE001 - an examination that breaks off would hide what comes after
            # Its words may quote what was read.
            said = _("This could not be looked at (%(error)s).") % {"error": type(error).__name__}
            yield part, bad(said, _("Look into the logs of that part; if they say nothing, report this to us."))
