"""``/id/sites/approve/<handle>/``: logging in, proving it again, the terms, the consent, and on to the site."""

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from madoguchi.accounts.models import AuthEvent
from madoguchi.accounts.tests.people import PASSWORD, alice, bob, charlie
from madoguchi.catalog.models import LegalText
from madoguchi.provider.models import Consent, Grant
from madoguchi.provider.tests.sites import CALLBACK, Customer, Program, asking, bank, claims, consent, parameters, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def stranger(shop) -> Customer:
    """Signed in, and never was at the site."""
    return Customer(charlie())


def page_for(client: Client, site, **wishes) -> str:
    answer = client.get(asking(site, **wishes))
    assert answer.status_code == 303
    return str(answer["Location"])


def passed_on(answer) -> dict[str, str]:
    """What the page that goes on by itself leads to."""
    assert answer.status_code == 200
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', answer.content.decode())
    assert found, answer.content.decode()
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]
    return parameters(unescape(found[1]))


class TestConsent:
    def test_page_says_who_asks_for_what(self, shop, stranger) -> None:
        answer = stranger.get(page_for(stranger, shop.site))
        page = answer.content.decode()
        for words in ("あおばモール", "charlie@example.com", "チバ チャーリー", "許可してログインする", "許可しない"):
            assert words in page
        assert "no-store" in answer["Cache-Control"]

    def test_page_in_english(self, shop, stranger) -> None:
        page = stranger.get(page_for(stranger, shop.site, ui_locales="en")).content.decode()
        assert "Log in to Aoba Mall with your customer ID" in page
        assert "Allow and log in" in page

    def test_looking_at_the_page_gives_nothing(self, shop, stranger) -> None:
        stranger.get(page_for(stranger, shop.site))
        assert Consent.objects.count() == Grant.objects.count() == 0

    def test_approving_leads_to_the_site_and_is_remembered(self, shop, stranger) -> None:
        answer = stranger.post(page_for(stranger, shop.site), {"approve": "1"})
        assert answer.status_code == 303
        assert answer["Location"].startswith(f"{CALLBACK}?")
        assert shop.exchange(told(answer)["code"]).status_code == 200
        assert told(stranger.get(asking(shop.site)))["code"]
        event = AuthEvent.objects.get(method=AuthEvent.Method.SITE_CONNECTED)
        assert (event.account, event.detail) == (stranger.account, "aoba-mall")

    def test_refusing_tells_the_site_and_gives_nothing(self, shop, stranger) -> None:
        answer = stranger.post(page_for(stranger, shop.site), {"refuse": "1"})
        assert told(answer)["error"] == "access_denied"
        assert told(answer)["state"] == "a-state"
        assert Consent.objects.count() == Grant.objects.count() == 0

    def test_form_may_end_at_this_site_and_at_no_other(self, shop, stranger) -> None:
        """Chromium holds ``form-action`` against the redirects after a form."""
        answer = stranger.get(page_for(stranger, shop.site))
        assert "form-action 'self' https://mall.example;" in answer["Content-Security-Policy"] + ";"
        other = stranger.get("/id/sites/")
        assert "form-action 'self';" in other["Content-Security-Policy"] + ";"

    def test_new_scope_is_asked_for_and_marked(self, shop, stranger) -> None:
        consent(stranger.account, shop.site, "openid email")
        page = stranger.get(page_for(stranger, shop.site))
        assert page.content.decode().count("今回追加") == 1
        stranger.post(page_for(stranger, shop.site), {"approve": "1"})
        assert Consent.objects.standing(stranger.account).get().scopes == ["openid", "email", "profile"]
        assert Consent.objects.count() == 2  # what was allowed before stays on record

    def test_prompt_consent_asks_again(self, shop, customer) -> None:
        page = page_for(customer, shop.site, prompt="consent")
        assert "許可してログインする" in customer.get(page).content.decode()
        assert told(customer.post(page, {"approve": "1"}))["code"]

    def test_pressing_twice_makes_one_consent(self, shop, stranger) -> None:
        page = page_for(stranger, shop.site)
        for _press in range(2):
            assert told(stranger.post(page, {"approve": "1"}))["code"]
        assert Consent.objects.count() == 1
        assert told(stranger.post(page, {"refuse": "1"}))["error"] == "access_denied"

    def test_form_needs_its_token(self, shop, stranger) -> None:
        page = page_for(stranger, shop.site)
        strict = Client(enforce_csrf_checks=True, cookies=None)
        strict.cookies = stranger.cookies
        assert strict.post(page, {"approve": "1"}).status_code == 403
        assert Consent.objects.count() == 0

    def test_form_without_an_answer_asks_again(self, shop, stranger) -> None:
        assert stranger.post(page_for(stranger, shop.site), {}).status_code == 200
        assert Consent.objects.count() == 0

    def test_consent_of_alice_is_not_bobs(self, shop, customer) -> None:
        page = page_for(customer, shop.site, prompt="consent")
        colleague = Customer(bob())
        assert "bob@example.jp" in colleague.get(page).content.decode()
        colleague.post(page, {"approve": "1"})
        assert Grant.objects.get().user == colleague.account


class TestLogin:
    def log_in(self, client: Client, page: str, email: str):
        answer = client.get(page)
        assert answer["Location"].startswith("/id/login/?next=%2Fid%2Fsites%2Fapprove%2F")
        form = {"email": email, "password": PASSWORD, "next": page}
        return client.post("/id/login/", form)

    def test_first_login_then_consent_then_the_site(self, shop, client) -> None:
        charlie()
        page = page_for(client, shop.site)
        assert self.log_in(client, page, "charlie@example.com")["Location"] == page
        assert told(client.post(page, {"approve": "1"}))["code"]

    def test_who_allowed_it_before_is_passed_on_after_the_login(self, shop, customer, client) -> None:
        """By a page: the login page's own ``form-action`` lets no redirect lead to another site."""
        page = page_for(client, shop.site)
        self.log_in(client, page, "alice@example.jp")
        assert shop.exchange(passed_on(client.get(page))["code"]).status_code == 200

    def test_another_id_may_be_used(self, shop, customer) -> None:
        page = page_for(customer, shop.site, prompt="consent")
        answer = customer.post(page, {"other": "1"})
        assert answer["Location"].startswith("/id/login/?next=")
        assert customer.get("/id/sites/").status_code == 302

    def test_somebody_else_than_the_site_means(self, shop, customer) -> None:
        meant = shop.logged_in(customer)["id_token"]
        other = Customer(bob())
        page = page_for(other, shop.site, id_token_hint=meant)
        assert passed_on(other.get(page))["error"] == "login_required"


class TestFreshProof:
    """``prompt=login`` and ``max_age`` lead through ``/id/prove/``; the ID token says when it was."""

    def prove(self, client: Client, page: str):
        assert client.get(page)["Location"] == "/id/prove/"
        answer = client.post("/id/prove/", {"password": PASSWORD, "way": "password"})
        assert answer.status_code == 302, answer.content.decode()
        assert answer["Location"] == page
        return client.get(page)

    @pytest.mark.parametrize("wish", [{"prompt": "login"}, {"max_age": "60"}, {"max_age": "0"}])
    def test_asks_for_the_password_once_and_goes_on(self, shop, customer, wish) -> None:
        with time_machine.travel(timezone.now() + timedelta(minutes=10)):
            asked = int(timezone.now().timestamp())
            page = page_for(customer, shop.site, **wish)
            tokens = shop.exchange(passed_on(self.prove(customer, page))["code"]).json()
            assert claims(tokens["id_token"])["auth_time"] >= asked

    def test_fresh_enough_is_not_asked(self, shop, customer) -> None:
        with time_machine.travel(timezone.now() + timedelta(seconds=50)):
            assert told(customer.get(asking(shop.site, max_age="60")))["code"]


class TestTerms:
    def test_new_terms_come_first(self, shop, customer) -> None:
        LegalText.objects.create(kind="terms", version="2", body_ja="新", body_en="new")
        page = page_for(customer, shop.site)
        assert customer.get(page)["Location"].startswith("/id/terms/?next=%2Fid%2Fsites%2Fapprove%2F")
        assert customer.post(page, {"approve": "1"}).status_code == 302  # not around them
        assert Grant.objects.count() == 0
        assert customer.post("/id/terms/", {"version": "2", "next": page})["Location"] == page
        assert passed_on(customer.get(page))["code"]


class TestOver:
    def test_unknown_and_old_handles(self, shop, customer) -> None:
        assert customer.get("/id/sites/approve/unknown/").status_code == 410
        page = page_for(customer, shop.site, prompt="consent")
        with time_machine.travel(timezone.now() + timedelta(minutes=61)):
            answer = customer.get(page)
        assert answer.status_code == 410
        assert "時間切れ" in answer.content.decode()

    def test_site_that_lost_the_address_meanwhile(self, shop, customer) -> None:
        page = page_for(customer, shop.site, prompt="consent")
        shop.site.redirect_uris = "https://mall.example/new"
        shop.site.save()
        assert customer.get(page).status_code == 410

    def test_site_removed_meanwhile(self, shop, customer) -> None:
        page = page_for(customer, shop.site, prompt="consent")
        shop.site.delete()
        assert customer.get(page).status_code == 410

    def test_site_that_may_ask_for_less_by_now(self, shop, customer) -> None:
        page = page_for(customer, shop.site, prompt="consent", scope="openid offline_access")
        shop.site.offline = False
        shop.site.save()
        assert told(customer.post(page, {"approve": "1"}))["error"] == "invalid_scope"


def test_two_sites_keep_apart(shop, stranger) -> None:
    other = Program(*bank())
    stranger.post(page_for(stranger, shop.site), {"approve": "1"})
    assert stranger.get(asking(other.site))["Location"].startswith("/id/sites/approve/")


def test_alice_needs_no_second_look(shop) -> None:
    """The whole way of a customer without any cookie, as a browser goes it."""
    alice()
    browser = Client()
    page = page_for(browser, shop.site)
    browser.post("/id/login/", {"email": "alice@example.jp", "password": PASSWORD, "next": page})
    assert told(browser.post(page, {"approve": "1"}))["code"]
    assert told(browser.get(asking(shop.site, prompt="none")))["code"]
