"""The provider against sites made by others, over HTTP on loopback: openid-client on Node, and Authlib."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from urllib.parse import urlsplit

import httpx
import pytest
import time_machine
from django.conf import settings
from django.db import connections
from django.utils import timezone

from madoguchi.accounts.tests.people import PASSWORD, alice
from madoguchi.demo.mall import site
from madoguchi.provider.models import Site
from madoguchi.provider.tests.sites import parameters, same_keys
from tests.provider_peers import OnAuthlib, OnNode, Refused

pytestmark = pytest.mark.django_db(transaction=True)
CALLBACK = "http://127.0.0.1:9/callback"
LEFT = "http://127.0.0.1:9/left"
AWAY = "openid email profile offline_access"


class Browser:
    """Follows redirects and fills in forms at the provider, and stops where it is sent to another site."""

    def __init__(self, provider: str) -> None:
        self.provider = provider
        self.http = httpx.Client(base_url=provider)
        self.page = ""
        self.at = ""

    def go(self, address: str, form: dict[str, str] | None = None) -> str:
        """Where it ended: an address of another site, or the page of ours now shown."""
        answer = self.http.post(address, data=form) if form is not None else self.http.get(address)
        for _hop in range(10):
            onward = answer.headers.get("Location") or self._refresh(answer.text)
            if not onward:
                break
            onward = str(answer.url.join(onward))
            if not onward.startswith(f"{self.provider}/"):
                return onward
            answer = self.http.get(onward)
        assert answer.status_code < 500, answer.text
        self.page, self.at = answer.text, str(answer.url)
        return self.at

    def send(self, **typed: str) -> str:
        """The form of the page that has the button ``typed`` names, or its first field."""
        forms = re.findall(r"<form[^>]*method=\"post\".*?</form>", self.page, re.DOTALL)
        form = next(form for form in forms if all(f'name="{name}"' in form for name in typed))
        action = re.search(r'<form[^>]*action="([^"]+)"', form)
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
        to = str(httpx.URL(self.at).join(unescape(action[1]))) if action else self.at
        return self.go(to, {**{name: unescape(value) for name, value in hidden.items()}, **typed})

    def log_in(self) -> str:
        assert "/id/login/" in self.at
        return self.send(email="alice@example.jp", password=PASSWORD)

    def _refresh(self, page: str) -> str:
        found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', page)
        return unescape(found[1]) if found else ""


@pytest.fixture
def provider(live_server, monkeypatch) -> Iterator[str]:
    """The address of the running provider, which is what it says its issuer is."""
    from django.test import override_settings

    same_keys(monkeypatch)
    # The server's threads outlive a request when its connection is kept; the database must not notice.
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    provider = {**settings.OAUTH2_PROVIDER, "OIDC_ISS_ENDPOINT": live_server.url}
    with override_settings(SITE_URL=live_server.url, OAUTH2_PROVIDER=provider):
        yield live_server.url


@pytest.fixture
def browser(provider: str) -> Iterator[Browser]:
    alice()
    made = Browser(provider)
    yield made
    made.http.close()


@pytest.fixture(params=[OnNode, OnAuthlib])
def peer(request, provider: str) -> Iterator[OnNode | OnAuthlib]:
    registered, secret = Site.objects.add(
        "peer",
        name_ja="ピア",
        name_en="Peer",
        redirect_uris=[CALLBACK],
        post_logout_redirect_uris=[LEFT],
        silent=True,
        offline=True,
    )
    made = request.param(issuer=provider, client_id=registered.client_id, secret=secret, callback=CALLBACK, scope=AWAY)
    made.discover()
    yield made
    made.end()


def first_login(peer, browser: Browser) -> dict:
    browser.go(peer.begin())
    browser.log_in()
    return peer.finish(browser.send(approve="1"))


def test_login_with_consent_nonce_and_userinfo(peer, browser) -> None:
    """Discovery, code with PKCE, state, nonce, issuer and signature are the peer's own checks."""
    tokens = first_login(peer, browser)
    said = peer.userinfo(tokens)
    assert said["sub"] == tokens["claims"]["sub"]
    assert said["email"] == "alice@example.jp"
    assert said["name"] == "アオキ アリス"
    assert tokens["claims"]["amr"] == ["pwd"]
    assert peer.introspect(tokens["access_token"])["active"] is True


def test_second_login_needs_no_page(peer, browser) -> None:
    first = first_login(peer, browser)
    address = browser.go(peer.begin())
    assert address.startswith(CALLBACK)
    assert peer.finish(address)["claims"]["sub"] == first["claims"]["sub"]


def test_prompt_none_with_and_without_consent(peer, browser) -> None:
    refused = browser.go(peer.begin(prompt="none"))
    assert parameters(refused)["error"] == "login_required"
    with pytest.raises(Refused) as error:
        peer.finish(refused)
    assert error.value.error == "login_required"

    browser.go("/id/login/")
    browser.log_in()
    assert parameters(browser.go(peer.begin(prompt="none")))["error"] == "consent_required"

    browser.go(peer.begin())
    browser.send(approve="1")
    assert peer.finish(browser.go(peer.begin(prompt="none")))["access_token"]


def test_max_age_proves_it_again(peer, browser) -> None:
    """The peer itself checks that ``auth_time`` is there and young enough."""
    first = first_login(peer, browser)
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        assert urlsplit(browser.go(peer.begin(max_age="100000"))).path == "/callback"
        assert "/id/prove/" in browser.go(peer.begin(max_age="60"))
        address = browser.send(password=PASSWORD)
        assert address.startswith(CALLBACK)
        if isinstance(peer, OnAuthlib):  # Node's clock stands still for nobody
            assert peer.finish(address)["claims"]["auth_time"] >= first["claims"]["auth_time"] + 120


def test_refresh_rotates_and_a_replay_ends_it_all(peer, browser) -> None:
    first = first_login(peer, browser)
    second = peer.refresh(first)
    assert second["refresh_token"] != first["refresh_token"]
    assert second["claims"]["sub"] == first["claims"]["sub"]
    assert peer.userinfo({**second, "claims": first["claims"]})["email"] == "alice@example.jp"
    with pytest.raises(Refused) as error:
        peer.refresh(first)
    assert error.value.error == "invalid_grant"
    with pytest.raises(Refused):
        peer.refresh(second)
    with pytest.raises(Refused):
        peer.userinfo({**second, "claims": first["claims"]})


def test_code_twice_ends_what_was_issued(peer, browser) -> None:
    browser.go(peer.begin())
    browser.log_in()
    address = browser.send(approve="1")
    kept = dict(peer._session) if isinstance(peer, OnAuthlib) else {}
    tokens = peer.finish(address)
    if isinstance(peer, OnAuthlib):
        peer._session.update(kept)  # it forgets the state it used, which a thief would not
    with pytest.raises(Refused) as error:
        peer.finish(address)
    assert error.value.error == "invalid_grant"
    with pytest.raises(Refused):
        peer.userinfo(tokens)
    with pytest.raises(Refused):
        peer.refresh(tokens)


def test_revoked_is_over(peer, browser) -> None:
    tokens = first_login(peer, browser)
    peer.revoke(tokens["refresh_token"])
    assert peer.introspect(tokens["access_token"]) == {"active": False}
    with pytest.raises(Refused):
        peer.refresh(tokens)


def test_logout_ends_the_session_here_too(peer, browser) -> None:
    tokens = first_login(peer, browser)
    address = browser.go(peer.leave(tokens, to=LEFT, state="a-state"))
    assert address.startswith(LEFT)
    assert parameters(address)["state"] == "a-state"
    assert "/id/login/" in browser.go("/id/sites/")
    with pytest.raises(Refused):
        peer.refresh(tokens)
    assert parameters(browser.go(peer.begin(prompt="none")))["error"] == "login_required"


def test_refusing_is_told_to_the_site(peer, browser) -> None:
    browser.go(peer.begin())
    browser.log_in()
    with pytest.raises(Refused) as error:
        peer.finish(browser.send(refuse="1"))
    assert error.value.error == "access_denied"


def test_mall_of_the_demo(provider, browser) -> None:
    """The sample operator's other site, from the button to the claims and out again."""
    site.provider.cache_clear()
    site.register()
    browser.go("/demo/site/")
    browser.send(prompt="")
    browser.log_in()
    browser.send(approve="1")
    assert browser.at == f"{provider}/demo/site/"
    for words in ("アオキ アリス", "alice@example.jp", "auth_time", "amr"):
        assert words in browser.page
    browser.send(renew="1")
    assert "トークンを更新しました" in browser.page

    browser.go("/id/sites/aoba-mall/disconnect/", _token(browser, "/id/sites/"))
    browser.go("/demo/site/")
    browser.send(renew="1")
    assert "invalid_grant" in browser.page

    browser.send(prompt="none")
    assert "consent_required" in browser.page
    browser.send(prompt="")
    browser.send(approve="1")
    browser.send(everywhere="1")
    assert "アオキ アリス" not in browser.page
    assert "/id/login/" in browser.go("/id/sites/")
    site.provider.cache_clear()


def _token(browser: Browser, page: str) -> dict[str, str]:
    browser.go(page)
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.page)
    assert found
    return {"csrfmiddlewaretoken": found[1]}
