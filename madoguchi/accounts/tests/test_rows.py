"""``madoguchi.lib.rows`` on the rows it is for, and the session store: what a login writes."""

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.utils import timezone

from madoguchi.accounts.models import AuthEvent
from madoguchi.accounts.session_store import SessionStore
from madoguchi.accounts.tests.people import alice
from madoguchi.lib import rows

pytestmark = pytest.mark.django_db


def test_a_row_written_is_as_one_that_was_saved():
    owner = alice()
    at = timezone.now()
    mine = AuthEvent(account=owner, method="password", succeeded=True, network="203.0.113.9", at=at)
    rows.insert(mine)
    saved = AuthEvent.objects.create(account=owner, method="password", succeeded=True, network="203.0.113.9", at=at)
    read, other = (AuthEvent.objects.filter(pk=one.pk).values().get() for one in (mine, saved))
    assert not mine._state.adding
    assert {**read, "id": 0} == {**other, "id": 0}


def test_rows_of_several_tables_are_written_at_once_or_not_at_all():
    owner, session = alice(), SessionStore()
    session["colour"] = "green"
    first, second = (AuthEvent(account=owner, method="password", succeeded=True) for _event in range(2))
    rows.insert_together([first, session.first_row(), second])
    assert AuthEvent.objects.in_bulk([first.pk, second.pk]) == {first.pk: first, second.pk: second}
    assert SessionStore(session.session_key)["colour"] == "green"
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.insert_together([AuthEvent(account=owner, method="password", succeeded=True), first])
    assert AuthEvent.objects.count() == 2


def test_a_session_is_written_again_only_when_something_changed(django_assert_num_queries):
    session = SessionStore()
    session["colour"] = "green"
    session.save()
    with django_assert_num_queries(0):
        session.save()
    session["colour"] = "blue"
    with django_assert_num_queries(1):
        session.save()
    assert SessionStore(session.session_key)["colour"] == "blue"


def test_what_changed_within_a_value_is_written_too():
    session = SessionStore()
    session["kept"] = {"tries": 1}
    session.save()
    session["kept"]["tries"] = 2
    session.save()
    assert SessionStore(session.session_key)["kept"] == {"tries": 2}


def test_a_session_ended_meanwhile_is_not_written_anew():
    session = SessionStore()
    session["colour"] = "green"
    session.save()
    Session.objects.all().delete()
    session["colour"] = "blue"
    with pytest.raises(UpdateError):
        session.save()
