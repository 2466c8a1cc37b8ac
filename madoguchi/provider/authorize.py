"""What stands between a site's request and its code: a login, a fresh proof, the terms, the customer's consent.

One function decides, for the entrance (``/oidc/authorize``) and for the page that waits for the customer alike.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

from django.utils import timezone

from madoguchi.accounts import terms
from madoguchi.accounts.assurance import Standing
from madoguchi.accounts.models import Account
from madoguchi.provider.models import Consent, Site

# Of an authorization request, what we read; the rest is ignored (OpenID Connect Core, 3.1.2.1).
READ = (
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "prompt",
    "max_age",
    "ui_locales",
    "id_token_hint",
)
PROMPTS = ("none", "login", "consent")


class Step(Enum):
    """What comes next."""

    LOGIN = auto()
    OTHER_CUSTOMER = auto()
    PROVE = auto()
    NOT_SILENT = auto()
    TERMS = auto()
    CONSENT = auto()
    CODE = auto()


# What a site hears that must not have anybody asked (OpenID Connect Core, 3.1.2.6).
ERRORS = {
    Step.LOGIN: "login_required",
    Step.OTHER_CUSTOMER: "login_required",
    Step.PROVE: "login_required",
    Step.NOT_SILENT: "interaction_required",
    Step.TERMS: "interaction_required",
    Step.CONSENT: "consent_required",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """A request that passed every check of the protocol, and when it was made."""

    site: Site
    parameters: dict[str, str]
    asked_at: datetime

    @property
    def scopes(self) -> list[str]:
        return self.parameters["scope"].split()

    @property
    def prompt(self) -> set[str]:
        return set(self.parameters.get("prompt", "").split())

    @property
    def silent(self) -> bool:
        return "none" in self.prompt

    @property
    def max_age(self) -> timedelta | None:
        given = self.parameters.get("max_age")
        return None if given is None else timedelta(seconds=int(given))

    def fresh_since(self) -> datetime | None:
        """A proof older than this does not do; None where any does."""
        since = [self.asked_at] if "login" in self.prompt else []
        if self.max_age is not None:
            # Proven since the site asked is fresh enough, or max_age=0 would ask for ever.
            since.append(min(self.asked_at, timezone.now() - self.max_age))
        return max(since, default=None)


def next_step(  # noqa: PLR0911 - the steps, one after the other
    wish: Wish, account: Account | None, standing: Standing, *, meant: Account | None = None
) -> Step:
    """What comes next for ``account``, who is signed in as ``standing`` says; None is nobody.

    ``meant`` is whom the site's ``id_token_hint`` names.
    """
    if account is None or standing.auth_time is None:
        return Step.LOGIN
    if meant is not None and meant != account:
        return Step.OTHER_CUSTOMER
    since = wish.fresh_since()
    if since is not None and standing.auth_time < since:
        return Step.PROVE
    if wish.silent and not wish.site.silent:
        return Step.NOT_SILENT
    if terms.due(account):
        return Step.TERMS
    if "consent" in wish.prompt or not consented(wish, account):
        return Step.CONSENT
    return Step.CODE


def consented(wish: Wish, account: Account) -> bool:
    consent = Consent.objects.standing(account).filter(site=wish.site).first()
    return consent is not None and consent.covers(wish.scopes)


def credentials(wish: Wish, *, sign_in: Any, standing: Standing) -> dict[str, Any]:
    """What the protocol engine needs to make the code, with how the customer proved who they are."""
    given = {name: wish.parameters.get(name) for name in READ if name not in ("id_token_hint", "prompt")}
    return {
        **given,
        "sign_in": sign_in,
        "auth_time": standing.auth_time,
        "acr": standing.acr,
        "amr": standing.amr,
    }
