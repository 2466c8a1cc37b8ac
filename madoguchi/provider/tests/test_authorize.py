"""What ``/oidc/authorize`` lets through, tells the site, or shows the customer."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from madoguchi.accounts import limits
from madoguchi.accounts.tests.people import bob
from madoguchi.catalog.models import LegalText
from madoguchi.provider.disconnect import disconnect
from madoguchi.provider.endpoints import authorize
from madoguchi.provider.models import AuthorizationRequest, Grant
from madoguchi.provider.tests.sites import CALLBACK, Customer, asking, consent, parameters, told

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": "unknown"},
        {"client_id": None},
        {"client_id": "nul\0l"},
        {"redirect_uri": "https://evil.example/callback"},
        {"redirect_uri": f"{CALLBACK}/"},
        {"redirect_uri": f"{CALLBACK}?x=1"},
        {"redirect_uri": CALLBACK.upper()},
        {"redirect_uri": CALLBACK.replace("https", "http")},
        {"redirect_uri": "https://mall.example:443/callback"},
        {"redirect_uri": "javascript:alert(1)"},
        {"state": "x" * 2001},
    ],
)
def test_nobody_is_sent_to_what_is_not_registered(shop, customer, wrong) -> None:
    answer = customer.get(asking(shop.site, **wrong))
    assert answer.status_code == 400
    assert "Location" not in answer
    assert "この要求は受け付けられません" in answer.content.decode()
    assert Grant.objects.count() == 0


def test_refusal_speaks_the_language_the_site_asked_for(shop, customer) -> None:
    answer = customer.get(asking(shop.site, client_id="unknown", ui_locales="fr en"))
    assert "This request cannot be carried out" in answer.content.decode()


def test_address_may_be_left_out_where_there_is_but_one(shop, customer) -> None:
    assert told(customer.get(asking(shop.site, redirect_uri=None)))["code"]


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "id_token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unauthorized_client"),
        ({"response_type": None}, "invalid_request"),
        ({"scope": "openid admin"}, "invalid_scope"),
        ({"scope": "email"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": "too-short"}, "invalid_request"),
        ({"prompt": "select_account"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"nonce": "n" * 256}, "invalid_request"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"request": "a.b.c"}, "request_not_supported"),
        ({"request_uri": "https://mall.example/r"}, "request_uri_not_supported"),
    ],
)
def test_site_is_told_what_is_wrong(shop, customer, wrong, error) -> None:
    answer = customer.get(asking(shop.site, **wrong))
    assert answer["Location"].startswith(f"{CALLBACK}?")
    assert told(answer)["error"] == error
    assert told(answer)["state"] == "a-state"
    assert told(answer)["iss"] == settings.SITE_URL
    assert "code" not in told(answer)


def test_parameter_given_twice_is_refused(shop, customer) -> None:
    assert customer.get(asking(shop.site) + "&state=another").status_code == 400


def test_hint_that_is_no_token_of_ours_is_ignored(shop, customer) -> None:
    assert told(customer.get(asking(shop.site, id_token_hint="a.b.c")))["code"]


class TestPromptNone:
    """Silent: an answer at once, whatever it is, and never a page."""

    def test_signed_in_and_allowed_gets_a_code(self, shop, customer) -> None:
        assert told(customer.get(asking(shop.site, prompt="none")))["code"]

    def test_nobody_signed_in(self, shop) -> None:
        assert told(Client().get(asking(shop.site, prompt="none")))["error"] == "login_required"

    def test_never_a_code_to_a_client_not_consented_to(self, shop, customer) -> None:
        disconnect(customer.account, shop.site)
        assert told(customer.get(asking(shop.site, prompt="none")))["error"] == "consent_required"
        assert Grant.objects.count() == 0

    def test_never_more_than_was_consented_to(self, shop) -> None:
        customer = Customer(bob())
        consent(customer.account, shop.site, "openid")
        assert told(customer.get(asking(shop.site, prompt="none", scope="openid")))["code"]
        assert told(customer.get(asking(shop.site, prompt="none")))["error"] == "consent_required"

    def test_site_without_leave_for_it(self, shop, customer) -> None:
        shop.site.silent = False
        shop.site.save()
        assert told(customer.get(asking(shop.site, prompt="none")))["error"] == "interaction_required"

    def test_proof_too_old(self, shop, customer) -> None:
        with time_machine.travel(timezone.now() + timedelta(minutes=5)):
            assert told(customer.get(asking(shop.site, prompt="none", max_age="60")))["error"] == "login_required"
            assert told(customer.get(asking(shop.site, prompt="none", max_age="3600")))["code"]

    def test_terms_not_accepted(self, shop, customer) -> None:
        LegalText.objects.create(kind="terms", version="2", body_ja="新", body_en="new")
        assert told(customer.get(asking(shop.site, prompt="none")))["error"] == "interaction_required"

    def test_somebody_else_than_the_site_means(self, shop, customer) -> None:
        meant = shop.logged_in(customer)["id_token"]
        other = Customer(bob())
        assert told(other.get(asking(shop.site, prompt="none", id_token_hint=meant)))["error"] == "login_required"
        assert told(customer.get(asking(shop.site, prompt="none", id_token_hint=meant)))["code"]

    def test_as_a_form_too(self, shop, customer) -> None:
        form = parameters(asking(shop.site, prompt="none"))
        page = customer.post("/oidc/authorize", form)
        assert page.status_code == 303
        assert "code=" in customer.get(page["Location"]).content.decode()


class TestLanguage:
    def test_follows_what_the_site_asks_for(self, shop) -> None:
        answer = Client().get(asking(shop.site, ui_locales="fr-CA en-GB ja"))
        assert answer["Location"].startswith("/en/id/sites/approve/")

    def test_else_the_customers_own(self, shop) -> None:
        english = Customer(bob(language="en"))
        assert english.get(asking(shop.site))["Location"].startswith("/en/id/sites/approve/")

    def test_else_japanese(self, shop) -> None:
        assert Client().get(asking(shop.site))["Location"].startswith("/id/sites/approve/")


def test_login_hint_is_not_kept(shop) -> None:
    Client().get(asking(shop.site, login_hint="alice@example.jp"))
    assert "login_hint" not in AuthorizationRequest.objects.get().parameters


def test_one_network_cannot_fill_the_table(shop, monkeypatch) -> None:
    monkeypatch.setattr(authorize, "KEPT_REQUESTS", limits.Limit("site requests", 2, timedelta(minutes=15)))
    stranger = Client()
    assert [stranger.get(asking(shop.site)).status_code for _request in range(3)] == [303, 303, 429]
    assert AuthorizationRequest.objects.count() == 2
