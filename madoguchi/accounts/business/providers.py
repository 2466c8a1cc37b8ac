"""Which providers there are: read from the environment, a group of variables for each key. Knows no Django."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from madoguchi.lib.environment import Environment, WrongSetting

# Ours = theirs: where a provider calls a claim something else. The names carry the tag of their script.
CLAIMS = {
    "email": "email",
    "email_verified": "email_verified",
    "family_name_kana": "family_name#ja-Kana-JP",
    "given_name_kana": "given_name#ja-Kana-JP",
}
# Paths beside /id/business/KEY/ which a key must not hide.
_TAKEN = {"link", "connect"}


@dataclass(frozen=True, slots=True)
class Provider:
    """One OpenID Connect provider the operator trusts to vouch for people."""

    key: str
    name_ja: str
    name_en: str
    issuer: str
    client_id: str
    client_secret: str
    claims: dict[str, str]
    # Values of `acr` or `amr` by which it says that two factors were proven; without them one is assumed.
    two_factors: tuple[str, ...] = ()


def providers(environment: Environment) -> tuple[Provider, ...]:
    """The providers of ``MADOGUCHI_BUSINESS_PROVIDERS``, in its order. Raises WrongSetting by name."""
    return tuple(_provider(environment, key) for key in environment.words("MADOGUCHI_BUSINESS_PROVIDERS", ()))


def _provider(environment: Environment, key: str) -> Provider:
    if not re.fullmatch(r"[a-z][a-z0-9]{0,19}", key) or key in _TAKEN:
        raise WrongSetting(
            "MADOGUCHI_BUSINESS_PROVIDERS cannot be used: short words of small letters and digits are needed, "
            f"other than {' and '.join(sorted(_TAKEN))}"
        )
    group = f"MADOGUCHI_BUSINESS_{key.upper()}"
    issuer = environment.url(f"{group}_ISSUER", ("https", "http"))
    if not safe(issuer):
        raise WrongSetting(f"{group}_ISSUER cannot be used: an https: address is needed, or loopback")
    return Provider(
        key=key,
        name_ja=environment.text(f"{group}_NAME_JA"),
        name_en=environment.text(f"{group}_NAME_EN"),
        issuer=issuer,
        client_id=environment.text(f"{group}_CLIENT_ID"),
        client_secret=environment.secret(f"{group}_CLIENT_SECRET", least=16),
        claims=_claims(environment, f"{group}_CLAIMS"),
        two_factors=environment.words(f"{group}_TWO_FACTORS", ()),
    )


def _claims(environment: Environment, name: str) -> dict[str, str]:
    pairs = [word.partition("=") for word in environment.words(name, ())]
    if any(ours not in CLAIMS or not theirs for ours, _equals, theirs in pairs):
        raise WrongSetting(f"{name} cannot be used: pairs are needed like email=mail, of {', '.join(CLAIMS)}")
    return {**CLAIMS, **{ours: theirs for ours, _equals, theirs in pairs}}


def safe(url: str) -> bool:
    """Whether secrets may be sent to this address: inside TLS, or without leaving the machine."""
    parts = urlsplit(url)
    if not parts.hostname or parts.username or parts.fragment:
        return False
    if parts.scheme == "https":
        return True
    try:
        return parts.scheme == "http" and ipaddress.ip_address(parts.hostname).is_loopback
    except ValueError:
        return False
