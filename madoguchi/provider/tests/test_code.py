"""From ``/oidc/authorize`` to a code, and from a code to tokens."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from madoguchi.accounts.models import AuthEvent, SignIn
from madoguchi.accounts.tests.people import charlie, sign_in
from madoguchi.provider.models import AccessToken, Consent, Grant
from madoguchi.provider.tests.sites import CALLBACK, Customer, Program, asking, bank, claims, mall, told
from madoguchi.provider.validator import checksum

pytestmark = pytest.mark.django_db


def test_who_allowed_the_site_goes_straight_through(shop, customer) -> None:
    answer = customer.get(asking(shop.site))
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"{CALLBACK}?")
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "no-referrer"
    assert told(answer)["state"] == "a-state"
    assert told(answer)["iss"] == settings.SITE_URL  # RFC 9207


def test_id_token_says_how_and_when_it_was_proven(shop, customer) -> None:
    tokens = shop.logged_in(customer)
    said = claims(tokens["id_token"])
    proof = AuthEvent.objects.get(sign_in=customer.sign_in)
    assert said["auth_time"] == int(proof.at.timestamp())
    assert said["acr"] == "pwd"
    assert said["amr"] == ["pwd"]
    assert said["nonce"] == "a-nonce"
    assert said["aud"] == "aoba-mall"
    assert said["exp"] - said["iat"] == 600
    assert set(said) == {
        *("iss", "sub", "aud", "exp", "iat", "jti", "auth_time", "acr", "amr", "nonce", "at_hash"),
    }


def test_acr_and_amr_follow_the_ledger(shop, customer) -> None:
    sign_in(customer, customer.account, second_factor=True)
    said = claims(shop.logged_in(customer)["id_token"])
    assert said["acr"] == "mfa"
    assert said["amr"] == ["pwd", "otp", "mfa"]


def test_sub_is_another_for_each_sector_and_never_the_public_id(shop, customer) -> None:
    other = Program(*bank())
    Consent.objects.give(customer.account, other.site, scopes=["openid", "email", "profile"])
    here, again = (claims(shop.logged_in(customer)["id_token"])["sub"] for _login in range(2))
    there = claims(other.logged_in(customer)["id_token"])["sub"]
    assert here == again
    assert here != there
    assert str(customer.account.public_id) not in (here, there)
    assert str(customer.account.pk) not in (here, there)


def test_sites_of_one_sector_know_a_customer_by_the_same_sub(shop, customer) -> None:
    sister = Program(*mall(client_id="aoba-books", redirect_uris=["https://books.example/cb"], sector="mall.example"))
    Consent.objects.give(customer.account, sister.site, scopes=["openid", "email", "profile"])
    assert claims(shop.logged_in(customer)["id_token"])["sub"] == claims(sister.logged_in(customer)["id_token"])["sub"]


def test_codes_and_tokens_are_stored_as_digests_alone(shop, customer) -> None:
    code = told(customer.get(asking(shop.site, scope="openid offline_access")))["code"]
    assert Grant.objects.get().code == checksum(code)
    tokens = shop.exchange(code).json()
    access = AccessToken.objects.get()
    assert access.token == ""
    assert access.token_checksum == checksum(tokens["access_token"])
    refresh = access.grant.refresh_tokens.get()
    assert refresh.token == ""
    assert refresh.token_checksum == checksum(tokens["refresh_token"])


def test_tokens_are_never_logged(shop, customer, caplog) -> None:
    with caplog.at_level("DEBUG"):
        for name in ("oauthlib", "oauth2_provider"):
            # As settings.LOGGING has it; caplog lowers the root alone.
            caplog.set_level("WARNING", logger=name)
        tokens = shop.logged_in(customer, scope="openid offline_access")
        shop.refresh(tokens["refresh_token"])
        shop.refresh(tokens["refresh_token"])
    for secret in (tokens["access_token"], tokens["refresh_token"], tokens["id_token"], shop.secret):
        assert secret not in caplog.text
    assert "refresh token replayed" in caplog.text


def test_settings_keep_the_toolkits_own_lines_out() -> None:
    for name in ("oauthlib", "oauth2_provider"):
        assert settings.LOGGING["loggers"][name]["level"] == "WARNING"


@pytest.mark.parametrize(
    "wrong",
    [
        {"code_verifier": "another-verifier-of-at-least-forty-three-characters"},
        {"redirect_uri": "https://mall.example/callback/"},
        {"redirect_uri": "https://evil.example/callback"},
    ],
)
def test_code_with_anything_wrong_is_refused_and_used_up(shop, customer, wrong) -> None:
    code = told(customer.get(asking(shop.site)))["code"]
    assert shop.exchange(code, **wrong).status_code == 400
    assert shop.exchange(code).status_code == 400
    assert AccessToken.objects.count() == 0


def test_code_of_one_site_is_nothing_to_another(shop, customer) -> None:
    code = told(customer.get(asking(shop.site)))["code"]
    answer = Program(*bank()).exchange(code)
    assert answer.json()["error"] == "invalid_grant"
    assert shop.exchange(code).status_code == 200  # and it did no harm


def test_without_verifier_or_secret_nothing_is_issued(shop, customer) -> None:
    code = told(customer.get(asking(shop.site)))["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    assert shop.http.post("/oidc/token", {**form, "client_id": "aoba-mall"}).status_code == 401
    assert shop.post("/oidc/token", **form).status_code == 400
    shop.secret = "wrong"
    assert shop.post("/oidc/token", **form).status_code == 401


def test_access_token_without_offline_access_ends_with_the_sign_in(shop, customer) -> None:
    tokens = shop.logged_in(customer)
    assert "refresh_token" not in tokens
    assert shop.userinfo(tokens["access_token"]).status_code == 200
    customer.sign_in.finish(SignIn.End.LOGOUT)
    assert shop.userinfo(tokens["access_token"]).status_code == 401


def test_access_token_is_good_for_ten_minutes(shop, customer) -> None:
    tokens = shop.logged_in(customer)
    assert tokens["expires_in"] == 600
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert shop.userinfo(tokens["access_token"]).status_code == 401


def test_customer_of_another_browser_gets_nothing(shop, customer) -> None:
    answer = Customer(charlie()).get(asking(shop.site))
    assert answer["Location"].startswith("/id/sites/approve/")
