"""The mail relays: reached, private where a password goes over the wire, and willing. Nothing is sent."""

import smtplib
import ssl
from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from madoguchi.console.doctor.finding import Finding, bad, good, warning

_SECONDS = 10.0
_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


def relays() -> list[SplitResult]:
    """The SMTP relays of ``MADOGUCHI_SMTP_URL``, the first preferred; a provider's API is none."""
    return [urlsplit(url) for url in settings.SMTP_URL.split() if urlsplit(url).scheme in _PORTS]


def hosts() -> list[str]:
    return [relay.hostname or "" for relay in relays()]


def look() -> Iterator[Finding]:
    wide: dict[str, bool] = {}  # whether each that was greeted takes addresses beyond ASCII
    for relay in relays():
        at = {"relay": f"{relay.hostname}:{relay.port or _PORTS[relay.scheme]}"}
        if relay.scheme == "smtp" and relay.username and not _is_near(relay.hostname or ""):
            yield bad(
                _("The password for %(relay)s would travel in clear.") % at,
                _("Use smtp+starttls:// or smtps:// in MADOGUCHI_SMTP_URL."),
            )
            continue
        try:
            with _connected(relay) as session:
                yield good(_("The relay %(relay)s answers.") % at)
                yield from _greeted(session, relay, at)
                wide[at["relay"]] = session.has_extn("smtputf8")
        except ssl.SSLError:
            yield bad(
                _("The certificate of the relay %(relay)s is not trusted, or it does not speak TLS there.") % at,
                _("Check the host name and the port; a private authority must be among the system's (SSL_CERT_FILE)."),
            )
        except (OSError, smtplib.SMTPException) as error:
            yield bad(
                _("The relay %(relay)s is not reached (%(error)s).") % {**at, "error": type(error).__name__},
                _("Check MADOGUCHI_SMTP_URL, the way there, and whether the relay lets this machine in."),
            )
    if settings.SMTPUTF8:
        yield from _international(wide)


def _international(wide: dict[str, bool]) -> Iterator[Finding]:
    """A letter to an address beyond ASCII needs one relay that takes it."""
    for name, takes in wide.items():
        if takes:
            continue
        words = _("The relay %(relay)s takes no internationalised addresses (SMTPUTF8).") % {"relay": name}
        if any(wide.values()):
            yield warning(words, _("Mail to them leaves by another relay, and waits while that one is away."))
        else:
            yield bad(
                words,
                _(
                    "Let the relay offer it, or set MADOGUCHI_SMTPUTF8=off, so that nobody registers an address it "
                    "refuses."
                ),
            )


def _connected(relay: SplitResult) -> smtplib.SMTP:
    host, port = relay.hostname or "", relay.port or _PORTS[relay.scheme]
    name = settings.OPERATOR["domain"]
    if relay.scheme == "smtps":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, port, local_hostname=name, timeout=_SECONDS, context=context)
    return smtplib.SMTP(host, port, local_hostname=name, timeout=_SECONDS)


def _greeted(session: smtplib.SMTP, relay: SplitResult, at: dict[str, str]) -> Iterator[Finding]:
    session.ehlo_or_helo_if_needed()
    if relay.scheme == "smtp+starttls":
        if not session.has_extn("starttls"):
            yield bad(_("The relay %(relay)s offers no STARTTLS.") % at, _("Use smtps://, or the port that offers it."))
            return
        session.starttls(context=ssl.create_default_context())
        session.ehlo()
    if relay.username:
        try:
            session.login(unquote(relay.username), unquote(relay.password or ""))
        except smtplib.SMTPException as error:
            yield bad(
                _("The relay %(relay)s refuses the login (%(code)s).")
                % {**at, "code": getattr(error, "smtp_code", type(error).__name__)},
                _("Check user and password in MADOGUCHI_SMTP_URL (percent-encoded where they hold : @ or /)."),
            )
            return
        yield good(_("The relay %(relay)s takes the login.") % at)
    if not session.has_extn("pipelining"):
        yield warning(
            _("The relay %(relay)s offers no PIPELINING: each mail takes four round trips.") % at,
            _("Put a Postfix of your own in front if mailings take too long."),
        )
    yield from _willing(session, at)


def _willing(session: smtplib.SMTP, at: dict[str, str]) -> Iterator[Finding]:
    """Ask whether it would take mail from each of our senders, and take the question back."""
    senders = {
        "MADOGUCHI_MAIL_FROM_NOTICES": settings.MAIL_FROM_NOTICES,
        "MADOGUCHI_MAIL_FROM_ID": settings.MAIL_FROM_ID,
        "MADOGUCHI_MAIL_FROM_SUPPORT": settings.MAIL_FROM_SUPPORT,
    }
    for setting, sender in senders.items():
        code, _words = session.mail(sender)
        if code >= 400:
            yield bad(
                _("The relay %(relay)s refuses %(setting)s as sender (%(code)s).")
                % {**at, "setting": setting, "code": code},
                _("Let the relay accept this sender from this machine or login."),
            )
        else:
            code, _words = session.rcpt(settings.ALARM_ADDRESS)
            said = {**at, "setting": setting, "code": code}
            if code >= 400:
                yield bad(
                    _("The relay %(relay)s takes no mail from %(setting)s to MADOGUCHI_ALARM_ADDRESS (%(code)s).")
                    % said,
                    _("Let it relay to any domain for this machine or login, and check that address."),
                )
            else:
                yield good(_("The relay %(relay)s takes mail from %(setting)s.") % said)
        session.rset()


def _is_near(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
