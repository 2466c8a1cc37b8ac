"""Whatever is sent to the endpoints, the answer is one of the protocol's, never a 500."""

import base64
from urllib.parse import urlencode

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from madoguchi.provider.tests.sites import asking, basic, parameters

pytestmark = pytest.mark.django_db
PATHS = ["/oidc/token", "/oidc/revoke", "/oidc/introspect"]
NAMES = [
    *("grant_type", "code", "redirect_uri", "client_id", "client_secret", "code_verifier", "refresh_token", "scope"),
    *("token", "token_type_hint", "resource", "prompt", "max_age", "state", "nonce", "claims", "response_type"),
    *("id_token_hint", "ui_locales", "post_logout_redirect_uri", "response_mode", "code_challenge"),
]
WORDS = st.sampled_from(
    [
        "",
        "\0",
        "aoba-mall",
        "authorization_code",
        "refresh_token",
        "openid",
        "none",
        "{",
        "[]",
        "é",
        "あ",
        "a.b.c",
        "-1",
    ]
) | st.text(max_size=20)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "header",
    [
        "Basic",
        "Basic ",
        "Basic ###",
        "Basic " + base64.b64encode(b"nocolon").decode(),
        "Basic " + base64.b64encode(b"nul\0l:secret").decode(),
        "Basic " + base64.b64encode(b"\xff\xfe:secret").decode(),
        "Basic " + base64.b64encode("あ:い".encode()).decode(),
        "Bearer x",
        "Nonsense",
    ],
)
def test_credentials_that_are_none(shop, path, header) -> None:
    answer = Client().post(path, {"token": "x", "grant_type": "refresh_token"}, headers={"Authorization": header})
    assert answer.status_code in (400, 401)


@pytest.mark.parametrize("path", PATHS)
def test_name_that_is_none(shop, path) -> None:
    form = {"token": "x", "grant_type": "authorization_code", "code": "x", "client_secret": shop.secret}
    for client_id in ("nul\0l", "", "あ", "x" * 9000):
        assert Client().post(path, {**form, "client_id": client_id}).status_code in (400, 401)
    assert Client().post(path, form).status_code in (400, 401)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("body", [b"", b"\0", b"a=%ff%fe", b"%%%", b'{"grant_type": 1}', b"&&==&", "あ=い".encode()])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "application/json", "text/plain", "multipart/x"])
def test_bodies_that_are_none(shop, path, body, kind) -> None:
    sent = {"headers": {"Authorization": basic(shop.site, shop.secret)}, "content_type": kind}
    assert Client().generic("POST", path, body, **sent).status_code in (400, 401)


@pytest.mark.parametrize("path", [*PATHS, "/oidc/userinfo", "/oidc/jwks", "/.well-known/openid-configuration"])
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods(path, method) -> None:
    assert Client().generic(method, path).status_code == 405


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(NAMES), WORDS, max_size=6), st.sampled_from(PATHS))
def test_any_form(shop, form, path) -> None:
    headers = {"Authorization": basic(shop.site, shop.secret)}
    assert Client().post(path, form, headers=headers).status_code in (200, 400, 401)


@settings(max_examples=80)
@given(st.dictionaries(st.sampled_from(NAMES), WORDS, max_size=4), st.booleans())
def test_any_authorization_request(shop, customer, wishes, whole) -> None:
    given_ = {**(parameters(asking(shop.site)) if whole else {}), **wishes}
    assert customer.get(f"/oidc/authorize?{urlencode(given_)}").status_code in (302, 303, 400)
    assert customer.post("/oidc/authorize", given_).status_code in (302, 303, 400)
    assert customer.get(f"/oidc/logout?{urlencode(wishes)}").status_code in (303, 400)


@pytest.mark.parametrize("query", ["%", "%%%", "a=%ff", "client_id=%00", "=", "&&&", "client_id=aoba-mall&client_id=x"])
def test_queries_that_are_none(shop, query) -> None:
    assert Client().get(f"/oidc/authorize?{query}").status_code in (302, 400)
    assert Client().get(f"/oidc/logout?{query}").status_code in (303, 400)
    assert Client().get(f"/id/sites/leave/?{query}").status_code == 410
