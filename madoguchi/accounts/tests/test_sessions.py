"""Signed-in sessions are rows, and the row decides."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from madoguchi.accounts import jobs
from madoguchi.accounts.models import SignIn
from madoguchi.accounts.tests.people import PASSWORD, alice, bob, publisher, sign_in

pytestmark = pytest.mark.django_db
START = "2026-11-22 10:00:00+09:00"


def log_in(client: Client, email: str = "alice@example.jp", **more: str) -> None:
    assert client.post("/id/login/", {"email": email, "password": PASSWORD, **more}).status_code == 302


def is_in(client: Client) -> bool:
    return client.get("/my/").status_code == 200


def test_a_login_is_a_row_that_says_where_and_since_when(client):
    someone = alice()
    client.post(
        "/id/login/",
        {"email": someone.email, "password": PASSWORD},
        headers={"User-Agent": "Telephone/1"},
        REMOTE_ADDR="203.0.113.5",
    )
    row = SignIn.objects.standing(someone).get()
    assert (row.agent, row.network, row.stay) == ("Telephone/1", "203.0.113.5", False)
    assert is_in(client)


def test_a_session_ended_elsewhere_lets_nobody_in_any_more(client):
    someone = alice()
    this = sign_in(client, someone)
    assert is_in(client)
    this.finish(SignIn.End.ENDED)
    assert client.get("/my/")["Location"].startswith("/id/login/")
    assert not client.session.keys()


def test_all_but_this_one_are_ended_and_only_the_owners():
    someone, other = alice(), bob()
    home, phone, work, bobs = Client(), Client(), Client(), Client()
    this = sign_in(home, someone)
    for client in (phone, work):
        sign_in(client, someone)
    sign_in(bobs, other)
    assert SignIn.objects.finish_all(someone, SignIn.End.ENDED, but=this) == 2
    assert [is_in(client) for client in (home, phone, work, bobs)] == [True, False, False, True]


def test_a_session_without_a_row_is_nobodys(client):
    client.force_login(alice(), backend=settings.AUTHENTICATION_BACKENDS[0])
    assert not is_in(client)


def test_a_row_of_somebody_else_opens_nothing(client):
    theirs = sign_in(Client(), bob())
    sign_in(client, alice())
    session = client.session
    session["sign_in"] = theirs.pk
    session.save()
    assert not is_in(client)


def test_it_ends_when_nothing_is_heard_for_the_idle_limit(client):
    alice()
    with time_machine.travel(START, tick=False) as clock:
        log_in(client)
        for _page in range(3):
            clock.shift(timedelta(minutes=settings.SESSION_IDLE_MINUTES - 1))
            assert is_in(client)
        clock.shift(timedelta(minutes=settings.SESSION_IDLE_MINUTES))
        assert not is_in(client)


def test_it_ends_after_the_longest_time_however_busy(client):
    alice()
    with time_machine.travel(START, tick=False) as clock:
        log_in(client)
        for _hour in range(settings.SESSION_HOURS - 1):
            clock.shift(timedelta(hours=1))
            assert is_in(client)
        clock.shift(timedelta(hours=1))
        assert not is_in(client)


def test_staying_signed_in_lasts_the_days_of_the_setting(client):
    alice()
    with time_machine.travel(START, tick=False) as clock:
        log_in(client, stay="on")
        clock.shift(timedelta(days=settings.STAY_SIGNED_IN_DAYS) - timedelta(minutes=1))
        assert is_in(client)
        clock.shift(timedelta(minutes=1))
        assert not is_in(client)


def test_staff_never_stay_signed_in(client):
    from madoguchi.accounts.second_factor import current_code, enrol_totp

    someone = publisher()
    enrol_totp(someone)
    with time_machine.travel(START, tick=False) as clock:
        log_in(client, someone.email, stay="on")
        client.post("/id/login/code/", {"code": current_code(someone)})
        assert client.get("/console/").status_code == 200
        clock.shift(timedelta(minutes=settings.STAFF_IDLE_MINUTES))
        assert client.get("/console/").status_code == 302


def test_a_login_under_way_is_no_session(client):
    from madoguchi.accounts.second_factor import enrol_totp

    someone = alice()
    enrol_totp(someone)
    log_in(client)
    assert SignIn.objects.get().opened_at is None
    assert not SignIn.objects.standing(someone).exists()
    assert not is_in(client)


def test_logging_in_again_replaces_the_sign_in(client):
    alice()
    bob()
    log_in(client)
    client.post("/id/logout/")
    log_in(client, "bob@example.jp")
    assert list(SignIn.objects.order_by("pk").values_list("account__email", "end")) == [
        ("alice@example.jp", "logout"),
        ("bob@example.jp", ""),
    ]


def test_the_job_writes_down_what_time_has_ended():
    someone, now = alice(), timezone.now()
    hour = timedelta(hours=1)
    idle = SignIn.objects.create(account=someone, opened_at=now, idle_at=now - hour, expires_at=now + hour)
    old = SignIn.objects.create(account=someone, opened_at=now, idle_at=now + hour, expires_at=now - hour)
    good = SignIn.objects.create(account=someone, opened_at=now, idle_at=now + hour, expires_at=now + hour)
    jobs.settle_sign_ins(int(now.timestamp()))
    assert [SignIn.objects.get(pk=row.pk).end for row in (idle, old, good)] == ["idle", "expired", ""]
