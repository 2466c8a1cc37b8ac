"""The ways in for bounces and complaints: our receiver answers, the mailbox lets us in. Nothing is changed there."""

import socket
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from madoguchi.console.doctor.finding import Finding, bad, good, warning
from madoguchi.delivery.engine.relays import PROVIDER
from madoguchi.delivery.returns import mailbox

_SECONDS = 10.0
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where to knock when it listens there


def look() -> Iterator[Finding]:
    if settings.RETURN_DOMAIN and settings.RETURN_LISTEN:
        yield from _receiver(settings.RETURN_LISTEN)
    if settings.RETURN_MAILBOX_URL:
        yield from _mailbox()
    others = settings.MAIL_TOKEN or any(relay.security == PROVIDER for relay in settings.SMTP_RELAYS)
    if not (settings.RETURN_DOMAIN and settings.RETURN_LISTEN) and not settings.RETURN_MAILBOX_URL:
        if others:
            yield good(_("No receiver and no mailbox: bounces are told by a webhook."))
        else:
            yield warning(
                _("Nothing that comes back is heard of: addresses that do not exist are written to for ever."),
                _("Set MADOGUCHI_RETURN_DOMAIN and one of the ways in; docs/delivery.md compares them."),
            )


def _receiver(listen: str) -> Iterator[Finding]:
    try:
        banner = _greeting(listen)
    except OSError as error:
        yield bad(
            _("The receiver of bounces is not reached (%(error)s).") % {"error": type(error).__name__},
            _("Start it: systemctl start madoguchi-returns; if it runs elsewhere, run the doctor there."),
        )
        return
    if banner.startswith(b"220"):
        yield good(_("The receiver of bounces answers."))
    else:
        yield bad(
            _("Something else than the receiver of bounces answers at MADOGUCHI_RETURN_LISTEN."),
            _("See what listens there, and give the receiver a port of its own."),
        )


def _greeting(listen: str) -> bytes:
    where = urlsplit(listen)
    if where.hostname:
        host = _EVERYWHERE.get(where.hostname, where.hostname)
        link = socket.create_connection((host, where.port or 24), timeout=_SECONDS)
    else:
        link = socket.socket(socket.AF_UNIX)
        link.settimeout(_SECONDS)
        link.connect(unquote(where.path))
    with link:
        banner = link.recv(500)
        link.sendall(b"QUIT\r\n")
        return banner


def _mailbox() -> Iterator[Finding]:
    try:
        mailbox.try_out()
    except mailbox.Away as error:
        yield bad(
            _("The mailbox of bounces does not let us in (%(error)s).") % {"error": error},
            _("Check MADOGUCHI_RETURN_MAILBOX_URL: host, port, login, folder; the certificate must be trusted."),
        )
    else:
        yield good(_("The mailbox of bounces lets us in over TLS."))
