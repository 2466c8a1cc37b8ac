"""``/id/business/KEY/callback/``: what a provider must not send, and what becomes of it."""

import socket
import time
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from madoguchi.accounts.business import asking
from madoguchi.accounts.models import Account, AuthEvent, ExternalIdentity
from madoguchi.accounts.tests.people import alice, sign_in
from madoguchi.support.business.tests.going import CALLBACK, CLIENT, SECRET, START, go, provider, way_back
from madoguchi.support.business.tests.hostile import OTHER_KEY, Hostile

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def running() -> Iterator[Hostile]:
    server = Hostile()
    yield server
    server.end()


@pytest.fixture
def hostile(running: Hostile, settings) -> Hostile:
    running.be_decent()
    asking.forget()
    settings.BUSINESS_PROVIDERS = (provider(running.issuer),)
    return running


def refused_as(answer, status: int, why: str) -> bool:
    event = AuthEvent.objects.latest("pk")
    assert (answer.status_code, event.detail) == (status, why), answer.content.decode()
    assert (event.method, event.succeeded) == ("business", False)
    assert "kana@example.jp" not in answer.content.decode()
    return not Account.objects.filter(email="kana@example.jp").exists()


def test_as_long_as_it_is_decent_it_lets_in(client, hostile):
    assert go(client)["Location"] == "/id/welcome/"
    assert "/token" in hostile.asked


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another-client"},
        {"aud": None},
        {"aud": [CLIENT, "another-client"]},  # without azp
        {"aud": [CLIENT, "another-client"], "azp": "another-client"},
        {"iss": "https://another.example"},
        {"iss": None},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 256},
        {"sub": 7},
        {"sub": "ka\0na"},
        {"exp": None},
        {"exp": "tomorrow"},
        {"iat": None},
        {"amr": "mfa"},
        {"at_hash": "of-another-token"},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_this_login_lets_nobody_in(client, hostile, claims):
    hostile.claims = claims
    answer = go(client)
    assert answer.status_code == 502
    assert refused_as(answer, 502, "clock" if claims.get("exp") == "tomorrow" else "token")


@pytest.mark.parametrize(
    ("alg", "key", "header"),
    [("none", None, {}), ("none", None, {"kid": "one"}), ("RS256", OTHER_KEY, {"kid": "one"}),
     ("RS256", OTHER_KEY, {"kid": "unknown"}), ("RS256", OTHER_KEY, {}), ("HS256", "secret", {"kid": "one"})],
)  # fmt: skip
def test_a_token_signed_by_anybody_else_lets_nobody_in(client, hostile, alg, key, header):
    """`alg: none`, a key of somebody else's, and our own client secret taken for a signature key."""
    from joserfc.jwk import OctKey

    hostile.alg, hostile.header = alg, header
    hostile.key = OctKey.import_key(SECRET) if key == "secret" else key
    assert refused_as(go(client), 502, "token")


@pytest.mark.parametrize("claims", [{"exp": -3600}, {"iat": 3600}, {"nbf": 3600}], ids=str)
def test_clocks_that_do_not_agree_are_a_page_that_says_so(client, hostile, claims):
    hostile.claims = {name: int(time.time()) + shift for name, shift in claims.items()}
    answer = go(client, f"/en{START}")
    assert "The clocks do not agree" in answer.content.decode()
    assert refused_as(answer, 502, "clock")


@pytest.mark.parametrize(
    "token", [{"id_token": None}, {"id_token": "a.b.c"}, {"id_token": 7}, {"id_token": "x" * 5000}]
)
def test_what_is_no_token_lets_nobody_in(client, hostile, token):
    hostile.token = token
    assert refused_as(go(client), 502, "token")


@pytest.mark.parametrize(
    ("back", "status", "why"),
    [
        ({"iss": "https://another.example"}, 400, "state"),  # RFC 9207: mixed up with another provider
        ({"iss": ""}, 400, "state"),
        ({"state": "ja.another"}, 400, "state"),
        ({"state": ""}, 400, "state"),
        ({"code": ""}, 400, "state"),
        ({"code": "x" * 5000}, 400, "state"),
        ({"error": "access_denied"}, 403, "denied"),
        ({"error": "login_required"}, 403, "denied"),
        ({"error": "temporarily_unavailable"}, 503, "away"),
        ({"error": "invalid_scope"}, 502, "provider"),
        ({"error": "%3Cscript%3E", "error_description": "%3Cscript%3E"}, 502, "provider"),
    ],
    ids=str,
)
def test_what_the_browser_brings_back_is_not_believed_either(client, hostile, back, status, why):
    hostile.back = back
    answer = go(client)
    assert "<script>" not in answer.content.decode()
    assert refused_as(answer, status, why)
    assert "/token" not in hostile.asked


@pytest.mark.parametrize(
    ("broken", "status", "why"),
    [
        ({"/token": (500, b"")}, 503, "away"),
        ({"/token": (400, b'{"error": "invalid_grant"}')}, 400, "code"),
        ({"/token": (401, b'{"error": "invalid_client"}')}, 502, "provider"),
        ({"/token": (302, b"")}, 502, "provider"),
        ({"/token": (200, b"[]")}, 502, "token"),
        ({"/token": (200, b"<html>")}, 502, "token"),
        ({"/token": (200, b"x" * 600_000)}, 503, "away"),
        ({"/jwks": (404, b"")}, 503, "away"),
        ({"/jwks": (200, b'{"keys": [{"kty": "?"}]}')}, 502, "token"),
    ],
    ids=str,
)
def test_a_provider_in_trouble_is_a_page_and_no_failure(client, hostile, broken, status, why):
    hostile.broken = broken
    assert refused_as(go(client), status, why)


@pytest.mark.parametrize(
    ("about", "status"),
    [
        ({"issuer": "https://another.example"}, 502),
        ({"token_endpoint": "http://192.0.2.1/token"}, 502),
        ({"token_endpoint": "file:///etc/passwd"}, 502),
        ({"jwks_uri": "gopher://127.0.0.1/"}, 502),
        ({"userinfo_endpoint": "http://user@127.0.0.1/"}, 502),
        ({"authorization_endpoint": None}, 502),
    ],
    ids=str,
)
def test_a_provider_that_would_lead_us_elsewhere_is_not_followed(client, hostile, about, status):
    hostile.metadata = about
    answer = client.get(START)
    assert answer.status_code == status
    assert "_auth_user_id" not in client.session


def test_a_provider_inside_tls_never_leads_to_our_own_machine():
    about = provider("https://id.aoba.example")
    assert asking._safe_for(about, "https://id.aoba.example/token")
    assert not asking._safe_for(about, "http://127.0.0.1:8000/token")


def test_a_provider_that_is_away_is_a_page_and_left_alone_for_a_while(client, settings):
    asking.forget()
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    settings.BUSINESS_PROVIDERS = (provider(f"http://127.0.0.1:{port}"),)
    for path in (START, f"/en{START}", START):
        answer = client.get(path)
        assert answer.status_code == 503
        assert answer["Retry-After"]
    assert "あおばビジネスから返事がありません" in answer.content.decode()


def test_a_login_is_waited_for_ten_minutes(client, hostile):
    with time_machine.travel("2026-11-22 10:00:00+09:00", tick=False) as clock:
        back = way_back(client.get(START)["Location"])
        clock.shift(601)
        assert refused_as(client.get(back), 400, "state")


def test_without_a_time_of_login_the_oldest_is_assumed(client, hostile):
    """ASVS 6.8.4."""
    someone = alice()
    ExternalIdentity.objects.create(account=someone, issuer=hostile.issuer, subject="kana")
    for auth_time in (None, "now", True, float("inf"), 10**400):
        hostile.claims = {"auth_time": auth_time}
        answer = go(Client())
        if answer.status_code == 302:
            proven_at = someone.auth_events.latest("pk").proven_at
            assert proven_at
            assert time.time() - proven_at.timestamp() > 11 * 3600
        else:
            assert answer.status_code == 502
    assert hostile.max_age == str(12 * 3600)


@pytest.mark.parametrize("ago", [None, 3600])
def test_asked_to_prove_it_again_an_earlier_login_is_not_enough(client, hostile, ago):
    someone = alice()
    ExternalIdentity.objects.create(account=someone, issuer=hostile.issuer, subject="kana")
    sign_in(client, someone)
    hostile.claims = {"auth_time": int(time.time()) - ago if ago else None}
    answer = go(client, f"{START}?for=prove")
    assert (answer.status_code, hostile.max_age) == (403, "0")
    assert AuthEvent.objects.latest("pk").detail == "stale"


def test_a_closed_id_stays_closed(client, hostile):
    someone = alice(is_active=False)
    ExternalIdentity.objects.create(account=someone, issuer=hostile.issuer, subject="kana")
    assert refused_as(go(client), 403, "closed")
    assert "_auth_user_id" not in client.session


def test_one_business_account_opens_one_id(client, hostile):
    ExternalIdentity.objects.create(account=alice(), issuer=hostile.issuer, subject="kana")
    from madoguchi.accounts.tests.people import bob

    sign_in(client, bob())
    assert go(client, f"{START}?for=connect")["Location"] == "/id/business/connect/"
    answer = client.post("/id/business/connect/", {"connect": "yes"})
    assert answer.status_code == 409
    assert ExternalIdentity.objects.get().account.email == "alice@example.jp"


def test_who_changed_their_mind_connects_nothing(client, hostile):
    sign_in(client, alice())
    go(client, f"{START}?for=connect")
    assert client.post("/id/business/connect/")["Location"] == "/id/business/"
    assert not ExternalIdentity.objects.exists()


def test_the_secret_and_the_code_are_in_no_log_line(client, hostile, caplog):
    caplog.set_level("INFO")
    go(client)
    for word in (SECRET, "a-code", "a-token", "kana@example.jp"):
        assert word not in "".join(line for line in caplog.text.splitlines() if "/authorize" not in line), word


def test_an_answer_nobody_asked_for_is_told_off_in_its_language_and_limited(client, hostile, settings):
    assert "was not begun here" in client.get(f"{CALLBACK}?state=en.x&code=1").content.decode()
    statuses = [
        client.get(f"{CALLBACK}?state=x&code=1").status_code for _time in range(settings.LOGIN_TRIES_PER_SOURCE)
    ]
    assert set(statuses) == {400, 429}
