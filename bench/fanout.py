"""A trouble report to many: from publishing it to the last recorded result. ``python -m bench.fanout [--letters N]``.

Ours is the whole way: publish, the job that writes a row for every due destination, claim, splice, SMTP, results in the
database, by one worker process. It is compared with (a) Postfix's ``smtp-source -d``, C, no database, sending as many
bytes over as many connections into the same ``smtp-sink``; (b) django-post_office with its own defaults; (c) smtplib,
one connection, a message built for each recipient. (a) and ours take turns; the ratio is the median of the rounds.

``--workers`` shares the letters among several processes. That is faster where a worker, or the relay's answer, is what
the others wait for (``--relay-waits 0.02``: a relay that answers for each letter after 20 ms); where one worker, the
database and the sink have used up the processors already, it is not.

Beside each rate stands what each part spent on a letter in microseconds of processor time (``us``), which a machine
that does other work meanwhile distorts less.
"""

import argparse
import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bench import fanout_references, stage
from madoguchi.lib.ports import free_port

CONNECTIONS = 10
REACH = {"smtp-source": 0.8, "django-post_office": 20.0}
BODY_JA = (
    "現在、一部の地域で通信がご利用いただけない状況が発生しています。原因を調査し、復旧作業を進めています。\n\n"
    "影響を受けるお客さまには大変ご迷惑をおかけしておりますことをお詫び申し上げます。"
)
BODY_EN = (
    "Communication is interrupted in some areas. We are looking into the cause and working on the repair.\n\n"
    "We apologise to everybody affected."
)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--letters", type=int, default=100_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--workers", type=int, default=1, help="worker processes that share the letters")
    options.add_argument("--relay-waits", type=float, default=0, help="seconds the relay takes over each letter")
    options.add_argument("--only-ours", action="store_true", help="skip the references (for profiling)")
    chosen = options.parse_args()
    need_postfix()
    port = free_port()
    folder = stage.set_up(
        "fanout",
        MADOGUCHI_SMTP_URL=f"smtp://127.0.0.1:{port}",
        MADOGUCHI_SMTP_CONNECTIONS=str(CONNECTIONS),
    )
    stage.say(f"{chosen.letters} customers follow a service")
    populate(chosen.letters)
    with stage.process(*relay(port, waits=chosen.relay_waits)) as sink:
        ours, theirs, letter = rounds(chosen, port=port, sink=sink.pid)
        if chosen.only_ours:
            return
        few = max(1000, chosen.letters // 50)
        stage.say(f"django-post_office, {few} letters")
        post_office = fanout_references.post_office(few, port=port, letter=letter)
        stage.say(f"smtplib, {few} letters")
        smtplib = fanout_references.smtplib_one_by_one(few, port=port, letter=letter)
    shutil.rmtree(folder / "outbox", ignore_errors=True)
    stage.report(
        "fanout",
        ours=statistics.median(one["rate"] for one in ours),
        unit="letters/s",
        references={
            "smtp-source": statistics.median(one["rate"] for one in theirs),
            "django-post_office": post_office,
            "smtplib": smtplib,
        },
        ratios={
            "smtp-source": statistics.median(
                one["rate"] / other["rate"] for one, other in zip(ours, theirs, strict=True)
            ),
            "django-post_office": statistics.median(one["rate"] for one in ours) / post_office,
            "smtplib": statistics.median(one["rate"] for one in ours) / smtplib,
        },
        reach=REACH,
        letters=chosen.letters,
        workers=chosen.workers,
        relay_waits=chosen.relay_waits,
        connections=CONNECTIONS,
        bytes_a_letter=len(letter["raw"]),
        rounds=[{**one, "smtp-source": other} for one, other in zip(ours, theirs, strict=True)],
        compared_with="smtp-source -d (Postfix, C, no rows kept), django-post_office with its defaults, smtplib with a"
        " message built per recipient; all into smtp-sink on loopback, the first two kinds taking turns",
    )


def need_postfix() -> None:
    """``smtp-source`` and ``smtp-sink``, from the package ``postfix``; as root on Debian it is installed."""
    os.environ["PATH"] += ":/usr/sbin"
    if not shutil.which("smtp-source") and os.getuid() == 0 and shutil.which("apt-get"):
        stage.say("installing postfix for smtp-source and smtp-sink")
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "install", "-y", "-qq", "postfix"], env=quiet, check=False, stdout=sys.stderr)
    if not shutil.which("smtp-source") or not shutil.which("smtp-sink"):
        sys.exit("bench-fanout needs smtp-source and smtp-sink: install the package postfix (it need not run)")


def relay(port: int, *, waits: float) -> tuple[str, ...]:
    """The command of who takes the letters; ``waits`` is seconds it takes over each."""
    if waits:
        return sys.executable, "-m", "bench.slow_relay", str(port), str(waits)
    as_nobody = ("-u", "nobody") if os.getuid() == 0 else ()
    return "smtp-sink", *as_nobody, f"127.0.0.1:{port}", "512"


def populate(customers: int) -> None:
    """So many customers, each with one destination, all following one service; every third reads English."""
    from madoguchi.accounts.models import Account
    from madoguchi.catalog.models import Category, Service
    from madoguchi.notices.models import Destination, Subscription

    category = Category.objects.create(slug="network", name_ja="ネットワーク", name_en="Network")
    service = Service.objects.create(
        slug="line",
        category=category,
        name_ja="ひかり回線",
        name_en="Optical line",
        kana="ヒカリカイセン",
        for_individuals=True,
        for_companies=True,
    )
    for start in range(0, customers, 10_000):
        numbers = range(start, min(start + 10_000, customers))
        accounts = Account.objects.bulk_create(
            Account(email=f"customer{number}@example{number % 50}.jp", language="en" if number % 3 == 0 else "ja")
            for number in numbers
        )
        Destination.objects.bulk_create(
            Destination(account=account, slot=1, address=account.email) for account in accounts
        )
        Subscription.objects.bulk_create(Subscription(account=account, service=service) for account in accounts)


def rounds(chosen: argparse.Namespace, *, port: int, sink: int) -> tuple[list[dict], list[dict], dict[str, str]]:
    """Turns of ours and (a); also a letter as it went out, for the other references."""
    ours: list[dict] = []
    theirs: list[dict] = []
    letter: dict[str, str] = {}
    server = stage.database_server()
    with contextlib.ExitStack() as running:
        command = (sys.executable, "-m", "madoguchi", "worker")
        workers = [running.enter_context(stage.process(*command)).pid for _worker in range(chosen.workers)]
        wait_until_they_listen(chosen.workers)
        for turn in range(1, chosen.rounds + 1):
            parts = {
                "worker": lambda: sum(map(stage.processor_time, workers)),
                "postgresql": lambda: stage.processor_time(server, with_children=True),
                "sink": lambda: stage.processor_time(sink),
            }
            one = spent(parts, chosen.letters, lambda: publish_and_wait(chosen.letters))
            one["worker_mb"] = round(max(map(stage.peak_memory, workers)), 1)
            ours.append(one)
            stage.say(f"round {turn}: ours {one['rate']:.0f}/s, us {one['us']}")
            letter = letter or fanout_references.a_letter()
            if not chosen.only_ours:
                theirs.append(smtp_source(chosen.letters, port=port, sink=sink, size=len(letter["raw"])))
                stage.say(f"round {turn}: smtp-source {theirs[-1]['rate']:.0f}/s, us {theirs[-1]['us']}")
    return ours, theirs, letter


def smtp_source(letters: int, *, port: int, sink: int, size: int) -> dict[str, Any]:
    parts = {
        "smtp-source": lambda: sum(os.times()[2:4]),
        "sink": lambda: stage.processor_time(sink),
    }
    sizes = {"port": port, "connections": CONNECTIONS, "size": size}
    return spent(parts, letters, lambda: {"rate": round(fanout_references.smtp_source(letters, **sizes), 1)})


def spent(parts: dict[str, Callable[[], float]], letters: int, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What ``work`` says, and ``us``: microseconds of processor time a letter that each of ``parts`` spent on it."""
    before = {name: asked() for name, asked in parts.items()}
    found = work()
    return {**found, "us": {name: round((asked() - before[name]) / letters * 1e6, 1) for name, asked in parts.items()}}


def wait_until_they_listen(workers: int) -> None:
    from django.db import connection

    listening = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE %s"
    with connection.cursor() as cursor:
        while cursor.execute(listening, ["LISTEN %letters"]).fetchone() < (workers,):
            time.sleep(0.1)


def publish_and_wait(letters: int) -> dict[str, float]:
    """Publish a trouble report to everybody; seconds and rate from there to the last recorded result."""
    from django.db import connection
    from django.utils import timezone

    from madoguchi.catalog.models import Service
    from madoguchi.delivery.models import Mailing
    from madoguchi.notices import write
    from madoguchi.notices.content import NoticeContent, ReportContent

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE delivery_letter, delivery_mailing CASCADE")
        cursor.execute("VACUUM ANALYZE")
    draft = write.start(
        kind="trouble",
        notice=NoticeContent(
            title_ja="ひかり回線の故障について", title_en="Optical line trouble", services=[Service.objects.get()]
        ),
        report=ReportContent(
            state_after="investigating",
            body_ja=BODY_JA,
            body_en=BODY_EN,
            impact="outage",
            started_at=timezone.now() - timedelta(minutes=20),
        ),
        by=None,
    )
    began = timezone.now()
    report = draft.publish(by=None)
    mailing = Mailing.objects.get(reference=str(report.pk))
    while Mailing.objects.filter(pk=mailing.pk, finished_at=None).exists():
        time.sleep(0.2)
    counts = mailing.progress()
    if counts != {"sent": letters}:
        sys.exit(f"not everybody got it: {counts}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(finished_at) FROM delivery_letter WHERE mailing_id = %s", [mailing.pk])
        (ended,) = cursor.fetchone()
    seconds = (ended - began).total_seconds()
    return {"seconds": round(seconds, 2), "rate": round(letters / seconds, 1)}


if __name__ == "__main__":
    main()
