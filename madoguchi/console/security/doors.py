"""What is asked of access: found by walking the addresses of this very site and looking how each is guarded."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from madoguchi.accounts.assurance import Level
from madoguchi.console.security.requirement import Met, Requirement, Verdict, asvs, nist, verdict

# Where what a customer logs in by, or is reached by, is changed: full names of pages.
SENSITIVE = (
    "identity:email",
    "identity:name",
    "identity:birth_date",
    "identity:otp_on",
    "identity:otp_off",
    "identity:passkey_add",
    "identity:passkey_remove",
    "identity:close",
    "mypage:change_phone",
)
_OLDEST = timedelta(minutes=30)


def guards(
    patterns: list[URLPattern | URLResolver] | None = None, space: str = ""
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every page's full name, and how it says it is guarded."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from guards(pattern.url_patterns, inner)
        else:
            yield f"{space}{pattern.name or ''}", getattr(pattern.callback, "guard", {})


def _staff_pages(settings: Any) -> Verdict:
    found = {name: guard for name, guard in guards() if name.startswith("console:")}
    open_ = [name for name, guard in found.items() if not (guard.get("staff") and _second_factor(guard))]
    if open_:
        return Verdict(Met.NO, _("Not guarded by role and second factor: %(found)s.") % {"found": ", ".join(open_)})
    reason = ngettext(
        "%(found)s page of the console asks for a role and a second factor.",
        "All %(found)s pages of the console ask for a role and a second factor.",
        len(found),
    )
    return verdict(bool(found), reason % {"found": len(found)})


def _second_factor(guard: dict[str, Any]) -> bool:
    level, _max_age = guard.get("proof", (None, None))
    return level is not None and level >= Level.MFA


def _private_pages(settings: Any) -> Verdict:
    spaces = ("mypage:", "mynotices:", "charges:")
    found = {name: guard for name, guard in guards() if name.startswith(spaces) and name not in OPEN}
    open_ = [name for name, guard in found.items() if not guard.get("signed_in")]
    if open_:
        return Verdict(Met.NO, _("Open to everybody: %(found)s.") % {"found": ", ".join(open_)})
    reason = _("All %(found)s pages of My page ask who it is; each object is looked up among those the ID may see.")
    return verdict(bool(found), reason % {"found": len(found)})


# Of these rooms, but for whoever holds a link from a mail or a secret address, or for the part of a public page that is
# one's own.
OPEN = frozenset(
    {
        "mynotices:unsubscribe",
        "mynotices:mine",
        "mynotices:address_link",
        "mynotices:address_done",
        "mynotices:calendar_feed",
    }
)


def _fresh_proof(settings: Any) -> Verdict:
    found = dict(guards())
    there = [name for name in SENSITIVE if name in found]
    stale = [name for name in there if not _is_fresh(found[name])]
    if stale or not there:
        return Verdict(
            Met.NO, _("Changed without a fresh proof: %(found)s.") % {"found": ", ".join(stale or SENSITIVE)}
        )
    reason = _("The %(found)s pages that change how one logs in ask for a proof of at most %(minutes)s minutes ago.")
    oldest = max(found[name]["proof"][1] for name in there)
    return Verdict(Met.YES, reason % {"found": len(there), "minutes": int(oldest / timedelta(minutes=1))})


def _is_fresh(guard: dict[str, Any]) -> bool:
    _level, max_age = guard.get("proof", (None, None))
    return max_age is not None and max_age <= _OLDEST


def _phishing_resistant(settings: Any) -> Verdict:
    offered = any(name == "identity:login_passkey" for name, _guard in guards())
    return verdict(
        offered,
        _("Passkeys are offered, as a second factor and to log in without a password."),
        otherwise=_("Passkeys are not offered."),
    )


REQUIREMENTS: tuple[Requirement, ...] = (
    nist(
        "2.2.2 phishing",
        "SHALL",
        gettext_lazy("A way to log in that resists phishing is offered."),
        _phishing_resistant,
    ),
    asvs("7.5.1", 2, gettext_lazy("Changing how one logs in needs a fresh proof."), _fresh_proof),
    asvs("8.2.1", 1, gettext_lazy("Functions are open only to those who are allowed to use them."), _staff_pages),
    asvs("8.2.2", 1, gettext_lazy("Data are shown only to those who may see them."), _private_pages),
)
