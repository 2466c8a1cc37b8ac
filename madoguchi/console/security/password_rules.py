"""What is asked of passwords: found by trying the rules in force on passwords made for the purpose."""

import re
from functools import cache
from typing import Any

from django.contrib.auth.hashers import get_hasher
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.accounts import passwords
from madoguchi.accounts.passwords import Owner
from madoguchi.console.security.requirement import Met, Requirement, Verdict, asvs, nist, verdict

STRICT = "MADOGUCHI_SECURITY_PROFILE=strict"
# Letters of both cases, digits and a symbol, so that no composition rule stands in the way of a length.
_MIXED = "aB3-" * 256
_WANTED_COMMON = 3000


def allowed(password: str) -> bool:
    """Whether the rules of form let it pass; how easily it is guessed is another question."""
    return all(rule.holds(password) for rule in passwords.profile().rules)


def shortest() -> int:
    return next(length for length in range(1, len(_MIXED)) if allowed(_MIXED[:length]))


def longest() -> int:
    return next(length for length in range(len(_MIXED), 0, -1) if allowed(_MIXED[:length]))


def _at_least(wanted: int) -> Verdict:
    found = shortest()
    return verdict(found >= wanted, _("The shortest password allowed has %(found)s characters.") % vars_(found), STRICT)


def _room_for(wanted: int) -> Verdict:
    found = longest()
    return verdict(found >= wanted, _("The longest password allowed has %(found)s characters.") % vars_(found), STRICT)


def vars_(found: object) -> dict[str, object]:
    return {"found": found}


def _composition(settings: Any) -> Verdict:
    """Whether one kind of character alone is enough."""
    length = max(15, shortest())
    kinds = {_("letters"): "q", _("digits"): "7", _("symbols"): "-", _("Japanese"): "窓", _("spaces"): " "}
    refused = [kind for kind, character in kinds.items() if not allowed(character * length)]
    if not refused:
        return Verdict(Met.YES, _("A password of letters, digits, symbols or Japanese characters alone is allowed."))
    return Verdict(Met.NO, _("Not allowed in a password, or not alone: %(found)s.") % vars_(", ".join(refused)), STRICT)


def _unicode(settings: Any) -> Verdict:
    length = max(15, shortest())
    samples = {_("spaces"): " aB3-", _("Japanese"): "窓口aB3-", _("emoji"): "🗝aB3-"}
    refused = [kind for kind, sample in samples.items() if not allowed((sample * length)[:length])]
    if not refused:
        return Verdict(Met.YES, _("Spaces and every character of Unicode are allowed."))
    return Verdict(Met.NO, _("Not allowed in a password: %(found)s.") % vars_(", ".join(refused)), STRICT)


@cache
def _listed(patterns: tuple[str, ...]) -> int:
    """How many of the listed passwords match all patterns; counted once, for there are tens of thousands."""
    rules = [re.compile(pattern).fullmatch for pattern in patterns]
    return sum(all(rule(password) for rule in rules) for password in passwords._common())


def _common(settings: Any) -> Verdict:
    """How many of the listed passwords would pass the other rules: only those the list really has to keep out."""
    listed = _listed(tuple(rule.pattern for rule in passwords.profile().rules))
    reason = _("%(found)s passwords that the other rules would let pass stand on the list of common ones.")
    if listed >= _WANTED_COMMON:
        return Verdict(Met.YES, reason % vars_(f"{listed:,}"))
    return Verdict(
        Met.PARTLY,
        _("%(found)s listed passwords are long enough for the other rules; an estimator refuses what it guesses early.")
        % vars_(f"{listed:,}"),
    )


def _breached(settings: Any) -> Verdict:
    count = len(passwords._common())
    return verdict(count >= 10_000, _("%(found)s passwords from breaches are refused.") % vars_(f"{count:,}"))


def _context(settings: Any) -> Verdict:
    """Whether what belongs to the person or the operator is refused, in words of this very installation."""
    owner = Owner(email="hanako.aoki@customer.example", names=("アオキ", "ハナコ"))
    name = settings.OPERATOR["domain"].partition(".")[0]
    tried = {
        _("the customer's address"): passwords.resembles("hanako.aoki-1", owner),
        _("the customer's name"): passwords.resembles("Aokihanako-1", owner),
        _("the operator's name"): passwords.names_operator(f"{name}2026!"),
    }
    let_pass = [what for what, refused in tried.items() if not refused]
    if not let_pass:
        return Verdict(Met.YES, _("Passwords made of %(found)s are refused.") % vars_(", ".join(tried)))
    return Verdict(Met.NO, _("Passwords made of %(found)s are allowed.") % vars_(", ".join(let_pass)))


def _hashing(settings: Any) -> Verdict:
    """argon2id at least as OWASP's cheat sheet and RFC 9106 have it: 19 MiB and 2 passes, or 46 MiB and 1."""
    hasher = get_hasher()
    memory, passes = getattr(hasher, "memory_cost", 0), getattr(hasher, "time_cost", 0)
    enough = hasher.algorithm == "argon2" and ((memory >= 19_456 and passes >= 2) or memory >= 47_104)
    words = {"name": hasher.algorithm, "memory": f"{memory / 1024:g}", "passes": passes}
    return verdict(enough, _("%(name)s with %(memory)s MiB and %(passes)s passes.") % words)


def _reason_shown(settings: Any) -> Verdict:
    """Whether somebody whose password is refused is told why."""
    try:
        passwords.check("password1password1", Owner())
    except Exception as refused:  # noqa: BLE001 - whatever it raises is what the page shows
        return verdict(bool(str(refused)), _("A refused password is answered with the reason and how to do better."))
    return Verdict(Met.NO, _("A common password was not refused."))


REQUIREMENTS: tuple[Requirement, ...] = (
    nist(
        "3.1.1.2 minimum",
        "SHALL",
        gettext_lazy("A password that is the only factor has 15 characters or more."),
        lambda settings: _at_least(15),
    ),
    nist(
        "3.1.1.2 maximum",
        "SHOULD",
        gettext_lazy("Passwords of 64 characters and more are allowed."),
        lambda settings: _room_for(64),
    ),
    nist("3.1.1.2 characters", "SHOULD", gettext_lazy("Spaces and Unicode are allowed in passwords."), _unicode),
    nist(
        "3.1.1.2 composition",
        "SHALL",
        gettext_lazy("No rule asks for certain kinds of characters in a password."),
        _composition,
    ),
    nist(
        "3.1.1.2 blocklist",
        "SHALL",
        gettext_lazy("A new password is compared with common, expected and breached ones."),
        _common,
    ),
    nist("3.1.1.2 reason", "SHALL", gettext_lazy("Who chooses a refused password is told the reason."), _reason_shown),
    nist("3.1.1.2 storage", "SHALL", gettext_lazy("Passwords are kept salted and hashed at a cost."), _hashing),
    asvs("6.2.1", 1, gettext_lazy("Passwords have at least 8 characters."), lambda settings: _at_least(8)),
    asvs(
        "6.2.4", 1, gettext_lazy("New passwords are checked against the 3,000 most common that fit the rules."), _common
    ),
    asvs("6.2.5", 1, gettext_lazy("Any composition of characters is allowed."), _composition),
    asvs("6.2.9", 2, gettext_lazy("Passwords of 64 characters are allowed."), lambda settings: _room_for(64)),
    asvs("6.2.11", 2, gettext_lazy("Words of the context, such as names, are refused as passwords."), _context),
    asvs("6.2.12", 2, gettext_lazy("New passwords are checked against breached ones."), _breached),
    asvs("11.4.2", 2, gettext_lazy("Passwords are hashed with a function made for them, at a current cost."), _hashing),
)
