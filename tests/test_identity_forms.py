"""Password fields wherever they stand: hidden, friendly to password managers, and taken exactly as typed."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import get_resolver

from madoguchi.accounts.tests import people
from tests.test_url_permissions import PUBLIC, SIGNED_IN, names

pytestmark = pytest.mark.django_db
_INPUT = re.compile(r"<input\b[^>]*>")


def password_fields() -> list[tuple[str, str]]:
    """Every input of a password on a page of the ID, as Alice and as a stranger: the page's path and the tag."""
    alice = Client()
    people.sign_in(alice, people.alice())
    there = set(names(get_resolver().url_patterns))
    found = []
    for client in (Client(), alice):
        for name, path in (PUBLIC | SIGNED_IN).items():
            if name.startswith("identity:") and name in there and "{" not in path:
                answer = client.get(path, follow=True)
                found += [
                    (path, tag)
                    for tag in _INPUT.findall(answer.content.decode())
                    if "password" in tag and 'type="hidden"' not in tag
                ]
    return found


def test_v6_2_6_passwords_are_hidden_as_they_are_typed() -> None:
    fields = password_fields()
    assert len({path for path, _tag in fields}) >= 3
    assert [(path, tag) for path, tag in fields if 'type="password"' not in tag] == []


def test_v6_2_7_password_managers_are_told_what_is_asked() -> None:
    for path, tag in password_fields():
        assert re.search(r'autocomplete="(?:current|new)-password"', tag), (path, tag)
        assert not re.search(r"onpaste|readonly|autocomplete=\"off\"", tag), path


@pytest.mark.parametrize("typed", [" aoi-madoguchi-1", "aoi-madoguchi-1 ", "AOI-madoguchi-1", "aoi-madoguchi-"])
def test_v6_2_8_a_password_counts_exactly_as_it_was_typed(client: Client, typed: str) -> None:
    alice = people.alice()
    assert client.post("/id/login/", {"email": alice.email, "password": typed}).status_code == 422
    alice.password = make_password(typed)
    alice.save()
    assert client.post("/id/login/", {"email": alice.email, "password": typed}).status_code == 302


def test_v6_2_10_a_password_never_expires_by_itself(client: Client) -> None:
    alice = people.alice()
    with time_machine.travel(alice.created_at + timedelta(days=365 * 10), tick=False):
        answer = client.post("/id/login/", {"email": alice.email, "password": people.PASSWORD})
        assert answer["Location"] == "/my/"
