"""What a site may know, in words."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from madoguchi.accounts.models import Account
from madoguchi.shell.languages import current


@dataclass(frozen=True, slots=True)
class Allowed:
    """One thing a site gets: what it is, and what that is of this customer."""

    scope: str
    title: str
    now: str


def allowed(scopes: list[str], account: Account) -> list[Allowed]:
    return [Allowed(scope, title, now) for scope, title, now in _all(account) if scope in scopes]


def _all(account: Account) -> list[tuple[str, str, str]]:
    language = {"ja": _("Japanese"), "en": _("English")}.get(account.language, account.language)
    separator = " / " if current() == "en" else "／"
    profile = separator.join(filter(None, [account.kana_name, language, account.time_zone]))
    return [
        ("openid", _("That it is you"), _("A random number for you, which sites of others do not get")),
        ("email", _("Your email address"), account.email),
        ("profile", _("Your name in katakana, language and time zone"), profile),
        (
            "offline_access",
            _("Looking these up while you are away"),
            _("For at most 90 days after each login, until you disconnect the site"),
        ),
    ]
