"""Logging in with a password, beside argon2 alone. ``python -m bench.login [--seconds N] [--rounds N]``.

Ours is the whole way: the form sent to granian over loopback from a browser that is known, limits, the hash, the
ledger, the session and the sign-in in PostgreSQL, the redirect. It is compared with argon2-cffi alone, which Django
verifies with unless told otherwise, the same parameters, as many hashes at a time as there are cores. Beside it stands
libsodium alone, which we verify with: what a login costs more than that is not the hash.

They take turns; the ratios are the medians of the rounds. The browsers run on the same cores, and what they cost is
left with ours. Where other work shares the machine, the processor time of one login and of one hash tell more; they are
printed, and the browsers' share of a login apart.
"""

import argparse
import contextlib
import os
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bench import stage, web

REACH = {"argon2 alone": 0.8}
PASSWORD = "aoi-madoguchi-1"  # noqa: S105 - of nobody
PEOPLE = 48
BROWSERS = 16


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=3, help="of each turn")
    options.add_argument("--rounds", type=int, default=12)
    chosen = options.parse_args()
    cores = len(os.sched_getaffinity(0))
    stage.set_up("login", MADOGUCHI_STATIC="plain", MADOGUCHI_LOGIN_TRIES_PER_SOURCE="100000")
    emails = populate(PEOPLE)
    ours: list[float] = []
    stage.say("the server starts")
    with web.server(workers=cores) as port:
        stage.say(f"{PEOPLE} customers log in once")
        browsers = known_browsers(port, emails)
        one_login = logins(browsers)
        hashes = {"argon2 alone": argon2_alone(), "libsodium alone": libsodium_alone()}
        alone: dict[str, list[float]] = {name: [] for name in hashes}
        spent = {name: Spent() for name in (*hashes, "login", "browser")}
        for number in range(1, chosen.rounds + 1):
            for name, one_hash in hashes.items():
                with spent[name].counting("bench.login"):
                    alone[name].append(rate(one_hash, threads=cores, seconds=chosen.seconds, spent=[spent[name]]))
            with (
                spent["login"].counting(f"--port {port} ", "bench_login"),
                spent["browser"].counting("bench.login"),
            ):
                both = [spent["login"], spent["browser"]]
                ours.append(rate(one_login, threads=BROWSERS, seconds=chosen.seconds, spent=both))
            others = ", ".join(f"{name} {each[-1]:.1f}/s" for name, each in alone.items())
            stage.say(f"round {number}: {ours[-1]:.1f} logins/s, {others}")
    stage.report(
        "login",
        ours=statistics.median(ours),
        unit="logins/s",
        references={name: statistics.median(each) for name, each in alone.items()},
        ratios={
            name: statistics.median(one / other for one, other in zip(ours, each, strict=True))
            for name, each in alone.items()
        },
        reach=REACH,
        cores=cores,
        cpu_ms={name: round(each.milliseconds, 1) for name, each in spent.items()},
        cpu_ratio=round(spent["argon2 alone"].milliseconds / spent["login"].milliseconds, 3),
    )


@dataclass
class Spent:
    """Processor time by how many things done. The database's processes name the database in their titles."""

    seconds: float = 0.0
    done: int = 0

    @contextlib.contextmanager
    def counting(self, *names: str) -> Iterator[None]:
        before = web.cpu_seconds(*names)
        yield
        # A process that ended meanwhile (a connection to the database lives for a minute) took its count along.
        self.seconds += sum(now - before.get(number, 0.0) for number, now in web.cpu_seconds(*names).items())

    @property
    def milliseconds(self) -> float:
        return 1000 * self.seconds / max(1, self.done)


def populate(people: int) -> list[str]:
    """So many customers with one password, hashed once; returns their addresses."""
    from allauth.account.models import EmailAddress
    from django.contrib.auth.hashers import make_password

    from madoguchi.accounts.models import Account

    hashed = make_password(PASSWORD)
    made = Account.objects.bulk_create(
        Account(email=f"customer{number}@example.jp", password=hashed) for number in range(people)
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=one, email=one.email, verified=True, primary=True) for one in made
    )
    return [one.email for one in made]


def known_browsers(port: int, emails: list[str]) -> list[tuple[str, web.Browser]]:
    """A browser for each address that has logged in before, its session forgotten, as when the window was closed."""
    browsers = []
    for email in emails:
        browser = web.Browser(port)
        log_in(email, browser)
        browsers.append((email, browser))
    return browsers


def log_in(email: str, browser: web.Browser) -> None:
    browser.cookies.pop("session", None)
    answer = browser.post("/id/login/", {"email": email, "password": PASSWORD})
    if (answer.status, answer.location) != (302, "/my/"):
        raise SystemExit(f"not logged in: {answer.status} {answer.location}")


def logins(browsers: list[tuple[str, web.Browser]]) -> Callable[[], None]:
    """Each call logs in with the next browser; one browser is never used twice at once."""
    lock = threading.Lock()
    waiting = list(browsers)

    def one() -> None:
        with lock:
            email, browser = waiting.pop(0)
        log_in(email, browser)
        with lock:
            waiting.append((email, browser))

    return one


def argon2_alone() -> Callable[[], None]:
    """argon2-cffi's verify with the parameters the site hashes with; it leaves Python alone while it computes."""
    from argon2 import PasswordHasher

    from madoguchi.accounts.hashers import Argon2idHasher

    hasher = PasswordHasher(
        memory_cost=Argon2idHasher.memory_cost,
        time_cost=Argon2idHasher.time_cost,
        parallelism=Argon2idHasher.parallelism,
    )
    hashed = hasher.hash(PASSWORD)

    def one() -> None:
        hasher.verify(hashed, PASSWORD)

    return one


def libsodium_alone() -> Callable[[], None]:
    """libsodium's verify, likewise."""
    from nacl import pwhash

    from madoguchi.accounts.hashers import Argon2idHasher

    parameters = {"opslimit": Argon2idHasher.time_cost, "memlimit": Argon2idHasher.memory_cost * 1024}
    hashed = pwhash.argon2id.str(PASSWORD.encode(), **parameters)

    def one() -> None:
        pwhash.verify(hashed, PASSWORD.encode())

    return one


def rate(act: Callable[[], None], *, threads: int, seconds: float, spent: Sequence[Spent]) -> float:
    """How many a second ``threads`` do at a time."""
    end = time.monotonic() + seconds

    def many(_number: int) -> int:
        done = 0
        while time.monotonic() < end:
            act()
            done += 1
        return done

    start = time.monotonic()
    with ThreadPoolExecutor(threads) as pool:
        total = sum(pool.map(many, range(threads)))
    for each in spent:
        each.done += total
    return total / (time.monotonic() - start)


if __name__ == "__main__":
    main()
