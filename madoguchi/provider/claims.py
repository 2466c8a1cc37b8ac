"""What a site is told about a customer, and under which scope."""

from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import Max

from madoguchi.accounts.models import Account, AuthEvent
from madoguchi.provider.models import Grant, Site, Subject

# OpenID Connect Core, 5.4.
OF_SCOPE = {
    "openid": ("sub",),
    "email": ("email", "email_verified"),
    "profile": ("name", "family_name", "given_name", "locale", "zoneinfo", "updated_at"),
}
IN_ID_TOKEN = ("iss", "sub", "aud", "exp", "iat", "jti", "auth_time", "nonce", "acr", "amr", "at_hash")


def of_customer(account: Account, site: Site, scopes: list[str]) -> dict[str, Any]:
    """The answer of the userinfo endpoint. Names are in katakana, as the customer registered them."""
    found: dict[str, Any] = {"sub": Subject.objects.of(account, site.sector)}
    if "email" in scopes:
        verified = EmailAddress.objects.filter(user=account, email=account.email, verified=True).exists()
        found |= {"email": account.email, "email_verified": verified}
    if "profile" in scopes:
        found |= {
            "name": account.kana_name,
            "family_name": account.family_name_kana,
            "given_name": account.given_name_kana,
            "locale": account.language,
            "zoneinfo": account.time_zone,
            "updated_at": _updated_at(account),
        }
    return {name: value for name, value in found.items() if value != ""}


def of_login(grant: Grant, site: Site) -> dict[str, Any]:
    """What an ID token says beyond the protocol's own: who it is for this sector, and how that was proven, and when."""
    found: dict[str, Any] = {
        "sub": Subject.objects.of(grant.user, site.sector),
        "auth_time": int(grant.auth_time.timestamp()),
    }
    if grant.acr:
        found["acr"] = grant.acr
    if grant.amr:
        found["amr"] = grant.amr.split()
    return found


def _updated_at(account: Account) -> int:
    """When the profile last changed, as the ledger has it."""
    changes = (AuthEvent.Method.EMAIL_CHANGED, AuthEvent.Method.PROFILE_CHANGED)
    last = AuthEvent.objects.filter(account=account, succeeded=True, method__in=changes).aggregate(at=Max("at"))["at"]
    return int((last or account.created_at).timestamp())
