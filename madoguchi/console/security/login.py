"""What is asked of logging in: the limits that count tries, and when a second factor is asked for."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.accounts import known_device, login
from madoguchi.accounts.limits import LOGIN_CODE, LOGIN_SOURCE, LOGIN_TARGET, Limit
from madoguchi.accounts.models import Account, StaffRole
from madoguchi.console.security.requirement import Met, Requirement, Verdict, asvs, nist, verdict

_MINUTE = timedelta(minutes=1)


def _tries(settings: Any) -> Verdict:
    """Two buckets apart, so that neither many passwords for one ID nor many IDs from one place get far."""
    words = {
        "target": LOGIN_TARGET.tries,
        "source": LOGIN_SOURCE.tries,
        "minutes": int(LOGIN_TARGET.period / _MINUTE),
    }
    apart = LOGIN_TARGET.name != LOGIN_SOURCE.name
    return verdict(
        apart and _a_day(LOGIN_TARGET) <= 1000,
        _("%(target)s wrong logins for one ID, %(source)s from one network, in %(minutes)s minutes.") % words,
    )


def _a_day(limit: Limit) -> float:
    return limit.tries * (timedelta(days=1) / limit.period)


def _throttle(settings: Any) -> Verdict:
    """At most 100 in a row; a bucket slows down instead of locking, so that nobody is shut out for good."""
    words = {"name": LOGIN_CODE.tries, "target": LOGIN_TARGET.tries, "minutes": int(LOGIN_TARGET.period / _MINUTE)}
    return verdict(
        LOGIN_TARGET.tries <= 100 and LOGIN_CODE.tries <= 100,
        _("%(target)s passwords or %(name)s codes at once, then slower; both are free again after %(minutes)s minutes.")
        % words,
    )


def _lock_out(settings: Any) -> Verdict:
    """A browser on which an ID logged in before counts its own tries."""
    found = bool(known_device.COOKIE)
    return verdict(found, _("Strangers' tries do not count for a browser on which the ID logged in before."))


def _second_factor(settings: Any) -> Verdict:
    """Asked of the very function the login asks."""
    staff = login.needs_more(Account(staff_role=StaffRole.VIEWER), second_factor=False)
    if not staff:
        return Verdict(Met.NO, _("Staff log in with a password alone."))
    return Verdict(
        Met.PARTLY,
        _("Staff always need a second factor. Customers may do without; call records then ask for the contact phone."),
    )


REQUIREMENTS: tuple[Requirement, ...] = (
    nist(
        "3.2.2 passwords",
        "SHALL",
        gettext_lazy("Wrong tries of one ID are limited, to 100 in a row at most."),
        _throttle,
    ),
    asvs("6.1.1", 1, gettext_lazy("Guessing is slowed down without shutting the owner out."), _lock_out),
    asvs("6.3.1", 1, gettext_lazy("Trying passwords against one or many IDs gets nowhere."), _tries),
    asvs("6.3.3", 2, gettext_lazy("More than one factor is needed to log in."), _second_factor),
)
