"""More logins at once than there are places to hash at: who must wait is told so, and need not type it all again."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings

from madoguchi.accounts import hashers, limits, recovery_codes
from madoguchi.accounts.models import Account, AuthEvent, Registration
from madoguchi.accounts.second_factor import enrol_totp
from madoguchi.accounts.tests.people import PASSWORD, alice, sign_in
from madoguchi.support.identity.tests import entering
from madoguchi.support.identity.tests.forgetting import NEW, ask_for_link

pytestmark = pytest.mark.django_db


@pytest.fixture
def someone() -> Account:
    """Asked for before the storm: making an account takes a place to hash at, too."""
    return alice()


@contextmanager
def raging(monkeypatch) -> Iterator[None]:
    """Every place to hash at is taken; what comes before and after finds one."""
    over = threading.Event()
    with monkeypatch.context() as while_it_rages:
        while_it_rages.setattr(hashers, "PATIENCE", 0.01)
        taken = [hashers._places.submit(over.wait, 30) for _place in range(settings.HASHES_AT_ONCE)]
        try:
            yield
        finally:
            over.set()
    for place in taken:
        place.result()


def kept(text: str, name: str) -> str:
    field = re.search(rf'<input[^>]* name="{name}"[^>]*>', text)
    assert field
    value = re.search(r'value="([^"]*)"', field[0])
    return value[1] if value else ""


@pytest.mark.parametrize(
    ("prefix", "words"), [("", "ただいまログインが混み合っています"), ("/en", "Many people are logging in")]
)
def test_the_login_keeps_what_was_typed_but_the_password(client, someone, monkeypatch, prefix, words):
    typed = {"email": "alice@example.jp", "password": PASSWORD, "stay": "on", "next": "/my/notices/"}
    with raging(monkeypatch):
        answer = client.post(f"{prefix}/id/login/", typed)
    assert answer.status_code == 503
    assert answer["Retry-After"] == "30"
    assert "no-store" in answer["Cache-Control"]
    text = answer.content.decode()
    assert words in text
    assert "error-summary__title" not in text  # nothing was typed wrongly
    assert (kept(text, "email"), kept(text, "next")) == ("alice@example.jp", "/my/notices/")
    assert re.search(r'<input[^>]* name="stay"[^>]* checked', text)
    assert PASSWORD not in text
    assert client.post(f"{prefix}/id/login/", typed).status_code == 302


def test_the_registration_keeps_what_was_typed_but_the_password(client, someone, monkeypatch):
    with raging(monkeypatch):
        answer = entering.enter(client)
    assert answer.status_code == 503
    assert answer["Retry-After"] == "30"
    text = answer.content.decode()
    assert "ただいまログインが混み合っています" in text
    typed = {name: value for name, value in entering.FORM.items() if not name.startswith("password")}
    assert {name: kept(text, name) for name in typed} == typed
    assert entering.PASSWORD not in text
    assert entering.enter(client).status_code == 302


def asks_to_wait(answer, english: bool = False) -> bool:
    """The page itself once more, with the word about the storm and nothing secret in it."""
    text = answer.content.decode()
    words = (
        "Nothing has been changed, and this try does not count." if english else "この操作は入力の回数に数えていません"
    )
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "no-store" in answer["Cache-Control"]
    assert "error-summary__title" not in text
    assert not any(secret in text for secret in (PASSWORD, entering.PASSWORD, NEW))
    return words in text and "<form" in text


def test_a_storm_uses_up_nobodys_tries(client, someone, monkeypatch):
    typed = {"email": "alice@example.jp", "password": PASSWORD}
    with raging(monkeypatch):
        for _try in range(limits.LOGIN_TARGET.tries + 1):
            assert client.post("/id/login/", typed).status_code == 503
    assert client.post("/id/login/", typed).status_code == 302
    assert not AuthEvent.objects.filter(succeeded=False).exists()


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_link_of_a_registration_asks_again(client, monkeypatch, prefix):
    path = entering.register(client, prefix)
    with raging(monkeypatch):
        assert asks_to_wait(client.post(path, {"password": entering.PASSWORD}), english=bool(prefix))
    assert Registration.objects.get().wrong_passwords == 0
    assert client.post(path, {"password": entering.PASSWORD})["Location"] == f"{prefix}/id/activate/done/"


def test_a_changed_password_asks_again(client, someone, monkeypatch):
    sign_in(client, someone)
    typed = {"old": PASSWORD, "password": NEW, "password_again": NEW}
    with raging(monkeypatch):
        for _try in range(limits.LOGIN_TARGET.tries + 1):
            assert asks_to_wait(client.post("/id/password/change/", typed))
    assert client.post("/id/password/change/", typed)["Location"] == "/id/password/changed/"


def test_a_forgotten_password_asks_again_and_uses_up_no_code(client, someone, monkeypatch, settings):
    settings.SECURITY_PROFILE = "strict"
    enrol_totp(someone)
    fresh = recovery_codes.draw()
    recovery_codes.keep(someone, fresh)
    path = ask_for_link(client)
    typed = {"password": NEW, "password_again": NEW, "code": fresh.shown[0]}
    with raging(monkeypatch):
        for _try in range(6):
            assert asks_to_wait(client.post(path, typed))
    assert recovery_codes.left(someone) == 10
    assert client.post(path, typed)["Location"] == "/id/password/reset/done/"


def test_a_proof_asks_again_and_what_waits_for_it_is_kept(client, someone, monkeypatch):
    sign_in(client, someone)
    client.get("/id/profile/close/")
    assert client.post("/id/profile/close/")["Location"] == "/id/prove/"
    typed = {"way": "password", "password": PASSWORD}
    with raging(monkeypatch):
        assert asks_to_wait(client.post("/id/prove/", typed))
    client.post("/id/prove/", typed, follow=True)
    someone.refresh_from_db()
    assert not someone.is_active


def test_a_recovery_code_at_the_login_asks_again(client, someone, monkeypatch):
    enrol_totp(someone)
    fresh = recovery_codes.draw()
    recovery_codes.keep(someone, fresh)
    client.post("/id/login/", {"email": someone.email, "password": PASSWORD})
    with raging(monkeypatch):
        for _try in range(limits.LOGIN_CODE.tries + 1):
            assert asks_to_wait(client.post("/id/login/code/", {"code": fresh.shown[0]}))
    assert client.post("/id/login/code/", {"code": fresh.shown[0]}).status_code == 302
    assert recovery_codes.left(someone) == 9
