"""A missing or wrong variable stops the start and is named; the demo's parts are absent in production."""

import pytest

from tests.production import environment, example, madoguchi

NEEDED = sorted(set(example()) - {"MADOGUCHI_MODE", "MADOGUCHI_VAR", "MADOGUCHI_PROXIES", "MADOGUCHI_SEALING_KEYS"})
# What each variable cannot be, with a part that the message must not repeat.
WRONG = {
    "MADOGUCHI_MODE": "prodution",
    "PORT": "eighty",
    "MADOGUCHI_SITE_URL": "support.carrier.example",
    "MADOGUCHI_SECRET_KEY": "too-short",
    "MADOGUCHI_SECRET_KEY_FILE": "/nonexistent/key",
    "MADOGUCHI_SEALING_KEYS": "short",
    "MADOGUCHI_PROXIES": "many",
    "DATABASE_URL": "mysql://somebody:hush@host/name",
    "MADOGUCHI_SECURITY_PROFILE": "lax",
    "MADOGUCHI_STAY_SIGNED_IN_DAYS": "31",
    "MADOGUCHI_TRUSTED_DEVICE_DAYS": "0",
    "MADOGUCHI_SMTP_URL": "http://relay",
    "MADOGUCHI_DKIM_KEYS": "selector",
    "MADOGUCHI_TELEPHONE_URL": "gopher://phone",
    "MADOGUCHI_TELEPHONE_TOKEN": "short",
    "MADOGUCHI_LOG_FORMAT": "xml",
    "MADOGUCHI_STATIC": "none",
    "MADOGUCHI_OPERATOR_COLOUR": "forest green",
}


def refused(env: dict[str, str]) -> str:
    result = madoguchi("check", env=env)
    assert result.returncode != 0
    assert "Traceback" not in result.stderr
    return result.stderr


@pytest.mark.parametrize("name", NEEDED)
def test_missing_variable_is_named(name: str) -> None:
    said = refused(environment(**{name: None}))
    assert f"{name} is not set" in said


@pytest.mark.parametrize("name", WRONG)
def test_wrong_value_is_refused_by_name_and_not_repeated(name: str) -> None:
    said = refused(environment(**{name: WRONG[name]}))
    assert f"{name} cannot be used" in said
    if "KEY" in name or "TOKEN" in name or name == "DATABASE_URL":
        assert "hush" not in said
        assert "too-short" not in said


def test_complete_environment_starts() -> None:
    result = madoguchi("check", "--deploy", "--fail-level", "WARNING", env=environment())
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("command", ["demo", "demo_reset", "demo_prepare", "telephone"])
def test_production_has_no_demo_command(command: str) -> None:
    result = madoguchi(command, env=environment())
    assert result.returncode != 0
    assert "Unknown command" in result.stderr


def test_production_has_no_demo_page() -> None:
    script = "from django.urls import resolve; print(resolve('/healthz').func.__name__); resolve('/demo/mailbox/')"
    result = madoguchi("shell", "-v0", "-c", script, env=environment())
    assert "healthz" in result.stdout
    assert "Resolver404" in result.stderr


def test_the_pretend_telephone_outside_the_demo_is_told_of_and_comes_alone() -> None:
    told = environment(MADOGUCHI_DEMO_TELEPHONE="yes")
    assert "demo_telephone.W001" in madoguchi("check", env=told).stderr
    script = "from django.urls import resolve; print(resolve('/demo/telephone/').view_name); resolve('/demo/mailbox/')"
    result = madoguchi("shell", "-v0", "-c", script, env=told)
    assert "demo:telephone" in result.stdout
    assert "Resolver404" in result.stderr
