"""``/demo/site/``: what the sample operator's other site shows when something is not as it should be."""

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from madoguchi.demo.mall import site
from madoguchi.provider.models import Site

pytestmark = pytest.mark.django_db


def test_page_for_who_is_not_logged_in(client: Client) -> None:
    page = client.get("/en/demo/site/").content.decode()
    assert "Log in with your customer ID" in page
    assert "What the ID token says" not in page


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("", "invalid_issuer"),
        ("?code=a&state=b&iss=https://evil.example", "invalid_issuer"),
        (f"?error=access_denied&iss={settings.SITE_URL}", "access_denied"),
    ],
)
def test_answer_that_is_not_what_it_asked_for_is_told(client: Client, query: str, error: str) -> None:
    page = client.get(f"/demo/site/callback/{query}", follow=True)
    assert error in page.content.decode()


def test_a_refusal_is_told_in_the_language_of_the_visit(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site.provider(), "authorize_redirect", lambda *_, **__: HttpResponse(status=302))
    client.post("/en/demo/site/login/")
    page = client.get(f"/demo/site/callback/?error=access_denied&iss={settings.SITE_URL}", follow=True)
    assert page.redirect_chain == [("/en/demo/site/", 302)]


def test_answer_nobody_asked_for_logs_nobody_in(client: Client) -> None:
    page = client.get(f"/demo/site/callback/?code=a&state=b&iss={settings.SITE_URL}", follow=True).content.decode()
    assert "ログインできませんでした" in page
    assert "IDトークンの内容" not in page


def test_provider_that_does_not_answer(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site.provider(), "_server_metadata_url", "http://127.0.0.1:9/.well-known/openid-configuration")
    monkeypatch.setattr(site.provider(), "server_metadata", {})
    page = client.post("/demo/site/login/", follow=True).content.decode()
    assert "temporarily_unavailable" in page


def test_site_is_known_at_the_address_of_today() -> None:
    site.register()
    Site.objects.update(redirect_uris="http://127.0.0.1:1/old")
    site.register()
    registered = Site.objects.get()
    assert registered.addresses == [f"{settings.SITE_URL}/demo/site/callback/"]
    assert registered.check_secret(site.SECRET)
    assert registered.sector == "mall.aoba.example"
