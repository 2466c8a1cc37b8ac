"""What is asked of codes: by SMS and voice, of an authenticator, in links."""

import math
from datetime import timedelta
from typing import Any

from allauth.mfa import app_settings as mfa
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from madoguchi.accounts import register, second_factor
from madoguchi.console.security.requirement import Met, Requirement, Verdict, asvs, nist, verdict
from madoguchi.contracts import limits
from madoguchi.contracts.contact_phone import channels
from madoguchi.contracts.models import passcodes as sent
from madoguchi.contracts.passcodes import FAILURES_A_DAY

STRICT = "MADOGUCHI_SECURITY_PROFILE=strict"
_TEN_MINUTES = timedelta(minutes=10)
_BITS = 20  # six digits have 19.9, which the standard calls sufficient


def minutes(period: timedelta) -> str:
    count = int(period / timedelta(minutes=1))
    return ngettext("%(count)s minute", "%(count)s minutes", count) % {"count": count}


def _lifetime(settings: Any) -> Verdict:
    found = sent.lifetime()
    reason = _("A code sent to a phone is valid for %(found)s.") % {"found": minutes(found)}
    return verdict(found <= _TEN_MINUTES, reason, STRICT)


def _lifetimes(settings: Any) -> Verdict:
    found = _lifetime(settings)
    if found.met is Met.NO:
        return found
    if second_factor.PERIOD > 30:
        return Verdict(Met.NO, _("An authenticator's code lasts %(found)s seconds.") % {"found": second_factor.PERIOD})
    words = {"reason": found.reason, "period": second_factor.PERIOD, "steps": second_factor.TOLERANCE}
    return Verdict(
        Met.YES,
        _("%(reason)s An authenticator's code lasts %(period)s seconds, with %(steps)s step of tolerance for clocks.")
        % words,
    )


def _entropy(settings: Any) -> Verdict:
    digits = min(6, mfa.TOTP_DIGITS)
    bits = digits * math.log2(10)
    return verdict(round(bits) >= _BITS, _("Codes have %(found)s random digits.") % {"found": digits})


def _guessing(settings: Any) -> Verdict:
    """The chance to guess a code in a day: tries counted over all codes of an ID."""
    words = {"tries": sent.TRIES, "day": FAILURES_A_DAY}
    return verdict(
        sent.TRIES <= 10 and FAILURES_A_DAY <= 100,
        _("A code ends after %(tries)s wrong tries; after %(day)s in a day the ID's phone verification pauses.")
        % words,
    )


def _voip(settings: Any) -> Verdict:
    """050 numbers prove no device; whether they may be called is the operator's decision."""
    called = bool(channels("+815000009001"))
    return verdict(
        not called,
        _("050 numbers (VoIP) get no code."),
        "MADOGUCHI_ACCEPT_IP_PHONE=no",
        otherwise=_("050 numbers (VoIP) are called with a code."),
    )


def _costs(settings: Any) -> Verdict:
    """Budgets that cut off: of a number, and of a prefix of the numbering plan."""
    words = {
        "hour": limits.A_NUMBER_AN_HOUR,
        "day": limits.A_NUMBER_A_DAY,
        "all_hour": settings.CODES_AN_HOUR,
        "all_day": settings.CODES_A_DAY,
    }
    return verdict(
        bool(words["hour"] and words["day"]),
        _("To one number %(hour)s codes an hour, %(day)s a day; to one prefix %(all_hour)s and %(all_day)s.") % words,
    )


def _registration_link(settings: Any) -> Verdict:
    hours = int(register.LINK_VALID / timedelta(hours=1))
    reason = _("The link that completes a registration is valid for %(found)s hours, once.") % {"found": hours}
    return verdict(hours <= 24, reason)


REQUIREMENTS: tuple[Requirement, ...] = (
    nist("3.1.3.1 voip", "SHALL", gettext_lazy("Codes go to no VoIP number, because it proves no device."), _voip),
    nist("3.1.3.2 lifetime", "SHALL", gettext_lazy("A code sent to a phone counts for 10 minutes at most."), _lifetime),
    nist("3.1.3.2 entropy", "SHALL", gettext_lazy("A code sent to a phone has 6 random digits or more."), _entropy),
    nist("3.2.2 codes", "SHALL", gettext_lazy("Wrong codes are counted, and too many stop the tries."), _guessing),
    asvs("6.4.1", 1, gettext_lazy("Activation links are random, short-lived and good once."), _registration_link),
    asvs("6.5.4", 2, gettext_lazy("Codes have at least 20 bits, as 6 random digits have."), _entropy),
    asvs("6.5.5", 2, gettext_lazy("A code by phone lasts 10 minutes, one of an authenticator 30 seconds."), _lifetimes),
    asvs("6.6.3", 2, gettext_lazy("Codes sent to a phone cannot be guessed by trying."), _guessing),
    asvs("2.4.1", 2, gettext_lazy("What costs money, such as text messages, cannot be called up without end."), _costs),
)
