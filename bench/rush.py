"""The page of a trouble while everybody looks at it. ``python -m bench.rush [--seconds N] [--rounds N]``.

(a) Through nginx with the configuration we ship, against the same nginx serving the same bytes from a file: the page
lies there compressed, under a path as long, is answered with the same headers and logged in the same way. Printed
beside it is the same file where nginx keeps it open, as it does with kept pages and by itself with no file. All without
TLS, which would weigh on each; then with the database stopped, then with the application stopped too, when every answer
must still be 200.
(b) The application server alone, against the same server answering a constant of the same bytes. ``wrk`` asks, over
kept connections and for gzip, as browsers do. The sides take turns, and the ratio is the median of the rounds. Where
other work shares the machine, nginx's processor time for an answer of each side tells more; it is printed too.
"""

import argparse
import contextlib
import gzip
import os
import re
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from bench import front, stage, web
from madoguchi.lib.ports import free_port

REACH = {"the same bytes from a file": 0.9, "the same server, a constant": 0.5}
WEIGHT = 60_000  # bytes over the wire
CONNECTIONS = 32
# What nginx says of a file by itself.
_OF_A_FILE = {"server", "date", "content-length", "content-type", "content-encoding", "connection", "vary", "etag"}
_CORES = len(os.sched_getaffinity(0))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=3, help="of each turn")
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--away", type=float, default=35, help="seconds of each stop; pages are good for 30")
    chosen = options.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is not installed (Debian, Ubuntu: wrk)")
    work = stage.set_up(
        "rush", MADOGUCHI_STATIC="plain", MADOGUCHI_HOSTS=f"{front.NAME},{front.HOST}", MADOGUCHI_PROXIES="1"
    )
    path = trouble()
    with contextlib.ExitStack() as outside, contextlib.ExitStack() as inside:
        port = inside.enter_context(web.server(workers=_CORES))
        folder = fresh(work / "rush")
        with front.running(front.Front(folder, application=port)) as before:
            headers, body = page_of(before, path)
        # As long as the page's path, as a request is read byte by byte; with a slash last it would be a folder.
        file, opened = (path.replace("/notices/", name)[:-1] + "_" for name in ("/as-file/", "/as-open/"))
        beside = as_a_file(folder, headers, at=file) + as_a_file(folder, headers, at=opened, opened=True)
        site = front.Front(folder, application=port, beside=beside)
        (folder / "page.html").write_bytes(gzip.decompress(body))
        packed = folder / "page.html.gz"
        packed.write_bytes(body)
        outside.enter_context(front.running(site))
        constant = inside.enter_context(constant_server(packed))
        kept = f"http://{front.HOST}:{site.bare}{path}"
        sides = {
            "cached": kept,
            "file": f"http://{front.HOST}:{site.bare}{file}",
            "open file": f"http://{front.HOST}:{site.bare}{opened}",
            "application": f"http://{front.HOST}:{port}{path}",
            "constant": f"http://{front.HOST}:{constant}/",
        }
        site.ask(path)
        for address in sides.values():  # everything has answered before anything is measured
            asked(address, 1)
        rates: dict[str, list[float]] = {name: [] for name in sides}
        spent: dict[str, list[float]] = {name: [] for name in sides}
        for number in range(1, chosen.rounds + 1):
            for name, address in sides.items():
                before = nginx_seconds(site)
                rates[name].append(asked(address, chosen.seconds))
                took = nginx_seconds(site) - before
                spent[name].append(1e6 * took / (rates[name][-1] * max(1, round(chosen.seconds))))
            stage.say(f"round {number}: " + ", ".join(f"{name} {found[-1]:.0f}/s" for name, found in rates.items()))
        weight = len(site.ask(path, headers={"Accept-Encoding": "gzip"})[2])
        stage.say("the database stops")
        with database_away():
            away = {"the database stopped": asked(kept, chosen.away)}
            stage.say("the application stops")
            inside.close()
            away["the application stopped"] = asked(kept, chosen.away)
    report(rates, spent, away, weight)


def page_of(site: front.Front, path: str) -> tuple[dict[str, str], bytes]:
    """The page as nginx shows it once it has kept it, compressed: its headers and its body."""
    for _time in range(2):
        status, headers, body = site.ask(path, headers={"Accept-Encoding": "gzip"})
    if (status, headers.get("content-encoding"), headers.get("x-cache")) != (200, "gzip", "HIT"):
        raise SystemExit(f"{path}: {status}, {headers.get('content-encoding')}, {headers.get('x-cache')}")
    return headers, body


def as_a_file(folder: Path, headers: Mapping[str, str], *, at: str, opened: bool = False) -> str:
    """The location ``at`` of nginx's: there the page is a file beside its compressed form, with ``headers`` alone.

    It is opened anew for each request, as nginx does when it is told nothing, or stays open like a kept page.
    """
    lines = [
        f'add_header {name} "{value.replace(chr(34), chr(92) + chr(34))}";'
        for name, value in headers.items()
        if name not in _OF_A_FILE
    ]
    answered = (f'default_type "{headers["content-type"]}";', 'add_header Last-Modified "";', *lines)
    served = (
        f"alias {folder}/page.html;",
        "gzip_static on;",
        "" if opened else "open_file_cache off;",
        "types { }",
        *answered,
    )
    return f"    location = {at} {{ {' '.join(served)} }}\n"


def nginx_seconds(site: front.Front) -> float:
    """What the workers of ``site`` have computed so far."""
    master = (site.folder / "nginx.pid").read_text().strip()
    children = Path(f"/proc/{master}/task/{master}/children")
    workers = children.read_text().split() if children.exists() else []
    fields = [Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split() for one in workers]
    return sum(int(each[11]) + int(each[12]) for each in fields) / os.sysconf("SC_CLK_TCK")


def trouble() -> str:
    """The path of a trouble notice that was just published."""
    from madoguchi.catalog.models import Category, Service
    from madoguchi.notices import write
    from madoguchi.notices.content import NoticeContent, ReportContent

    category = Category.objects.create(slug="internet", name_ja="インターネット", name_en="Internet")
    service = Service.objects.create(
        slug="hikari",
        category=category,
        name_ja="あおば光",
        name_en="Aoba Hikari",
        for_individuals=True,
        for_companies=True,
    )
    draft = write.start(
        kind="trouble",
        notice=NoticeContent(services=(service,), title_ja="通信しづらい状況", title_en="Connections are failing"),
        report=ReportContent(
            state_after="investigating",
            body_ja="現在、原因を調査しています。",
            body_en="We are investigating.",
            impact="outage",
            started_at=_minutes_ago(),
        ),
        by=None,
    )
    return f"/notices/{draft.publish(by=None).notice.number}/"


def _minutes_ago() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=10)


def fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


@contextlib.contextmanager
def constant_server(page: Path) -> Iterator[int]:
    """granian as ours, answering the bytes of ``page`` to everybody."""
    port = free_port()
    granian = (sys.executable, "-m", "granian", "--interface", "wsgi", "--host", front.HOST, "--port", str(port))
    with stage.process(
        *(*granian, "--workers", str(_CORES), "--blocking-threads", "8", "bench.rush_constant:application"),
        env={**os.environ, "BENCH_PAGE": str(page), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ):
        front.wait_for(port)
        yield port


@contextlib.contextmanager
def database_away() -> Iterator[None]:
    """Nobody gets into the bench's database, and who was in it is thrown out."""
    from django.db import connection

    name = str(connection.settings_dict["NAME"])
    connection.close()
    head, _, tail = os.environ["DATABASE_URL"].partition("?")
    server = f"{head.rsplit('/', 1)[0]}/postgres" + (f"?{tail}" if tail else "")
    with psycopg.connect(server, autocommit=True) as maintenance:
        maintenance.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        maintenance.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        try:
            yield
        finally:
            maintenance.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


def asked(address: str, seconds: float) -> float:
    """Answers a second over kept connections; any that is not a 200 ends the bench."""
    command = ("wrk", "-t2", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "--timeout", "10s")
    named = ("-H", f"Host: {front.NAME}", "-H", "Accept-Encoding: gzip", address)
    said = subprocess.run((*command, *named), capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise SystemExit(f"{address}:\n{said}")
    return float(re.findall(r"Requests/sec:\s+([0-9.]+)", said)[0])


def report(rates: dict[str, list[float]], spent: dict[str, list[float]], away: dict[str, float], weight: int) -> None:
    def ratio(ours: str, other: str) -> float:
        return statistics.median(one / two for one, two in zip(rates[ours], rates[other], strict=True))

    middle = {name: round(statistics.median(found), 1) for name, found in rates.items()}
    stage.report(
        "rush",
        ours=middle["cached"],
        unit="pages/s",
        references={"the same bytes from a file": middle["file"], "the same server, a constant": middle["constant"]},
        ratios={
            "the same bytes from a file": ratio("cached", "file"),
            "the same server, a constant": ratio("application", "constant"),
        },
        reach=REACH,
        application=middle["application"],
        nginx_us={name: round(statistics.median(spent[name]), 1) for name in ("cached", "file", "open file")},
        open_file=middle["open file"],
        away={name: round(rate, 1) for name, rate in away.items()},
        weight=weight,
        light=weight <= WEIGHT,
    )


if __name__ == "__main__":
    main()
