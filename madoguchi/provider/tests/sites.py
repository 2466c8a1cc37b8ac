"""Sites of the tests, and the steps of the protocol as a site takes them."""

import base64
import hashlib
import json
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.test import Client
from jwcrypto.jwk import JWK

from madoguchi.accounts.models import Account
from madoguchi.accounts.tests.people import sign_in
from madoguchi.provider.models import Consent, Site, keys

# Drawing an RSA key takes a second: every test begins with the same ones.
_KEYS = [JWK.generate(kty="RSA", size=2048)]


def same_keys(patch: pytest.MonkeyPatch) -> None:
    waiting = iter(_KEYS)

    def drawn() -> JWK:
        key = next(waiting, None)
        if key is None:
            key = JWK.generate(kty="RSA", size=2048)
            _KEYS.append(key)
        return key

    patch.setattr(keys, "drawn", drawn)


VERIFIER = "a-verifier-of-at-least-forty-three-characters-0123456789"
CALLBACK = "https://mall.example/callback"
LEFT = "https://mall.example/left"


def challenge(verifier: str = VERIFIER) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def mall(**wishes: Any) -> tuple[Site, str]:
    given = {"silent": True, "offline": True, **wishes}
    return Site.objects.add(
        given.pop("client_id", "aoba-mall"),
        name_ja="あおばモール",
        name_en="Aoba Mall",
        home_url="https://mall.example/",
        redirect_uris=given.pop("redirect_uris", [CALLBACK]),
        post_logout_redirect_uris=[LEFT],
        **given,
    )


def bank() -> tuple[Site, str]:
    """A second site, of another sector."""
    return mall(client_id="aoba-bank", redirect_uris=["https://bank.example/callback"])


def asking(site: Site, **wishes: str | None) -> str:
    """The address a site sends its customer to."""
    given: dict[str, str | None] = {
        "response_type": "code",
        "client_id": site.client_id,
        "redirect_uri": site.addresses[0],
        "scope": "openid email profile",
        "state": "a-state",
        "nonce": "a-nonce",
        "code_challenge": challenge(),
        "code_challenge_method": "S256",
        **wishes,
    }
    return f"/oidc/authorize?{urlencode({name: value for name, value in given.items() if value is not None})}"


def parameters(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def told(answer: Any) -> dict[str, str]:
    """What a site is told at its address."""
    assert answer.status_code in (302, 303), answer.status_code
    return parameters(answer["Location"])


def consent(account: Any, site: Site, scope: str = "openid email profile") -> Consent:
    return Consent.objects.give(account, site, scopes=scope.split())


def basic(site: Site, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{site.client_id}:{secret}".encode()).decode()


class Customer(Client):
    """A browser in which ``account`` is signed in."""

    def __init__(self, account: Account) -> None:
        super().__init__()
        self.account = account
        self.sign_in = sign_in(self, account)


class Program:
    """A site's server: speaks with the token endpoints as itself."""

    def __init__(self, site: Site, secret: str) -> None:
        self.site, self.secret, self.http = site, secret, Client()

    def post(self, path: str, **form: str) -> Any:
        return self.http.post(path, form, headers={"Authorization": basic(self.site, self.secret)})

    def exchange(self, code: str, **wishes: str) -> Any:
        form = {"redirect_uri": self.site.addresses[0], "code_verifier": VERIFIER, **wishes}
        return self.post("/oidc/token", grant_type="authorization_code", code=code, **form)

    def refresh(self, token: str, **wishes: str) -> Any:
        return self.post("/oidc/token", grant_type="refresh_token", refresh_token=token, **wishes)

    def userinfo(self, token: str) -> Any:
        return self.http.get("/oidc/userinfo", headers={"Authorization": f"Bearer {token}"})

    def logged_in(self, customer: Client, **wishes: str) -> dict[str, Any]:
        """The tokens after a login of ``customer``, who allowed the site before."""
        answer = customer.get(asking(self.site, **wishes))
        tokens = self.exchange(told(answer)["code"])
        assert tokens.status_code == 200, tokens.content
        return dict(tokens.json())


def claims(token: str) -> dict[str, Any]:
    """Of an ID token, unproven."""
    payload = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))))
