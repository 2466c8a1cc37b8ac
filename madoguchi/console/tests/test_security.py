"""``/console/security/`` and ``madoguchi security``: verdicts that follow the settings."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client, override_settings

from madoguchi.accounts.hashers import Argon2idHasher
from madoguchi.accounts.models import StaffRole
from madoguchi.accounts.tests import people
from madoguchi.console import urls as console_urls
from madoguchi.console.security.assessment import REQUIREMENTS, assess
from madoguchi.console.security.requirement import Met, Standard

PAGE = "/console/security/"
# What the strict profile changes, and nothing else.
BY_PROFILE = {
    "6.2.1",
    "6.2.5",
    "6.2.9",
    "6.5.5",
    "3.1.1.2 minimum",
    "3.1.1.2 maximum",
    "3.1.1.2 characters",
    "3.1.1.2 composition",
    "3.1.3.2 lifetime",
}


def found() -> dict[str, Met]:
    return {finding.requirement.number: finding.met for finding in assess()}


def changed(**settings: Any) -> dict[str, tuple[Met, Met]]:
    """Which verdicts differ with these settings: before and after."""
    before = found()
    with override_settings(**settings):
        after = found()
    return {number: (before[number], after[number]) for number in before if before[number] != after[number]}


def test_every_requirement_is_named_once() -> None:
    named = [(asked.standard, asked.number) for asked in REQUIREMENTS]
    assert len(named) == len(set(named))
    for asked in REQUIREMENTS:
        levels = {"1", "2", "3"} if asked.standard is Standard.ASVS else {"SHALL", "SHOULD"}
        assert asked.level in levels
        assert asked.address.startswith("https://")


@pytest.mark.parametrize("number", sorted(BY_PROFILE))
def test_the_strict_profile_meets_what_classic_does_not(number: str) -> None:
    with override_settings(SECURITY_PROFILE="classic"):
        assert found()[number] is Met.NO
    with override_settings(SECURITY_PROFILE="strict"):
        assert found()[number] is Met.YES


def test_what_is_not_met_says_what_to_set() -> None:
    with override_settings(SECURITY_PROFILE="classic"):
        for finding in assess():
            if finding.requirement.number in BY_PROFILE:
                assert finding.verdict.remedy == "MADOGUCHI_SECURITY_PROFILE=strict"


@pytest.mark.parametrize(
    ("settings", "numbers"),
    [
        ({"SESSION_COOKIE_HTTPONLY": False}, {"3.3.4"}),
        ({"SESSION_COOKIE_SAMESITE": "None"}, {"3.3.2"}),
        ({"SECURE_REFERRER_POLICY": "unsafe-url"}, {"3.4.5"}),
        ({"SECURE_CROSS_ORIGIN_OPENER_POLICY": None}, {"3.4.8"}),
        ({"SECURE_CONTENT_TYPE_NOSNIFF": False}, {"3.4.4"}),
        ({"X_FRAME_OPTIONS": "SAMEORIGIN"}, {"3.4.6"}),
        ({"CONTENT_SECURITY_POLICY": {"DIRECTIVES": {"default-src": ["*"]}}}, {"3.4.3", "3.4.6"}),
        ({"MIDDLEWARE": ["django.middleware.security.SecurityMiddleware"]}, {"3.5.1", "7.2.1", "7.3.1", "7.3.2"}),
        ({"CODES_AN_HOUR": 0, "SMTP_URL": "smtp://relay.example"}, {"12.3.1"}),
        ({"DEBUG": True}, {"13.4.2"}),
        ({"SESSION_HOURS": 24 * 40, "STAY_SIGNED_IN_DAYS": 40}, {"2.1.3 session"}),
        ({"SESSION_ENGINE": "django.contrib.sessions.backends.signed_cookies"}, {"7.2.1"}),
        ({"OAUTH2_PROVIDER": {"PKCE_REQUIRED": False, "ROTATE_REFRESH_TOKEN": False}}, {"10.4.5", "10.4.6"}),
    ],
)
def test_a_setting_that_opens_a_gap_is_seen(settings: dict[str, Any], numbers: set[str]) -> None:
    differing = changed(**settings)
    assert set(differing) == numbers
    assert all(before is Met.YES and after is not Met.YES for before, after in differing.values())


def test_a_site_with_https_meets_what_the_demo_cannot() -> None:
    differing = changed(
        DEMO=False,
        SECURE=True,
        SITE_URL="https://support.carrier.example",
        SECRET_KEY="s" * 40,
        SEALING_KEYS=("k" * 40,),
        TELEPHONE_TOKEN="t" * 40,
        SESSION_COOKIE_NAME="__Host-session",
        CSRF_COOKIE_NAME="__Host-csrf",
        SESSION_COOKIE_SECURE=True,
        CSRF_COOKIE_SECURE=True,
        SECURE_SSL_REDIRECT=True,
        SECURE_HSTS_SECONDS=60 * 60 * 24 * 365,
        SECURE_HSTS_INCLUDE_SUBDOMAINS=True,
    )
    assert {number for number, (_before, after) in differing.items() if after is Met.YES} == {
        "3.3.1",
        "3.3.3",
        "3.4.1",
        "5.1.1 cookies",
        "6.3.2",
        "12.2.1",
        "13.2.3",
        "13.3.1",
    }


def test_without_050_numbers_no_code_goes_to_one() -> None:
    assert changed(ACCEPT_IP_PHONE=False) == {"3.1.3.1 voip": (Met.NO, Met.YES)}


def test_a_weaker_hash_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    with override_settings(PASSWORD_HASHERS=["madoguchi.accounts.hashers.Argon2idHasher"]):
        assert found()["11.4.2"] is found()["3.1.1.2 storage"] is Met.YES
        monkeypatch.setattr(Argon2idHasher, "memory_cost", 4096)
        assert found()["11.4.2"] is found()["3.1.1.2 storage"] is Met.NO


def test_a_longer_link_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("madoguchi.accounts.register.LINK_VALID", timedelta(days=3))
    assert found()["6.4.1"] is Met.NO


def test_more_tries_of_a_code_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("madoguchi.contracts.models.passcodes.TRIES", 1000)
    assert found()["6.6.3"] is Met.NO


def test_shorter_sessions_meet_what_two_factors_ask_for() -> None:
    assert found()["2.2.3 session"] is Met.PARTLY
    with override_settings(SESSION_IDLE_MINUTES=60, STAY_SIGNED_IN_DAYS=1):
        assert found()["2.2.3 session"] is Met.YES
    with override_settings(STAFF_IDLE_MINUTES=240):
        assert found()["2.2.3 session"] is Met.NO


def test_an_address_without_its_guard_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert found()["8.2.1"] is found()["8.2.2"] is Met.YES
    bare = next(pattern for pattern in console_urls.urlpatterns if pattern.name == "audit")
    monkeypatch.setattr(bare, "callback", lambda request: None)
    assert found()["8.2.1"] is Met.NO


@pytest.fixture
def administrator(db: None, client: Client) -> Client:
    people.sign_in(client, people.staff(StaffRole.ADMINISTRATOR))
    return client


@pytest.mark.parametrize("path", [PAGE, f"/en{PAGE}"])
def test_the_page_shows_every_requirement_with_its_verdict(administrator: Client, path: str) -> None:
    text = administrator.get(path).content.decode()
    for asked in REQUIREMENTS:
        assert f"{asked.standard.label} {asked.number}</a>" in text
    assert "MADOGUCHI_SECURITY_PROFILE=strict" in text


def test_the_page_filters_by_standard_level_and_verdict(administrator: Client) -> None:
    def shown(query: str) -> set[str]:
        answer = administrator.get(PAGE + query)
        return {finding.requirement.number for finding, _word in answer.context["findings"]}

    everything = shown("")
    assert len(everything) == len(REQUIREMENTS)
    nist = {asked.number for asked in REQUIREMENTS if asked.standard is Standard.NIST}
    assert shown("?standard=nist") == nist
    assert shown("?level=1&standard=asvs") == {
        asked.number for asked in REQUIREMENTS if asked.standard is Standard.ASVS and asked.level == "1"
    }
    unmet = {number for number, met in found().items() if met is Met.NO}
    assert shown("?met=no") == unmet
    assert unmet
    assert shown("?standard=nist&level=3") == set()
    assert shown("?met=nonsense%00") == everything


@pytest.mark.parametrize("profile", ["classic", "strict"])
def test_the_command_says_the_same(profile: str) -> None:
    with override_settings(SECURITY_PROFILE=profile):
        said = StringIO()
        call_command("security", format="json", stdout=said)
        told = json.loads(said.getvalue())
        assert {row["id"]: row["met"] for row in told["requirements"]} == {
            number: met.value for number, met in found().items()
        }
        text = StringIO()
        call_command("security", stdout=text)
        assert ("NOT MET  ASVS 5.0 6.2.1 (1)" in text.getvalue()) == (profile == "classic")
    assert sum(told["counts"].values()) == len(REQUIREMENTS)


def test_the_command_speaks_japanese_too() -> None:
    said = StringIO()
    call_command("security", language="ja", stdout=said)
    assert "6文字" in said.getvalue()
