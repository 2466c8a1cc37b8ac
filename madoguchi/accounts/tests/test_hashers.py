"""How many passwords are hashed at a time."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from django.conf import settings

from madoguchi.accounts import hashers
from madoguchi.accounts.hashers import Argon2idHasher

PLACES = 3


def test_trap_argon2_memory_under_a_login_storm_is_bounded(monkeypatch):
    """However many log in at once, no more hashes than places are in memory; the others wait and get theirs."""
    lock, meeting = threading.Lock(), threading.Semaphore(0)
    running, most = 0, 0

    def is_of(password, encoded):
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
            if running == PLACES:
                meeting.release(10 * PLACES)
        meeting.acquire(timeout=60)
        with lock:
            running -= 1
        return True

    monkeypatch.setattr(hashers, "_is_of", is_of)
    people = 5 * PLACES
    with ThreadPoolExecutor(PLACES) as places, ThreadPoolExecutor(people) as threads:
        monkeypatch.setattr(hashers, "_places", places)
        answers = list(threads.map(lambda _number: Argon2idHasher().verify("x", "y"), range(people)))
    assert answers == [True] * people
    assert most == PLACES


def test_there_are_as_many_places_as_the_setting_says():
    assert hashers._places._max_workers == settings.HASHES_AT_ONCE


def test_hashes_take_the_memory_of_as_many_threads_as_there_are_places(monkeypatch):
    """Memory once used stays with its thread: however many ask, no more threads than places ever hash."""
    hashing = set()

    def is_of(password, encoded):
        hashing.add(threading.get_ident())
        return True

    monkeypatch.setattr(hashers, "_is_of", is_of)
    with ThreadPoolExecutor(PLACES) as places, ThreadPoolExecutor(5 * PLACES) as threads:
        monkeypatch.setattr(hashers, "_places", places)
        asking = set(
            threads.map(lambda _number: Argon2idHasher().verify("x", "y") and threading.get_ident(), range(99))
        )
    assert 0 < len(hashing) <= PLACES
    assert not hashing & asking


@pytest.mark.parametrize("password", ["aoi-madoguchi-1", "あおい まどぐち 一", "a" * 128, "with\0zero"])
@pytest.mark.parametrize("time_cost", [2, 1])
def test_a_hash_argon2_cffi_made_is_of_its_password_alone(password, time_cost, monkeypatch):
    monkeypatch.setattr(Argon2idHasher, "time_cost", time_cost)
    hasher = Argon2idHasher()
    made = hasher.encode(password, hasher.salt())
    answers = [hasher.verify(typed, made) for typed in (password, password[:-1], f"{password} ", "")]
    assert answers == [True, False, False, False]


def test_what_is_wrong_with_a_hash_is_told_to_whoever_asked():
    with pytest.raises(ValueError, match="unpack"):
        Argon2idHasher().verify("x", "no hash")


class Begun(Future):
    """Under way when patience ends, and done at that moment."""

    def cancel(self):
        self.set_result(True)
        return False


class FullOfBegun:
    def submit(self, act, *given):
        return Begun()


def test_a_hash_that_has_begun_is_waited_for(monkeypatch):
    monkeypatch.setattr(hashers, "PATIENCE", 0)
    monkeypatch.setattr(hashers, "_places", FullOfBegun())
    assert Argon2idHasher().verify("x", "y") is True


def test_the_hash_of_nobody_costs_as_much_as_any():
    hasher = Argon2idHasher()
    made_up, made = hasher.of_nobody(), hasher.encode("aoi-madoguchi-1", hasher.salt())
    assert [len(part) for part in made_up.split("$")] == [len(part) for part in made.split("$")]
    assert hasher.decode(made_up)["params"] == hasher.decode(made)["params"]
    assert not hasher.must_update(made_up)
    assert not hasher.verify("aoi-madoguchi-1", made_up)
    assert made_up != hasher.of_nobody()


class Former(Argon2idHasher):
    time_cost = 1


@pytest.mark.parametrize(("made_by", "anew"), [(Argon2idHasher, False), (Former, True)])
def test_a_hash_is_made_anew_when_the_parameters_have_changed(made_by, anew):
    assert Argon2idHasher().must_update(made_by().encode("aoi-madoguchi-1", "a" * 22)) is anew
