"""The worker as a process: killed in the middle, stopped in the middle, two at once. The receiver's file counts."""

import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from madoguchi.delivery.models import Mailing
from madoguchi.delivery.tests import worker

pytestmark = pytest.mark.django_db(transaction=True)

CONNECTIONS = 4


def wait(until: Callable[[], Any], *, seconds: float = 180) -> None:
    deadline = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.002)


def finished(mailing: Mailing) -> bool:
    return Mailing.objects.get(pk=mailing.pk).finished_at is not None


@pytest.fixture
def start(tmp_path, receiver) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    running: list[subprocess.Popen[bytes]] = []

    def begin(name: str = "machine") -> subprocess.Popen[bytes]:
        running.append(
            worker.start(
                folder=tmp_path / name,
                relay=receiver.url,
                database=connection.settings_dict,
                connections=CONNECTIONS,
            )
        )
        return running[-1]

    yield begin
    for process in running:
        process.kill()
        process.wait()


def test_a_worker_killed_in_the_middle_loses_nothing_and_repeats_only_what_was_in_flight(receiver, mailing, start):
    made = mailing(500)
    first = start()
    wait(lambda: (receiver.folder / "accepted").read_bytes().count(b"\n") > 150)
    first.send_signal(signal.SIGKILL)
    first.wait()
    before = len(receiver.accepted())
    assert before < 500, "it was killed too late to prove anything"
    start()
    wait(lambda: finished(made))
    counted = receiver.counted()
    assert len(counted) == 500
    doubled = {to: times for to, times in counted.items() if times > 1}
    assert sum(times - 1 for times in doubled.values()) <= CONNECTIONS
    ids: dict[str, set[str]] = {}
    for mail, one in zip(receiver.mails(), receiver.accepted(), strict=True):
        ids.setdefault(one["to"], set()).add(mail["Message-ID"])
    assert all(len(of_one) == 1 for of_one in ids.values())
    assert made.progress() == {"sent": 500}


def test_a_worker_stopped_in_the_middle_repeats_nothing(receiver, mailing, start):
    made = mailing(500)
    first = start()
    wait(lambda: (receiver.folder / "accepted").read_bytes().count(b"\n") > 100)
    first.send_signal(signal.SIGTERM)
    assert first.wait(timeout=60) == 0
    assert made.letters.exclude(leased_until=None).count() == 0
    assert made.progress().get("sent", 0) == len(receiver.accepted())
    start()
    wait(lambda: finished(made))
    assert Counter(receiver.counted().values()) == {1: 500}


def test_two_workers_share_a_mailing_without_repeating(receiver, mailing, start):
    made = mailing(1600)
    start("one")
    start("another")
    wait(lambda: finished(made))
    assert Counter(receiver.counted().values()) == {1: 1600}
