"""Traps that systems of this kind fall into; docs/security.md lists them all with their tests."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth import hashers
from django.test import Client
from django.urls import get_resolver

from madoguchi.accounts.second_factor import current_code, enrol_totp
from madoguchi.accounts.tests import people
from tests.test_url_permissions import names

pytestmark = pytest.mark.django_db


def key(client: Client) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def log_in(client: Client, email: str = "alice@example.jp") -> None:
    client.post("/id/login/", {"email": email, "password": people.PASSWORD})


def test_trap_session_key_not_rotated(client: Client) -> None:
    """At the password, at the second factor, at each proof anew: never the key of before, which opens nothing then."""
    alice = people.alice()
    enrol_totp(alice)
    with time_machine.travel("2026-11-22 10:00:00+09:00", tick=False) as clock:
        client.get("/id/login/")
        keys = [client.session.session_key or ""]
        log_in(client)
        keys.append(key(client))
        client.post("/id/login/code/", {"code": current_code(alice)})
        keys.append(key(client))
        clock.shift(timedelta(minutes=20))
        assert client.get("/id/password/change/")["Location"] == "/id/prove/"
        client.post("/id/prove/", {"way": "code", "code": current_code(alice)})
        keys.append(key(client))
        assert client.get("/id/password/change/").status_code == 200
        for old in keys[:-1]:
            stolen = Client()
            stolen.cookies[settings.SESSION_COOKIE_NAME] = old
            assert stolen.get("/my/").status_code == 302
    assert len(set(keys)) == len(keys)


def test_a_cookie_of_before_the_logout_opens_nothing(client: Client) -> None:
    people.alice()
    log_in(client)
    stolen = Client()
    stolen.cookies[settings.SESSION_COOKIE_NAME] = key(client)
    assert stolen.get("/my/").status_code == 200
    client.post("/id/logout/")
    assert stolen.get("/my/").status_code == 302


def test_a_disabled_id_is_out_at_once(client: Client) -> None:
    alice = people.alice()
    log_in(client)
    assert client.get("/my/").status_code == 200
    alice.is_active = False
    alice.save()
    assert client.get("/my/").status_code == 302
    log_in(client)
    assert client.get("/my/").status_code == 302


def test_trap_two_backends_hash_twice(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(settings.AUTHENTICATION_BACKENDS) == 1
    hasher = type(hashers.get_hasher())
    made = []
    for name in ("encode", "verify"):
        whole = getattr(hasher, name)
        monkeypatch.setattr(hasher, name, lambda self, *args, _whole=whole: made.append(1) or _whole(self, *args))
    people.alice()
    for email, password in (
        ("alice@example.jp", people.PASSWORD),
        ("alice@example.jp", "wrong-madoguchi-1"),
        ("nobody@example.jp", "wrong-madoguchi-1"),
    ):
        made.clear()
        Client().post("/id/login/", {"email": email, "password": password})
        assert len(made) == 1, email


def test_trap_no_login_by_phone() -> None:
    """One failure bucket for all numbers: nobody logs in with a number here, and allauth's own pages are not there."""
    assert set(settings.ACCOUNT_LOGIN_METHODS) == {"email"}
    assert [name for name in names(get_resolver().url_patterns) if name.startswith(("account_", "mfa_"))] == []
