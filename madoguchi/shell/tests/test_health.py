"""``/healthz`` and ``/readyz``: what machines ask."""

from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from madoguchi.shell import health


def test_healthz_needs_nothing(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_readyz_answers_each_check(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_checks", dict(health._checks))
    health.register("oldest_letter_seconds", lambda: (True, 4))
    assert client.get("/readyz").json()["oldest_letter_seconds"] == 4

    health.register("relay", lambda: (False, "refuses"))
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["relay"] == "refuses"
    assert response.json()["database"] == "ok"


def test_readyz_says_that_the_database_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: Any) -> None:
        raise OperationalError("refused")

    monkeypatch.setattr(connection, "cursor", refuse)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["database"] == "away"
