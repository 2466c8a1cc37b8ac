"""What is asked of sessions: how long they last, where they are kept, how they are ended."""

import math
from datetime import timedelta
from typing import Any

from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.backends.db import SessionStore
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.accounts.models import SignIn
from madoguchi.console.customers.acts import ACTS
from madoguchi.console.customers.forms import ActForm
from madoguchi.console.security.requirement import Met, Requirement, Verdict, asvs, nist, verdict

_OURS = "madoguchi.accounts.sessions.AuthenticationMiddleware"
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)


def _one_factor(settings: Any) -> Verdict:
    days = max(settings.STAY_SIGNED_IN_DAYS, settings.SESSION_HOURS / 24)
    reason = _("A customer stays signed in for %(found)s days at most.") % {"found": f"{days:g}"}
    return verdict(days <= 30, reason, "MADOGUCHI_STAY_SIGNED_IN_DAYS=30")


def _two_factors(settings: Any) -> Verdict:
    """24 hours in all and one hour without a page; for staff, and for customers who use two factors."""
    staff = settings.STAFF_SESSION_HOURS <= 24 and settings.STAFF_IDLE_MINUTES <= 60
    customers = {
        "MADOGUCHI_SESSION_HOURS=24": settings.SESSION_HOURS <= 24,
        "MADOGUCHI_SESSION_IDLE_MINUTES=60": settings.SESSION_IDLE_MINUTES <= 60,
        "MADOGUCHI_STAY_SIGNED_IN_DAYS=1": settings.STAY_SIGNED_IN_DAYS <= 1,
    }
    words = {
        "staff_hours": settings.STAFF_SESSION_HOURS,
        "staff_idle": settings.STAFF_IDLE_MINUTES,
        "hours": settings.SESSION_HOURS,
        "idle": settings.SESSION_IDLE_MINUTES,
        "days": settings.STAY_SIGNED_IN_DAYS,
    }
    reason = _(
        "Staff: %(staff_hours)s hours, %(staff_idle)s minutes without a page. Customers: %(hours)s hours, %(idle)s "
        "minutes without a page, or %(days)s days if they stay signed in."
    )
    if not staff:
        return Verdict(Met.NO, reason % words, "MADOGUCHI_STAFF_SESSION_HOURS=12, MADOGUCHI_STAFF_IDLE_MINUTES=60")
    missing = [remedy for remedy, met in customers.items() if not met]
    return Verdict(Met.PARTLY if missing else Met.YES, reason % words, ", ".join(missing))


def _limits(settings: Any) -> Verdict:
    """Whether every session has both ends: the row that lets somebody in holds them, and our middleware asks it."""
    fields = {field.name for field in SignIn._meta.get_fields() if not getattr(field, "null", True)}
    return verdict(
        _OURS in settings.MIDDLEWARE and {"idle_at", "expires_at"} <= fields,
        _("Each session has an end without a page, and one whatever happens."),
        otherwise=_("Sessions have no end of their own."),
    )


def _kept(settings: Any) -> Verdict:
    return verdict(
        _OURS in settings.MIDDLEWARE
        and issubclass(import_string(f"{settings.SESSION_ENGINE}.SessionStore"), SessionStore),
        _("The cookie names a row; what it stands for is kept in the database and asked at each request."),
        otherwise=_("What a session stands for is not asked of the database at each request."),
    )


def _random(settings: Any) -> Verdict:
    """Bits of a session's key, of the length that is really made; asked of a store that looks none up."""
    store = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
    unstored = type("Unstored", (store,), {"exists": lambda self, session_key: False})
    made: str = unstored()._get_new_session_key()
    bits = int(len(made) * math.log2(len(VALID_KEY_CHARS)))
    return verdict(bits >= 128, _("A session's key has %(found)s random bits.") % {"found": bits})


def _ended_by_staff(settings: Any) -> Verdict:
    return verdict(
        "sessions" in ACTS and SignIn.End.STAFF in SignIn.End,
        _("Support ends every session of an ID in the console."),
        otherwise=_("Staff cannot end a customer's sessions."),
    )


def _reset_by_staff(settings: Any) -> Verdict:
    """Whether the only thing staff type is a reason, and a reset can be begun at all."""
    typed = set(ActForm().fields)
    if "password" not in ACTS:
        return Verdict(Met.PARTLY, _("Staff cannot choose a password, nor begin a reset; the customer asks for one."))
    return verdict(
        typed == {"reason"},
        _("Staff begin a reset by email; the customer chooses the password."),
        otherwise=_("Staff can choose a customer's password."),
    )


REQUIREMENTS: tuple[Requirement, ...] = (
    nist("2.1.3 session", "SHOULD", gettext_lazy("A login with one factor lasts 30 days at most."), _one_factor),
    nist(
        "2.2.3 session",
        "SHOULD",
        gettext_lazy("A login with two factors lasts 24 hours at most, and one hour without a page."),
        _two_factors,
    ),
    nist("5.1 key", "SHALL", gettext_lazy("The secret of a session has 64 random bits or more."), _random),
    asvs("6.4.6", 3, gettext_lazy("Staff can begin a password reset, but never choose a password."), _reset_by_staff),
    asvs("7.2.1", 1, gettext_lazy("Sessions are verified by the server."), _kept),
    asvs("7.2.3", 1, gettext_lazy("A session's key has 128 random bits or more."), _random),
    asvs("7.3.1", 2, gettext_lazy("Sessions end when nothing is heard."), _limits),
    asvs("7.3.2", 2, gettext_lazy("Sessions have a longest duration."), _limits),
    asvs("7.4.5", 2, gettext_lazy("Staff can end the sessions of an ID."), _ended_by_staff),
)
