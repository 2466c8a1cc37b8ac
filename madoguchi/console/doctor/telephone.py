"""The telephone gateway: reached, and our account accepted. No message is sent."""

from collections.abc import Iterator

import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from madoguchi.console.doctor.finding import Finding, bad, good

_SECONDS = 10.0


def look() -> Iterator[Finding]:
    address = settings.TELEPHONE_URL.rstrip("/")
    login = None
    if settings.TELEPHONE_GATEWAY == "twilio":
        address += f"/2010-04-01/Accounts/{settings.TELEPHONE_ACCOUNT}.json"
        login = (settings.TELEPHONE_ACCOUNT, settings.TELEPHONE_TOKEN)
    try:
        answer = httpx.get(address, auth=login, timeout=_SECONDS, follow_redirects=False, trust_env=False)
    except httpx.HTTPError as error:
        yield bad(
            _("The telephone gateway is not reached (%(error)s).") % {"error": type(error).__name__},
            _("Check MADOGUCHI_TELEPHONE_URL and the way there; until then no code goes out by text message or call."),
        )
        return
    status = {"status": answer.status_code}
    if answer.status_code in {401, 403}:
        yield bad(
            _("The telephone gateway refuses our account (%(status)s).") % status,
            _("Check MADOGUCHI_TELEPHONE_ACCOUNT and MADOGUCHI_TELEPHONE_TOKEN."),
        )
    elif answer.status_code >= 500:
        yield bad(_("The telephone gateway is in trouble (%(status)s).") % status, _("Call whoever runs it."))
    else:
        yield good(_("The telephone gateway answers."))
    if not settings.CODES_AN_HOUR or not settings.CODES_A_DAY:
        yield bad(
            _("No codes go out at all: the budget is set to 0."),
            _("Set MADOGUCHI_CODES_AN_HOUR and MADOGUCHI_CODES_A_DAY."),
        )
