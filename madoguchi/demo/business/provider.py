"""あおばビジネス: an OpenID Connect provider of the sample operator, for the login by business account.

It vouches for the people below without asking them for anything: who is who is the visitor's choice. All else is the
protocol as any provider speaks it: discovery, authorization code with PKCE, an ID token with a signature.
"""

import base64
import hashlib
import hmac
import json
import time
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_plus

from django.conf import settings
from django.urls import reverse
from joserfc import jwt
from joserfc.jwk import ECKey

from madoguchi.demo.sample.logins import LOGINS
from madoguchi.lib.tokens import BrokenSeal, seal, unseal
from madoguchi.shell.languages import in_language

KEY, CLIENT_ID = "aoba", "counter"
# Everybody may know it: the provider exists in demos alone.
SECRET = "demo-only-secret-of-aoba-business"  # noqa: S105
PATH = "/demo/business"
_CODE_SECONDS, _TOKEN_SECONDS = 60, 600


@dataclass(frozen=True, slots=True)
class Employee:
    subject: str
    email: str
    family_name_kana: str
    given_name_kana: str


# One whose address has no customer ID yet, and one who has one already.
EMPLOYEES = (
    Employee("kumoi-0001", "tsubasa@kumo.example", "クモイ", "ツバサ"),
    *(
        Employee("kumoi-0002", login.email, login.family_name_kana, login.given_name_kana)
        for login in LOGINS
        if login.email == "jiro@example.jp"
    ),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the site asks for; it comes back with the code."""

    redirect_uri: str
    state: str
    nonce: str
    code_challenge: str


class NoCode(Exception):
    """The code is old, not ours, or somebody else's."""


def environment(site: str) -> dict[str, str]:
    """The settings by which the counter at ``site`` knows this provider."""
    group = f"MADOGUCHI_BUSINESS_{KEY.upper()}"
    return {
        "MADOGUCHI_BUSINESS_PROVIDERS": KEY,
        f"{group}_NAME_JA": "あおばビジネス",
        f"{group}_NAME_EN": "Aoba Business",
        f"{group}_ISSUER": site.rstrip("/") + PATH,
        f"{group}_CLIENT_ID": CLIENT_ID,
        f"{group}_CLIENT_SECRET": SECRET,
    }


def issuer() -> str:
    return f"{settings.SITE_URL}{PATH}"


def callback() -> str:
    """The one address codes are sent to."""
    return settings.SITE_URL + in_language(reverse("business:callback", args=[KEY]), "ja")


def code_for(employee: Employee, asked: Asked) -> str:
    """The code says itself what it stands for, sealed, so that nothing need be kept."""
    said = {"subject": employee.subject, "at": time.time(), **asdict(asked)}
    return seal(json.dumps(said)).decode("ascii")


def tokens(*, code: str, verifier: str, redirect_uri: str) -> dict[str, Any]:
    """The answer of the token endpoint. Raises :class:`NoCode`."""
    try:
        said = json.loads(unseal(code.encode()))
        employee = next(one for one in EMPLOYEES if one.subject == said["subject"])
    except (BrokenSeal, ValueError, KeyError, StopIteration):
        raise NoCode from None
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    if (
        time.time() - said["at"] > _CODE_SECONDS
        or not hmac.compare_digest(challenge, said["code_challenge"].encode())
        or redirect_uri != said["redirect_uri"]
    ):
        raise NoCode
    return {
        "access_token": "nothing-more-to-ask",
        "token_type": "Bearer",
        "expires_in": _TOKEN_SECONDS,
        "id_token": _id_token(employee, said),
    }


def is_the_counter(authorization: str) -> bool:
    """Whether the header of HTTP Basic names our client with its secret (RFC 6749, 2.3.1)."""
    kind, _space, encoded = authorization.partition(" ")
    try:
        user, _colon, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return False
    right = hmac.compare_digest(unquote_plus(password).encode(), SECRET.encode())
    return kind.lower() == "basic" and unquote_plus(user) == CLIENT_ID and right


def keys() -> dict[str, Any]:
    """The public half of the key, as a set."""
    return {"keys": [{**_key().as_dict(private=False), "kid": _key().thumbprint(), "use": "sig", "alg": "ES256"}]}


@lru_cache(maxsize=1)
def _key() -> ECKey:
    """Made anew with each process: who finds another one fetches the keys again."""
    return ECKey.generate_key("P-256")


def _id_token(employee: Employee, said: dict[str, Any]) -> str:
    now = int(time.time())
    claims = {
        "iss": issuer(),
        "aud": CLIENT_ID,
        "sub": employee.subject,
        "iat": now,
        "exp": now + _TOKEN_SECONDS,
        "auth_time": int(said["at"]),
        "nonce": said["nonce"],
        "email": employee.email,
        "email_verified": True,
        "family_name#ja-Kana-JP": employee.family_name_kana,
        "given_name#ja-Kana-JP": employee.given_name_kana,
    }
    return jwt.encode({"alg": "ES256", "kid": _key().thumbprint()}, claims, _key(), algorithms=["ES256"])
