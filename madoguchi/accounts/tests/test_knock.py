"""What a login asks the database before and after the password: the account, both buckets, what letting in needs."""

import pytest
import time_machine
from django.test import RequestFactory

from madoguchi.accounts import knock as door
from madoguchi.accounts import known_device, limits
from madoguchi.accounts.limits import LOGIN_SOURCE, LOGIN_TARGET, Limit, TooMany
from madoguchi.accounts.models import AuthEvent, SignIn, TryLevel
from madoguchi.accounts.session_store import SessionStore
from madoguchi.accounts.tests.people import alice
from madoguchi.lib import rows

pytestmark = pytest.mark.django_db
NETWORK = "203.0.113.9"


@pytest.fixture(autouse=True)
def standing_still():
    with time_machine.travel("2026-11-22 10:00:00", tick=False):
        yield


def asked(mark=""):
    request = RequestFactory(REMOTE_ADDR=NETWORK).post("/id/login/")
    request.session = SessionStore()
    if mark:
        request.COOKIES[known_device.COOKIE] = mark
    return request


def level(limit, whom):
    bucket = TryLevel.objects.filter(key=limits.key_of(limit, whom)).first()
    return bucket.level if bucket else 0


def test_the_account_of_an_address_is_whole():
    owner = alice()
    found = door.knock(asked(), owner.email).account
    assert found == owner
    for field in owner._meta.concrete_fields:
        assert getattr(found, field.attname) == getattr(owner, field.attname)
    assert not found._state.adding
    assert door.knock(asked(), "nobody@example.jp").account is None


def test_both_buckets_are_counted_and_given_back():
    alice()
    for email in ("alice@example.jp", "nobody@example.jp"):
        before = level(LOGIN_SOURCE, NETWORK)
        first, second = door.knock(asked(), email), door.knock(asked(), email)
        assert (level(LOGIN_TARGET, email), level(LOGIN_SOURCE, NETWORK) - before) == (2, 2)
        door.give_back(first)
        door.give_back(second)
        assert (level(LOGIN_TARGET, email), level(LOGIN_SOURCE, NETWORK) - before) == (0, 0)


def test_the_address_is_counted_only_where_the_network_has_room(monkeypatch):
    monkeypatch.setattr(limits, "LOGIN_SOURCE", Limit("login source", 2, LOGIN_SOURCE.period))
    for _try in range(2):
        door.knock(asked(), "alice@example.jp")
    with pytest.raises(TooMany):
        door.knock(asked(), "alice@example.jp")
    assert level(LOGIN_TARGET, "alice@example.jp") == 2


def test_a_full_address_lets_nobody_knock():
    for _try in range(LOGIN_TARGET.tries):
        door.knock(asked(), "alice@example.jp")
    with pytest.raises(TooMany):
        door.knock(asked(), "alice@example.jp")


def test_a_browser_that_knows_the_address_counts_its_own_tries():
    owner, home = alice(), asked("a-mark-of-hers")
    device = known_device.device(home)
    AuthEvent.objects.create(account=owner, method="password", succeeded=True, device=device)
    for _try in range(LOGIN_TARGET.tries):
        door.knock(asked("somebody-else"), owner.email)
    knocked = door.knock(home, owner.email)
    assert level(LOGIN_TARGET, door.target(owner.email, device=device, known=True)) == 1
    door.give_back_and_look(home, knocked, owner)
    assert level(LOGIN_TARGET, door.target(owner.email, device=device, known=True)) == 0
    assert level(LOGIN_TARGET, owner.email) == LOGIN_TARGET.tries


@pytest.mark.parametrize(
    ("before", "opened", "news"),
    [(None, True, False), ("a-mark-of-hers", True, False), ("another", True, True), ("another", False, False)],
)
def test_a_login_is_news_on_another_browser_than_ever_before(before, opened, news):
    owner, home = alice(), asked("a-mark-of-hers")
    if before:
        now = owner.created_at
        SignIn.objects.create(
            account=owner,
            device=known_device.device(asked(before)),
            opened_at=now if opened else None,
            idle_at=now,
            expires_at=now,
        )
    assert door.look(home, owner).is_news is news


def test_the_key_of_the_sign_in_is_nobody_elses():
    owner = alice()
    first, second = door.look(asked(), owner).sign_in, door.look(asked(), owner).sign_in
    now = owner.created_at
    rows.insert(SignIn(pk=first, account=owner, idle_at=now, expires_at=now))
    assert SignIn.objects.create(account=owner, idle_at=now, expires_at=now).pk not in (first, second)
