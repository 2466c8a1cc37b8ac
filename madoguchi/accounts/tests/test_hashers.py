"""How many passwords are hashed at a time."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher

from madoguchi.accounts import hashers
from madoguchi.accounts.hashers import Argon2idHasher

PLACES = 3


def test_trap_argon2_memory_under_a_login_storm_is_bounded(monkeypatch):
    """However many log in at once, no more hashes than places are in memory; the others wait and get theirs."""
    lock, meeting = threading.Lock(), threading.Semaphore(0)
    running, most = 0, 0

    def verify(self, password, encoded):
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
            if running == PLACES:
                meeting.release(10 * PLACES)
        meeting.acquire(timeout=5)
        with lock:
            running -= 1
        return True

    monkeypatch.setattr(Argon2PasswordHasher, "verify", verify)
    monkeypatch.setattr(hashers, "_places", threading.BoundedSemaphore(PLACES))
    people = 5 * PLACES
    with ThreadPoolExecutor(people) as threads:
        answers = list(threads.map(lambda _number: Argon2idHasher().verify("x", "y"), range(people)))
    assert answers == [True] * people
    assert most == PLACES


def test_there_are_as_many_places_as_the_setting_says():
    taken = 0
    while hashers._places.acquire(blocking=False):
        taken += 1
    for _place in range(taken):
        hashers._places.release()
    assert taken == settings.HASHES_AT_ONCE


class Former(Argon2idHasher):
    time_cost = 1


@pytest.mark.parametrize(("made_by", "anew"), [(Argon2idHasher, False), (Former, True)])
def test_a_hash_is_made_anew_when_the_parameters_have_changed(made_by, anew):
    assert Argon2idHasher().must_update(made_by().encode("aoi-madoguchi-1", "a" * 22)) is anew
