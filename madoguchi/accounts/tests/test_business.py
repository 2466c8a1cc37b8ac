"""What comes back from a provider of business accounts: believed only when everything about it is right.

Named after the requirements of OWASP ASVS 5.0 (docs/security.md).
"""

import time
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import RequestFactory
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from madoguchi.accounts.business import asking, vouching
from madoguchi.accounts.business.providers import CLAIMS, Provider
from madoguchi.accounts.business.refusals import Refused, Why
from madoguchi.accounts.business.vouching import Begun

pytestmark = pytest.mark.django_db
SECRET = "a-secret-of-the-provider"
COMPANY = Provider("company", "会社", "Company", "https://id.company.example", "madoguchi", SECRET, dict(CLAIMS))
OTHER = Provider("other", "別会社", "Other", "https://id.other.example", "madoguchi", SECRET, dict(CLAIMS))
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
STRANGERS = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
NOT_AT_ALL = "e30"  # {}


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def metadata(provider: Provider) -> dict[str, Any]:
        return {"issuer": provider.issuer, "authorization_endpoint": f"{provider.issuer}/authorize"}

    monkeypatch.setattr(asking, "metadata", metadata)
    monkeypatch.setattr(asking, "keys", lambda provider, again=False: {"keys": [KEY.as_dict(private=False)]})
    monkeypatch.setattr(asking, "userinfo", lambda provider, access_token: {})


def visitor() -> HttpRequest:
    request = RequestFactory().get("/id/business/company/")
    request.session = SessionStore()
    return request


def begun(provider: Provider = COMPANY) -> Begun:
    return Begun(provider.key, "login", None, "/my/", "the-nonce", "the-verifier", time.time())


def claims(**changed: Any) -> dict[str, Any]:
    now = int(time.time())
    said = {"iss": COMPANY.issuer, "aud": "madoguchi", "sub": "u-1", "nonce": "the-nonce", "iat": now, "exp": now + 300}
    return {name: value for name, value in {**said, **changed}.items() if value is not None}


def answer(monkeypatch: pytest.MonkeyPatch, token: str) -> vouching.Vouched:
    monkeypatch.setattr(asking, "token", lambda provider, **_asked: {"id_token": token})
    return vouching.finish(COMPANY, begun(), code="a-code")


def signed(key: RSAKey = KEY, **changed: Any) -> str:
    return jwt.encode({"alg": "RS256", "kid": "one"}, claims(**changed), key)


def refused(monkeypatch: pytest.MonkeyPatch, token: str) -> Why:
    with pytest.raises(Refused) as why:
        answer(monkeypatch, token)
    return why.value.why


def test_what_is_right_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    vouched = answer(monkeypatch, signed())
    assert (vouched.issuer, vouched.subject) == (COMPANY.issuer, "u-1")


def test_v6_8_1_a_person_is_one_of_a_certain_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same subject, vouched for by another provider, is another person."""
    assert refused(monkeypatch, signed(iss=OTHER.issuer)) is Why.TOKEN
    ours = answer(monkeypatch, signed())
    monkeypatch.setattr(asking, "token", lambda provider, **_asked: {"id_token": signed(iss=OTHER.issuer)})
    theirs = vouching.finish(OTHER, begun(OTHER), code="a-code")
    assert ours.subject == theirs.subject
    assert (ours.issuer, ours.subject) != (theirs.issuer, theirs.subject)


def test_v6_8_2_only_what_the_provider_signed_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    good = signed()
    head, body, signature = good.split(".")
    shared = jwt.encode({"alg": "HS256"}, claims(), OctKey.import_key(SECRET))
    for token in (
        signed(STRANGERS),
        f"eyJhbGciOiJub25lIn0.{body}.",
        f"{head}.{body}.",
        f"{head}.{NOT_AT_ALL}.{signature}",
        shared,
        "",
        "no token",
    ):
        assert refused(monkeypatch, token) is Why.TOKEN, token


def test_v10_1_2_only_an_answer_to_what_this_browser_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    hers, his = visitor(), visitor()
    address = vouching.begin(hers, COMPANY, purpose="login", next="/my/", language="ja")
    state = dict(pair.split("=", 1) for pair in address.partition("?")[2].split("&"))["state"]
    for somebody, given in ((his, state), (hers, "ja.invented"), (hers, "")):
        with pytest.raises(Refused):
            vouching.set_out(somebody, COMPANY, given)
    assert vouching.set_out(hers, COMPANY, state).provider == "company"
    with pytest.raises(Refused):  # and once
        vouching.set_out(hers, COMPANY, state)


def test_v10_2_1_state_nonce_and_pkce_are_new_each_time() -> None:
    request = visitor()
    asked = [
        dict(
            pair.split("=", 1)
            for pair in vouching.begin(request, COMPANY, purpose="login", next="", language="ja")
            .partition("?")[2]
            .split("&")
        )
        for _time in range(2)
    ]
    for name in ("state", "nonce", "code_challenge"):
        assert asked[0][name] != asked[1][name]
        assert len(asked[0][name]) >= 43
    assert asked[0]["code_challenge_method"] == "S256"


def test_v10_2_2_an_answer_of_another_provider_is_refused() -> None:
    request = visitor()
    address = vouching.begin(request, COMPANY, purpose="login", next="/my/", language="ja")
    state = dict(pair.split("=", 1) for pair in address.partition("?")[2].split("&"))["state"]
    with pytest.raises(Refused):
        vouching.set_out(request, OTHER, state)
    with pytest.raises(Refused):
        vouching.code_of(COMPANY, {"code": "a-code", "iss": OTHER.issuer})
    assert vouching.code_of(COMPANY, {"code": "a-code", "iss": COMPANY.issuer}) == "a-code"


@pytest.mark.parametrize("nonce", ["another", "", None])
def test_v10_5_1_an_id_token_of_another_login_is_refused(monkeypatch: pytest.MonkeyPatch, nonce: str | None) -> None:
    assert refused(monkeypatch, signed(nonce=nonce)) is Why.TOKEN


@pytest.mark.parametrize("sub", [None, "", "s" * 256, 7])
def test_v10_5_2_without_a_subject_nobody_is_meant(monkeypatch: pytest.MonkeyPatch, sub: Any) -> None:
    assert refused(monkeypatch, signed(sub=sub, email="u@company.example", email_verified=True)) is Why.TOKEN


@pytest.mark.parametrize("issuer", [OTHER.issuer, f"{COMPANY.issuer}/", "http://id.company.example", None])
def test_v10_5_3_a_description_of_another_issuer_is_refused(issuer: str | None) -> None:
    said = {
        "issuer": issuer,
        "authorization_endpoint": f"{COMPANY.issuer}/authorize",
        "token_endpoint": f"{COMPANY.issuer}/token",
        "jwks_uri": f"{COMPANY.issuer}/jwks",
    }
    with pytest.raises(Refused):
        asking._checked(COMPANY, said)
    assert asking._checked(COMPANY, {**said, "issuer": COMPANY.issuer})


@pytest.mark.parametrize("audience", ["somebody-else", ["somebody-else"], None, ["somebody-else", "another"]])
def test_v10_5_4_an_id_token_for_somebody_else_is_refused(monkeypatch: pytest.MonkeyPatch, audience: Any) -> None:
    assert refused(monkeypatch, signed(aud=audience)) is Why.TOKEN


def test_v6_8_4_without_a_word_of_its_strength_one_factor_is_assumed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not answer(monkeypatch, signed()).two_factors
    assert not answer(monkeypatch, signed(amr=["pwd", "otp", "mfa"])).two_factors  # not agreed on with this provider
    assert answer(monkeypatch, signed()).proven_at < time.time() - 3600  # as old as it may be
