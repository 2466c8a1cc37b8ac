"""``/id/sites/``: what each customer allowed, and taking it back."""

import pytest
from django.test import Client

from madoguchi.accounts.models import AuthEvent
from madoguchi.accounts.tests.people import bob, charlie
from madoguchi.provider.models import Consent
from madoguchi.provider.tests.sites import Customer, consent

pytestmark = pytest.mark.django_db


def test_lists_the_site_with_what_it_may_know_and_when_it_was_used(shop, customer) -> None:
    page = customer.get("/id/sites/").content.decode()
    assert "まだありません" in page
    shop.logged_in(customer)
    answer = customer.get("/en/id/sites/")
    for words in ("Aoba Mall", "alice@example.jp", "Connected since", "https://mall.example/"):
        assert words in answer.content.decode()
    assert "Never" not in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


def test_empty_list_says_so(shop) -> None:
    assert "連携中のサイトはありません" in Customer(charlie()).get("/id/sites/").content.decode()


def test_disconnecting_is_noted_and_said(shop, customer) -> None:
    answer = customer.post("/id/sites/aoba-mall/disconnect/", follow=True)
    assert "あおばモールとの連携を解除しました" in answer.content.decode()
    assert Consent.objects.standing(customer.account).count() == 0
    event = AuthEvent.objects.get(method=AuthEvent.Method.SITE_DISCONNECTED)
    assert (event.account, event.detail) == (customer.account, "aoba-mall")


def test_alice_bob_and_charlie(shop, customer) -> None:
    colleague, stranger = Customer(bob()), Customer(charlie())
    consent(colleague.account, shop.site)
    tokens = shop.logged_in(customer)
    assert "アオキ" not in colleague.get("/id/sites/").content.decode()
    assert "あおばモール" not in stranger.get("/id/sites/").content.decode()
    assert stranger.post("/id/sites/aoba-mall/disconnect/").status_code == 404
    assert colleague.post("/id/sites/aoba-mall/disconnect/").status_code == 302
    assert shop.userinfo(tokens["access_token"]).status_code == 200
    assert Consent.objects.standing(customer.account).count() == 1


@pytest.mark.parametrize("path", ["/id/sites/", "/id/sites/aoba-mall/disconnect/"])
def test_nobody_signed_in_is_asked_to_log_in(shop, path) -> None:
    assert Client().post(path).status_code in (302, 405)
    assert Client().get(path).status_code in (302, 405)


def test_looking_disconnects_nothing(shop, customer) -> None:
    assert customer.get("/id/sites/aoba-mall/disconnect/").status_code == 405
    assert customer.get("/id/sites/?disconnected=aoba-mall").status_code == 200
    assert customer.get("/id/sites/?disconnected=nu%00ll").status_code == 200
    assert Consent.objects.standing(customer.account).count() == 1


def test_form_needs_its_token(shop, customer) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = customer.cookies
    assert strict.post("/id/sites/aoba-mall/disconnect/").status_code == 403
