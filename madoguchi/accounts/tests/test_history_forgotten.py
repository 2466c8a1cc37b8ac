"""The ledger forgets after 13 months, and lets nobody else delete from it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from madoguchi.accounts import history, jobs
from madoguchi.accounts.models import AuthEvent, SignIn, TermsAcceptance
from madoguchi.accounts.tests.people import alice

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)


def event(account, *, days, sign_in=None):
    at = NOW - timedelta(days=days)
    return AuthEvent.objects.create(account=account, method="password", succeeded=True, at=at, sign_in=sign_in)


def signed_in(account, *, days):
    at = NOW - timedelta(days=days)
    return SignIn.objects.create(account=account, started_at=at, idle_at=at, expires_at=at, end="logout", ended_at=at)


def test_events_and_sign_ins_older_than_thirteen_months_go():
    someone = alice()
    old, young = signed_in(someone, days=400), signed_in(someone, days=390)
    event(someone, days=400, sign_in=old)
    kept = event(someone, days=390, sign_in=young)
    event(None, days=400)  # an unknown address tried
    assert history.forget(now=NOW) == 2
    assert list(AuthEvent.objects.all()) == [kept]
    assert list(SignIn.objects.all()) == [young]


def test_the_nightly_job_forgets():
    event(alice(), days=400)
    jobs.forget_history(timestamp=int(NOW.timestamp()))
    assert not AuthEvent.objects.exists()


def test_nobody_else_deletes_from_the_ledger():
    someone = alice()
    event(someone, days=400)
    TermsAcceptance.objects.create(account=someone, kind="terms", version="1")
    for rows in (AuthEvent.objects.all(), TermsAcceptance.objects.all()):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            rows.delete()


def test_the_leave_to_forget_ends_with_its_transaction():
    someone = alice()
    event(someone, days=400)
    with transaction.atomic():
        history.forget(now=NOW)
    recent = event(someone, days=1)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        recent.delete()
