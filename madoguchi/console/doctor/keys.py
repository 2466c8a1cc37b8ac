"""The sealing keys: what lies sealed can be opened with those that are listed."""

from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from madoguchi.accounts.reseal import samples
from madoguchi.console.doctor.finding import Finding, bad, good, warning
from madoguchi.lib.tokens import BrokenSeal, unseal


def look() -> Iterator[Finding]:
    opened = broken = 0
    for sealed in samples():
        try:
            unseal(sealed)
            opened += 1
        except BrokenSeal:
            broken += 1
    if broken:
        yield bad(
            _("%(broken)s of %(total)s sealed secrets that were tried cannot be opened.")
            % {"broken": broken, "total": broken + opened},
            _("A key is missing from MADOGUCHI_SEALING_KEYS: put the former one behind the present one and restart."),
        )
    else:
        text = ngettext(
            "The sealed secret that was tried can be opened.",
            "All %(number)s sealed secrets that were tried can be opened.",
            opened,
        )
        yield good(text % {"number": opened} if opened else _("There are no sealed secrets yet."))
    if settings.SEALING_KEYS == (settings.SECRET_KEY,) and not settings.DEMO:
        yield warning(
            _("Secrets are sealed with MADOGUCHI_SECRET_KEY itself."),
            _("Give MADOGUCHI_SEALING_KEYS a key of its own, the present one behind it, and run: madoguchi reseal"),
        )
