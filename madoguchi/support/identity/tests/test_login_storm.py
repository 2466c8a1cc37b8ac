"""More logins at once than there are places to hash at: who must wait is told so, and need not type it all again."""

import re
import threading
from collections.abc import Iterator

import pytest
from django.conf import settings

from madoguchi.accounts import hashers
from madoguchi.accounts.models import Account
from madoguchi.accounts.tests.people import PASSWORD, alice
from madoguchi.support.identity.tests import entering

pytestmark = pytest.mark.django_db


@pytest.fixture
def someone() -> Account:
    """Asked for before the storm: making an account takes a place to hash at, too."""
    return alice()


@pytest.fixture
def storm(someone, monkeypatch) -> Iterator[threading.Event]:
    """Every place to hash at is taken until the event it gives is set."""
    monkeypatch.setattr(hashers, "PATIENCE", 0.01)
    over = threading.Event()
    for _place in range(settings.HASHES_AT_ONCE):
        hashers._places.submit(over.wait, 30)
    yield over
    over.set()


def kept(text: str, name: str) -> str:
    field = re.search(rf'<input[^>]* name="{name}"[^>]*>', text)
    assert field
    value = re.search(r'value="([^"]*)"', field[0])
    return value[1] if value else ""


@pytest.mark.parametrize(
    ("prefix", "words"), [("", "ただいまログインが混み合っています"), ("/en", "Many people are logging in")]
)
def test_the_login_keeps_what_was_typed_but_the_password(client, storm, monkeypatch, prefix, words):
    typed = {"email": "alice@example.jp", "password": PASSWORD, "stay": "on", "next": "/my/notices/"}
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
    storm.set()
    monkeypatch.undo()
    assert client.post(f"{prefix}/id/login/", typed).status_code == 302


def test_the_registration_keeps_what_was_typed_but_the_password(client, storm, monkeypatch):
    answer = entering.enter(client)
    assert answer.status_code == 503
    assert answer["Retry-After"] == "30"
    text = answer.content.decode()
    assert "ただいまログインが混み合っています" in text
    typed = {name: value for name, value in entering.FORM.items() if not name.startswith("password")}
    assert {name: kept(text, name) for name in typed} == typed
    assert entering.PASSWORD not in text
    storm.set()
    monkeypatch.undo()
    assert entering.enter(client).status_code == 302
