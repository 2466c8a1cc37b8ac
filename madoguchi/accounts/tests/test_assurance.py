"""The ladder of docs/identity.md."""

from datetime import UTC, datetime, timedelta

import pytest

from madoguchi.accounts.assurance import ACR, Level, Proof, standing, standing_of
from madoguchi.accounts.models import AuthEvent, SignIn
from madoguchi.accounts.tests.documented import table
from madoguchi.accounts.tests.people import alice, bob, sign_in

NOW = datetime(2026, 11, 22, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW)


def proof(word: str, *, minutes_ago: int = 0) -> Proof:
    method, _space, detail = word.partition(" ")
    return Proof(method, detail.strip("()"), NOW - timedelta(minutes=minutes_ago))


@pytest.mark.parametrize(("proven", "rung", "amr"), table("proven, in this order"))
def test_the_ladder_as_documented(proven, rung, amr):
    words = [word.strip() for word in proven.split("+")] if proven != "nothing" else []
    found = standing_of([proof(word) for word in words])
    assert found.acr == ("" if rung == "none" else rung)
    assert " ".join(found.amr) == ("" if amr == "none" else amr)


def test_the_rungs_are_in_the_order_of_the_documentation():
    assert [row[0] for row in table("rung")] == [ACR[level] for level in Level if level]


def test_a_fresh_proof_is_one_of_that_strength():
    both = standing_of([proof("password", minutes_ago=1), proof("totp", minutes_ago=40)])
    quarter = timedelta(minutes=15)
    assert both.meets(Level.MFA)
    assert both.meets(Level.PASSWORD, max_age=quarter)
    assert not both.meets(Level.MFA, max_age=quarter)
    assert both.meets(Level.MFA, max_age=timedelta(hours=1))
    assert not both.meets(Level.PASSKEY)


def test_the_time_of_authentication_is_that_of_the_last_proof_but_not_of_the_phone():
    found = standing_of([proof("password", minutes_ago=9), proof("totp", minutes_ago=5), proof("contact_phone (sms)")])
    assert found.auth_time == NOW - timedelta(minutes=5)


@pytest.mark.django_db
def test_only_what_this_sign_in_proved_counts(client):
    someone = alice()
    this = sign_in(client, someone)
    other = SignIn.objects.create(account=someone, idle_at=NOW, expires_at=NOW)
    AuthEvent.objects.create(account=someone, sign_in=other, method="totp", succeeded=True)
    AuthEvent.objects.create(account=someone, sign_in=this, method="totp", succeeded=False)
    AuthEvent.objects.create(account=bob(), method="totp", succeeded=True)
    assert standing(this).level == Level.PASSWORD
    assert standing(None).level == Level.NONE
