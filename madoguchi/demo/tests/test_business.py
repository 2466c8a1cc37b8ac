"""``/demo/business/``: the sample provider, and a login through it from the first door to the last page."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as site
from django.test import Client

from madoguchi.accounts.business import asking
from madoguchi.accounts.business.providers import providers
from madoguchi.accounts.models import Account
from madoguchi.catalog.models import LegalText
from madoguchi.demo.business import provider
from madoguchi.lib.environment import Environment

pytestmark = pytest.mark.django_db
GOOD = {"client_id": "counter", "code_challenge_method": "S256", "code_challenge": "x" * 43, "state": "s"}


@pytest.fixture
def counter(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A browser at a counter that knows the provider; what it asks over HTTP is answered by the same program."""
    settings.BUSINESS_PROVIDERS = providers(Environment(provider.environment(site.SITE_URL)))
    asking.forget()

    def ask(method: str, url: str, *, headers: dict[str, str] | None = None, body: str | None = None) -> Any:
        form = "application/x-www-form-urlencoded"
        program = Client(headers=headers or {})
        answer = program.generic(method, urlsplit(url).path, body or "", content_type=form)
        return answer.status_code, answer.json()

    monkeypatch.setattr(asking, "_ask", ask)
    LegalText.objects.create(kind="terms", version="1", body_ja="規約", effective_at="2026-04-01T00:00:00Z")
    return Client()


def go(browser: Client, subject: str) -> Any:
    """From the door on the login page through the provider, and on to where the counter leads."""
    door = browser.get("/id/business/aoba/")
    there = urlsplit(door["Location"])
    assert there.path == "/demo/business/login/"
    assert "tsubasa@kumo.example" in browser.get(f"{there.path}?{there.query}").content.decode()
    back = urlsplit(browser.post(f"{there.path}?{there.query}", {"subject": subject})["Location"])
    return browser.get(f"{back.path}?{back.query}", follow=True)


def test_somebody_without_an_id_gets_one(counter: Client) -> None:
    page = go(counter, "kumoi-0001")
    assert page.request["PATH_INFO"] == "/id/welcome/"
    counter.post("/id/welcome/")
    made = Account.objects.get(email="tsubasa@kumo.example")
    assert (made.family_name_kana, made.given_name_kana) == ("クモイ", "ツバサ")
    # The next time it is a login.
    counter.post("/id/logout/")
    assert go(counter, "kumoi-0001").request["PATH_INFO"] == "/my/"


def test_who_calls_it_off_is_not_logged_in(counter: Client) -> None:
    page = go(counter, "")
    assert "_auth_user_id" not in counter.session
    assert re.search("ログイン", page.content.decode())


def test_a_code_goes_to_the_counter_alone_and_needs_its_secret_and_its_verifier(client: Client) -> None:
    right = {**GOOD, "redirect_uri": provider.callback()}
    for wrong in ({}, {**right, "redirect_uri": "https://evil.example/"}, {**right, "client_id": "another"}):
        assert client.get("/demo/business/login/", wrong)["Location"] == "/demo/"
    assert "choose who you want to be" in client.get("/demo/business/login/", {**right, "ui_locales": "en"}).text
    assert client.post("/demo/business/token/", {"code": "x"}).status_code == 401
    assert not provider.is_the_counter("Basic eDp5")
    with pytest.raises(provider.NoCode):
        provider.tokens(code="x", verifier="", redirect_uri="")
    asked = provider.Asked(redirect_uri=provider.callback(), state="s", nonce="n", code_challenge="x" * 43)
    with pytest.raises(provider.NoCode):
        provider.tokens(
            code=provider.code_for(provider.EMPLOYEES[0], asked), verifier="y", redirect_uri=asked.redirect_uri
        )
