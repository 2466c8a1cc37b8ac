"""The settings: wrong ones stop every start and are named there; here is what starts and is still unwise."""

from collections.abc import Iterator

from django.conf import settings
from django.core.checks import Warning, run_checks
from django.utils.translation import gettext as _

from madoguchi.console.doctor.finding import Finding, bad, good, warning


def look() -> Iterator[Finding]:
    if settings.DEMO:
        yield warning(
            _("This is the demo: known secrets, a made-up operator, mail and calls that reach nobody."),
            _("For customers set MADOGUCHI_MODE=production; deploy/environment.example has what that needs."),
        )
    else:
        yield good(_("The settings are complete, and are those of an operation for customers."))
        if not settings.SECURE:
            yield bad(
                _("The site's address begins with http: passwords would travel in clear."),
                _("Set MADOGUCHI_SITE_URL to an address with https."),
            )
    if settings.DEMO_TELEPHONE and not settings.DEMO:
        yield bad(
            _("The pretend telephone is on: codes go to a page for the staff and not to customers."),
            _("Take MADOGUCHI_DEMO_TELEPHONE out once the rehearsal is over."),
        )
    for message in run_checks(include_deployment_checks=not settings.DEMO):
        if message.level >= Warning("").level:
            # Django's own words, with the id that leads to its documentation.
            say = bad if message.is_serious() else warning
            yield say(
                f"{message.id}: {message.msg}", message.hint or _("Django's documentation explains it by this id.")
            )
