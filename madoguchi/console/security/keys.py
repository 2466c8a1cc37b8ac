"""What is asked of keys, secrets and what runs beside the site."""

from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.accounts.adapter import SecondFactorAdapter
from madoguchi.console.security.requirement import Met, Requirement, Verdict, asvs, verdict
from madoguchi.lib.tokens import BrokenSeal, new_token

_PRODUCTION = "MADOGUCHI_MODE=production"


def _demo(settings: Any) -> Verdict:
    """The sample logins have one password that everybody knows; they exist in the demo alone."""
    return verdict(
        not settings.DEMO,
        _("No account is made by itself; staff are made one by one, by command."),
        _PRODUCTION,
        otherwise=_("The demo's sample logins have a known password."),
    )


def _default_secrets(settings: Any) -> Verdict:
    known = [
        name
        for name, value in (
            ("MADOGUCHI_SECRET_KEY", settings.SECRET_KEY),
            ("MADOGUCHI_TELEPHONE_TOKEN", settings.TELEPHONE_TOKEN),
        )
        if value.startswith("demo-only")
    ]
    if known:
        return Verdict(Met.NO, _("Known to everybody: %(found)s.") % {"found": ", ".join(known)}, ", ".join(known))
    return Verdict(Met.YES, _("Every secret is this installation's own."))


def _authenticated(settings: Any) -> Verdict:
    """Seals as second factors are sealed, changes one character, and looks whether it is noticed."""
    adapter = SecondFactorAdapter()
    kept = adapter.encrypt("JBSWY3DPEHPK3PXP")
    middle = len(kept) // 2
    broken = kept[:middle] + ("A" if kept[middle] != "A" else "B") + kept[middle + 1 :]
    try:
        adapter.decrypt(broken)
    except BrokenSeal:
        words = {"name": Fernet.__name__}
        return Verdict(Met.YES, _("What is kept encrypted cannot be changed unnoticed (%(name)s).") % words)
    return Verdict(Met.NO, _("What is kept encrypted can be changed unnoticed."))


def _own_key(settings: Any) -> Verdict:
    own = settings.SECRET_KEY not in settings.SEALING_KEYS
    return Verdict(
        Met.YES if own else Met.PARTLY,
        _("Secrets come from the environment or files, and encryption has keys of its own.")
        if own
        else _("Secrets come from the environment or files; one key both signs sessions and encrypts."),
        "" if own else "MADOGUCHI_SEALING_KEYS",
    )


def _random(settings: Any) -> Verdict:
    """Bits of a link's token: each character of the URL-safe alphabet carries six."""
    bits = min(len(new_token()) * 6, 256)
    return verdict(bits >= 128, _("Links and remembered devices carry %(found)s random bits.") % {"found": bits})


def _debug(settings: Any) -> Verdict:
    return verdict(
        not settings.DEBUG,
        _("Error pages for developers are off."),
        otherwise=_("Error pages for developers are on."),
    )


def _outgoing(settings: Any) -> Verdict:
    """Connections to the relay, the gateway and the database: encrypted, or not leaving the machine."""
    database = settings.DATABASES["default"]
    tried = {
        "MADOGUCHI_SMTP_URL": all(_covered(url, ("smtps", "smtp+starttls")) for url in settings.SMTP_URL.split()),
        "MADOGUCHI_TELEPHONE_URL": _covered(settings.TELEPHONE_URL, ("https",)),
        "DATABASE_URL": _local(database["HOST"]) or "sslmode" in database["OPTIONS"],
    }
    bare = [name for name, covered in tried.items() if not covered]
    if bare:
        return Verdict(Met.PARTLY, _("Not encrypted: %(found)s.") % {"found": ", ".join(bare)}, ", ".join(bare))
    return Verdict(Met.YES, _("Mail, telephone and database are reached encrypted or on this machine."))


def _covered(address: str, schemes: tuple[str, ...]) -> bool:
    parts = urlsplit(address)
    return parts.scheme in schemes or _local(parts.hostname or "")


def _local(host: str) -> bool:
    return not host or host.startswith("/") or host in {"127.0.0.1", "::1", "localhost"}


REQUIREMENTS: tuple[Requirement, ...] = (
    asvs("6.3.2", 1, gettext_lazy("There are no default accounts."), _demo),
    asvs("11.3.3", 2, gettext_lazy("Encrypted data cannot be changed unnoticed."), _authenticated),
    asvs("11.5.1", 2, gettext_lazy("What must not be guessed has 128 random bits or more."), _random),
    asvs("12.3.1", 2, gettext_lazy("Connections to other services are encrypted."), _outgoing),
    asvs("13.2.3", 2, gettext_lazy("No default secret is in use."), _default_secrets),
    asvs("13.3.1", 2, gettext_lazy("Secrets are kept apart from the program and managed."), _own_key),
    asvs("13.4.2", 2, gettext_lazy("Debugging is off."), _debug),
)
