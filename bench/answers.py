"""Whether the time of an answer tells that an address has an ID. ``python -m bench.answers [--rounds N]``.

Registration (both its forms), login and the forgotten password are asked through granian over loopback, in turns for
addresses that have an ID and addresses that have none, each from a fresh browser. Printed are the medians of each and
their ratio; a difference that is no more than the scatter of the known ones among themselves tells nobody anything.

One process answers: of two, each hashes at a speed of its own, by where its memory happens to lie, and which of them
gets a request has nothing to do with the address.
"""

import argparse
import statistics
import time
from collections.abc import Callable

from bench import stage, web
from bench.login import populate

ALIKE = 0.1
FORM = {
    "password": "midori-no-kaze-7",
    "password_again": "midori-no-kaze-7",
    "family_name_kana": "ヤマダ",
    "given_name_kana": "ハナコ",
    "birth_date_year": "1958",
    "birth_date_month": "4",
    "birth_date_day": "2",
}


def register(browser: web.Browser, email: str) -> int:
    browser.post("/id/register/", {**FORM, "email": email})
    return browser.post("/id/register/confirm/", {}).status


def log_in(browser: web.Browser, email: str) -> int:
    return browser.post("/id/login/", {"email": email, "password": "wrong-one-1"}).status


def forget(browser: web.Browser, email: str) -> int:
    return browser.post("/id/password/forgot/", {**FORM, "email": email}).status


ASKED: dict[str, tuple[Callable[[web.Browser, str], int], int]] = {
    "registration": (register, 302),
    "login": (log_in, 422),
    "forgotten": (forget, 302),
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=60)
    rounds = options.parse_args().rounds
    unlimited = {"MADOGUCHI_LOGIN_TRIES_PER_SOURCE": "100000", "MADOGUCHI_PROXIES": "1"}
    stage.set_up("answers", MADOGUCHI_STATIC="plain", **unlimited)
    known = populate(rounds)
    unknown = [email.replace("customer", "somebody") for email in known]
    medians: dict[str, dict[str, float]] = {}
    with web.server(workers=1) as port:
        for name, (ask, status) in ASKED.items():
            took = measured(ask, status, port=port, pairs=list(zip(known, unknown, strict=True)))
            medians[name] = {who: round(1000 * statistics.median(times), 2) for who, times in took.items()}
            stage.say(f"{name}: {medians[name]}")
    ratios = {name: each["known"] / each["unknown"] for name, each in medians.items()}
    stage.report(
        "answers",
        ours=max(abs(ratio - 1) for ratio in ratios.values()) * 100,
        unit="% apart at most",
        references={f"{name}, {who}, ms": took for name, each in medians.items() for who, took in each.items()},
        ratios=ratios,
        alike=all(abs(ratio - 1) <= ALIKE for ratio in ratios.values()),
    )


def measured(
    ask: Callable[[web.Browser, str], int], status: int, *, port: int, pairs: list[tuple[str, str]]
) -> dict[str, list[float]]:
    """Seconds of every answer, known and unknown in turns, whichever first changing with each pair."""
    took: dict[str, list[float]] = {"known": [], "unknown": []}
    for number, pair in enumerate(pairs):
        both = list(zip(("known", "unknown"), pair, strict=True))
        for who, email in both if number % 2 else reversed(both):
            # Every pair from a network of its own, so that no limit of one place is reached.
            browser = web.Browser(port, source=f"203.0.113.{number % 250 + 1}")
            start = time.perf_counter()
            found = ask(browser, email)
            took[who].append(time.perf_counter() - start)
            browser.close()
            if found != status:
                raise SystemExit(f"{who}: {found} instead of {status}")
    return took


if __name__ == "__main__":
    main()
