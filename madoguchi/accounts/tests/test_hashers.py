"""How many passwords are hashed at a time."""

import threading
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher

from madoguchi.accounts.hashers import Argon2idHasher


def test_trap_argon2_memory_under_a_login_storm_is_bounded(monkeypatch):
    """However many log in at once, no more hashes than places are in memory; the others wait and get theirs."""
    lock, meeting = threading.Lock(), threading.Semaphore(0)
    running, most = 0, 0

    def verify(self, password, encoded):
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
            if running == settings.HASHES_AT_ONCE:
                meeting.release(10 * settings.HASHES_AT_ONCE)
        meeting.acquire(timeout=5)
        with lock:
            running -= 1
        return True

    monkeypatch.setattr(Argon2PasswordHasher, "verify", verify)
    people = 5 * settings.HASHES_AT_ONCE
    with ThreadPoolExecutor(people) as threads:
        answers = list(threads.map(lambda _number: Argon2idHasher().verify("x", "y"), range(people)))
    assert answers == [True] * people
    assert most == settings.HASHES_AT_ONCE
