"""A mail provider's API in the place of a relay: set up, reached, and our key known. Nothing is sent."""

from collections.abc import Iterator

import httpx
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import get_connection
from django.utils.translation import gettext as _

from madoguchi.console.doctor.finding import Finding, bad, good, warning
from madoguchi.delivery.engine.relays import PROVIDER
from madoguchi.delivery.returns.provider import proves_itself

_SECONDS = 10.0
# What tells whether a key is known and changes nothing: path, header, what stands before the key, the backend's name
# for the key. With the others it is only seen whether somebody answers.
_WHO_WE_ARE = {
    "postmark": ("server", "X-Postmark-Server-Token", "", "server_token"),
    "sendgrid": ("scopes", "Authorization", "Bearer ", "api_key"),
    "brevo": ("account", "api-key", "", "api_key"),
}


def look() -> Iterator[Finding]:
    names = [relay.host for relay in settings.SMTP_RELAYS if relay.security == PROVIDER]
    if not names:
        yield good(_("No mail leaves by a provider's API."))
    for name in names:
        yield from _set_up(name)
        if not proves_itself(name):
            yield warning(
                _("The webhook of %(name)s is not believed: bounces and complaints would not be heard of.")
                % {"name": name},
                _("Put its signing key, or WEBHOOK_SECRET=user:password, into MADOGUCHI_ANYMAIL."),
            )


def _set_up(name: str) -> Iterator[Finding]:
    about = {"name": name}
    try:
        backend = get_connection(f"anymail.backends.{name}.EmailBackend", ignore_unsupported_features=True)
    except ImportError:
        yield bad(
            _("The provider %(name)s is not known here, or a package of its own is missing.") % about,
            _("Check the name in MADOGUCHI_SMTP_URL; django-anymail's documentation lists them, with what each needs."),
        )
        return
    except ImproperlyConfigured:
        yield bad(
            _("The settings of the provider %(name)s are not complete.") % about,
            _("Put what django-anymail asks for into MADOGUCHI_ANYMAIL; its documentation has the names."),
        )
        return
    yield good(_("The provider %(name)s is set up.") % about)
    address = getattr(backend, "api_url", "")
    if address:
        yield from _reached(name, backend, address.rstrip("/") + "/")


def _reached(name: str, backend: object, address: str) -> Iterator[Finding]:
    about, headers = {"name": name}, {"Accept": "application/json"}
    if asked := _WHO_WE_ARE.get(name):
        path, header, before, key = asked
        address, headers[header] = address + path, before + str(getattr(backend, key, ""))
    try:
        answer = httpx.get(address, headers=headers, timeout=_SECONDS, follow_redirects=False, trust_env=False)
    except httpx.HTTPError as error:
        yield bad(
            _("The API of %(name)s is not reached (%(error)s).") % {**about, "error": type(error).__name__},
            _("Check the way there, and the address if MADOGUCHI_ANYMAIL names one."),
        )
        return
    status = {**about, "status": answer.status_code}
    if answer.status_code >= 500:
        yield bad(
            _("The API of %(name)s is in trouble (%(status)s).") % status, _("Look at the provider's status page.")
        )
    elif asked and answer.status_code != httpx.codes.OK:
        yield bad(
            _("The API of %(name)s does not know our key (%(status)s).") % status,
            _("Check the key in MADOGUCHI_ANYMAIL."),
        )
    elif asked:
        yield good(_("The API of %(name)s knows our key.") % about)
    else:
        yield good(_("The API of %(name)s answers; whether it knows our key shows with the first email.") % about)
