"""OWASP ASVS 5.0, chapter 10, what it asks of an authorization server and OpenID provider: a test for each id."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from madoguchi.provider.models import Grant
from madoguchi.provider.tests.sites import CALLBACK, LEFT, Program, asking, bank, told
from madoguchi.provider.validator import CODE_LIFE

pytestmark = pytest.mark.django_db
AWAY = "openid email profile offline_access"


def metadata():
    return Client().get("/.well-known/openid-configuration").json()


def page_of(customer, address: str):
    return customer.get(address, follow=True)


@pytest.mark.parametrize("address", [f"{CALLBACK}/", f"{CALLBACK}?a=b", f"{CALLBACK}#x", "https://mall.example/", LEFT])
def test_10_4_1_redirect_addresses_are_compared_character_by_character(shop, customer, address) -> None:
    assert customer.get(asking(shop.site, redirect_uri=address)).status_code == 400


def test_10_4_2_code_used_twice_revokes_what_was_issued_from_it(shop, customer) -> None:
    code = told(customer.get(asking(shop.site, scope=AWAY)))["code"]
    tokens = shop.exchange(code).json()
    assert shop.userinfo(tokens["access_token"]).status_code == 200
    assert shop.exchange(code).json()["error"] == "invalid_grant"
    assert shop.userinfo(tokens["access_token"]).status_code == 401
    assert shop.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert Grant.objects.get().end == Grant.End.CODE_REPLAYED


def test_10_4_3_code_is_good_for_a_minute(shop, customer) -> None:
    assert timedelta(minutes=1) >= CODE_LIFE
    code = told(customer.get(asking(shop.site)))["code"]
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert shop.exchange(code).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "kind", ["password", "client_credentials", "implicit", "urn:ietf:params:oauth:grant-type:device_code"]
)
def test_10_4_4_no_grant_but_code_and_refresh(shop, customer, kind) -> None:
    form = {"username": "alice@example.jp", "password": "aoi-madoguchi-1", "device_code": "x"}
    assert shop.post("/oidc/token", grant_type=kind, **form).json()["error"] == "unsupported_grant_type"
    assert told(customer.get(asking(shop.site, response_type="token")))["error"] == "unsupported_response_type"
    assert metadata()["grant_types_supported"] == ["authorization_code", "refresh_token"]
    assert metadata()["response_types_supported"] == ["code"]


def test_10_4_5_refresh_tokens_rotate_and_a_replay_revokes_the_family(shop, customer) -> None:
    first = shop.logged_in(customer, scope=AWAY)["refresh_token"]
    second = shop.refresh(first).json()["refresh_token"]
    assert shop.refresh(first).status_code == 400
    assert shop.refresh(second).status_code == 400


def test_10_4_6_pkce_always_and_never_plain(shop, customer) -> None:
    for wrong in ({"code_challenge": None}, {"code_challenge_method": "plain"}, {"code_challenge_method": None}):
        assert told(customer.get(asking(shop.site, **wrong)))["error"] == "invalid_request"
    code = told(customer.get(asking(shop.site)))["code"]
    assert shop.exchange(code, code_verifier="wrong-" * 10).status_code == 400
    assert metadata()["code_challenge_methods_supported"] == ["S256"]


@pytest.mark.parametrize("path", ["/oidc/register", "/oidc/register/", "/o/register/"])
def test_10_4_7_no_site_registers_itself(path) -> None:
    assert Client().post(path, {"redirect_uris": [CALLBACK]}, content_type="application/json").status_code == 404
    assert "registration_endpoint" not in metadata()


def test_10_4_8_refresh_tokens_have_an_absolute_end(shop, customer) -> None:
    token, began = shop.logged_in(customer, scope=AWAY)["refresh_token"], timezone.now()
    for day in range(20, 90, 20):
        with time_machine.travel(began + timedelta(days=day)):
            token = shop.refresh(token).json()["refresh_token"]
    with time_machine.travel(began + timedelta(days=91)):
        assert shop.refresh(token).status_code == 400


def test_10_4_9_customer_ends_tokens_on_a_page(shop, customer) -> None:
    tokens = shop.logged_in(customer, scope=AWAY)
    assert customer.post("/id/sites/aoba-mall/disconnect/").status_code == 302
    assert shop.userinfo(tokens["access_token"]).status_code == 401
    assert shop.refresh(tokens["refresh_token"]).status_code == 400


@pytest.mark.parametrize("path", ["/oidc/token", "/oidc/revoke", "/oidc/introspect"])
def test_10_4_10_sites_say_their_secret_at_every_endpoint(shop, path) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": "x", "token": "x", "client_id": "aoba-mall"}
    assert Client().post(path, form).status_code == 401
    assert Client().post(path, {**form, "client_secret": "wrong"}).status_code == 401
    assert Client().post(path, {**form, "client_secret": ""}).status_code == 401


def test_10_4_11_site_gets_only_the_scopes_it_may_have(shop, customer) -> None:
    shop.site.offline = False
    shop.site.save()
    assert told(customer.get(asking(shop.site, scope=AWAY)))["error"] == "invalid_scope"
    assert told(customer.get(asking(shop.site, scope="openid contracts")))["error"] == "invalid_scope"


def test_10_6_1_no_answer_in_a_fragment_or_form(shop, customer) -> None:
    for mode in ("fragment", "form_post", "web_message"):
        assert told(customer.get(asking(shop.site, response_mode=mode)))["error"] == "invalid_request"
    assert metadata()["response_modes_supported"] == ["query"]


def test_10_6_2_nobody_is_logged_out_by_a_link_alone(shop, customer) -> None:
    page = page_of(customer, "/oidc/logout")
    assert "ログアウトしますか" in page.content.decode()
    assert customer.get("/id/sites/").status_code == 200
    other = Program(*bank())
    assert page_of(customer, f"/oidc/logout?client_id={other.site.client_id}").status_code == 200
    assert customer.get("/id/sites/").status_code == 200


def test_10_7_1_no_code_without_consent(shop, customer) -> None:
    other = Program(*bank())
    answer = customer.get(asking(other.site))
    assert answer["Location"].startswith("/id/sites/approve/")
    assert Grant.objects.count() == 0


def test_10_7_2_consent_page_names_the_site_and_what_it_gets(shop, customer) -> None:
    page = page_of(customer, asking(Program(*bank()).site, scope=AWAY)).content.decode()
    for words in ("あおばモール", "alice@example.jp", "アオキ アリス", "90日間", "連携を解除"):
        assert words in page


def test_10_7_3_customer_sees_and_takes_back_consents(shop, customer) -> None:
    page = customer.get("/id/sites/").content.decode()
    assert "あおばモール" in page
    assert "メールアドレス" in page
    customer.post("/id/sites/aoba-mall/disconnect/")
    assert "連携を解除しました" not in customer.get("/id/sites/").content.decode()
    assert customer.get(asking(shop.site))["Location"].startswith("/id/sites/approve/")
