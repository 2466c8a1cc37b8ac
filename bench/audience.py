"""Choosing who gets a report among 1,000,000 subscriptions, and writing their letters. ``python -m bench.audience``.

Ours is the job ``notices.write_letters`` from its start to its last commit: subscriptions of the notice's services,
limits to regions and to contracts, opt-outs, addresses that mail came back from, days and hours in two zones, and a row
for every destination, whatever becomes of it. It is compared with the same rows, chosen and made beforehand, copied by
one bare INSERT … SELECT into the same table with the same indexes. Three reports are measured: trouble that touches
everybody on its services, work that lists 100,000 contracts and comes with a calendar for some, and a second report of
the trouble, whose letters also look for the mail they follow. The ratio that counts is the worst. All take turns; each
ratio is the median of the rounds.

Beside each rate stands the database server's processor time for a row in microseconds (``us``): ours uses as many
processors as the settings say, the bare statement one.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from bench import stage

REACH = {"bare rows": 0.5}
SUBSCRIPTIONS = 1_000_000
SERVICES = 20
# A Sunday afternoon: business hours are shut.
MOMENT = datetime.fromisoformat("2026-11-22T14:05:00+09:00")

# Random but the same each time: a fraction of the hash of a row's number and a salt.
_CHANCE = """
    CREATE FUNCTION chance(bigint, int) RETURNS float8 IMMUTABLE LANGUAGE sql AS
    $$ SELECT (hashint8extended($1, $2) & 1048575) / 1048576.0 $$
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--subscriptions", type=int, default=SUBSCRIPTIONS)
    options.add_argument("--rounds", type=int, default=5)
    chosen = options.parse_args()
    stage.set_up("audience")
    from django.conf import settings

    stage.say(f"{chosen.subscriptions} subscriptions are written")
    populate(chosen.subscriptions)
    first = trouble()
    reports = {"trouble": first, "work": work(listed=chosen.subscriptions // 10), "second report": second(first)}
    rounds: dict[str, list[dict[str, Any]]] = {name: [] for name in reports}
    for number in range(1, chosen.rounds + 1):
        for name, report in reports.items():
            ours = write(report)
            bare = copy()
            rounds[name].append(
                {"rows": ours["rows"], "ours": ours["rate"], "bare rows": bare["rate"], "us": [ours["us"], bare["us"]]}
            )
            stage.say(
                f"round {number}, {name}: {ours['rows']:.0f} rows, ours {ours['rate']:.0f}/s ({ours['us']:.1f} us), "
                f"bare {bare['rate']:.0f}/s ({bare['us']:.1f} us)"
            )
    ratios = {
        name: statistics.median(one["ours"] / one["bare rows"] for one in found) for name, found in rounds.items()
    }
    worst = min(ratios, key=lambda name: ratios[name])
    stage.report(
        "audience",
        ours=statistics.median(one["ours"] for one in rounds[worst]),
        unit="rows/s",
        references={"bare rows": statistics.median(one["bare rows"] for one in rounds[worst])},
        ratios={"bare rows": ratios[worst]},
        reach=REACH,
        subscriptions=chosen.subscriptions,
        rows={name: round(found[0]["rows"]) for name, found in rounds.items()},
        ratio_of={name: round(ratio, 3) for name, ratio in ratios.items()},
        us={
            name: [round(statistics.median(one["us"][side] for one in found), 1) for side in (0, 1)]
            for name, found in rounds.items()
        },
        hands=settings.AUDIENCE_HANDS,
        shared_buffers=asked("SHOW shared_buffers"),
        peak_mb=round(stage.peak_memory(os.getpid()), 1),
        compared_with="the same rows, made beforehand, copied by one INSERT … SELECT into the same table and indexes",
    )


def populate(subscriptions: int) -> None:
    """IDs, wishes, addresses, contracts, opt-outs and addresses not written to, so many that there are
    ``subscriptions`` wishes."""
    from madoguchi.accounts.models import Account
    from madoguchi.catalog.models import Category, Service
    from madoguchi.contracts.models import Contract, Customer, CustomerLink
    from madoguchi.delivery.models import Suppression
    from madoguchi.notices.models import Destination, OptOut, Subscription

    category = Category.objects.create(slug="network", name_ja="ネットワーク", name_en="Network")
    audience = {"for_individuals": True, "for_companies": True}
    names = [{"name_ja": f"ひかり回線{n}", "name_en": f"Line {n}", "kana": "ヒカリ"} for n in range(SERVICES)]
    services = Service.objects.bulk_create(
        Service(slug=f"line{n}", category=category, **name, **audience) for n, name in enumerate(names)
    )
    run(_CHANCE)
    people = f"generate_series(1, {subscriptions * 2 // 5}) n"
    nth_service = f"(ARRAY{[service.pk for service in services]})[1 + ({{}}) % {SERVICES}]"
    business = "chance(n, k + 20) < 0.33"
    many(
        Account(password="!"),  # noqa: S106 - no password at all
        people,
        id="n",
        public_id="gen_random_uuid()",
        email="'customer' || n || '@example' || n % 50 || '.jp'",
        language="CASE WHEN n % 3 = 0 THEN 'en' ELSE 'ja' END",
        time_zone="CASE WHEN n % 10 = 0 THEN 'America/New_York' ELSE 'Asia/Tokyo' END",
    )
    # Two or three services each; a quarter of them for some regions, a fifth for the ID's own contracts alone.
    many(
        Subscription(),
        f"{people} CROSS JOIN LATERAL generate_series(0, 1 + n % 2) k",
        account_id="n",
        service_id=nth_service.format("n * 7 + k * (1 + n % 6)"),
        work="chance(n, k) < 0.9",
        trouble="chance(n, k + 3) < 0.95",
        only_my_contracts="chance(n, k + 6) < 0.2",
        regions="CASE WHEN chance(n, k + 9) < 0.25 THEN ARRAY[lpad((1 + n % 47)::text, 2, '0'), '13'] ELSE '{}' END",
    )
    # One address each, every fourth two; a third of them for business hours alone, of which some hold.
    many(
        Destination(),
        f"{people} CROSS JOIN LATERAL generate_series(1, CASE WHEN n % 4 = 0 THEN 2 ELSE 1 END) k",
        account_id="n",
        slot="k",
        address="CASE k WHEN 1 THEN 'customer' ELSE 'second' END || n || '@example' || n % 50 || '.jp'",
        device="CASE WHEN n % 20 = 0 THEN 'mobile' ELSE 'pc' END",
        state="CASE WHEN chance(n, k + 30) < 0.03 THEN 'paused' ELSE 'verified' END",
        days=f"CASE WHEN {business} THEN {0b011_1110} ELSE {0b111_1111} END",
        hours=f"CASE WHEN {business} THEN {0b11_1111_1110_0000_0000} ELSE {0xFF_FFFF} END",
        outside="CASE WHEN chance(n, k + 40) < 0.3 THEN 'hold' ELSE 'skip' END",
        critical_always="chance(n, k + 50) < 0.2",
        with_calendar="n % 20 = 7",
        unsubscribe_key="uuid_send(gen_random_uuid())",
        box="left(md5(n || '.' || k), 16)",
    )
    many(
        Suppression(reason=Suppression.Reason.HARD),
        "notices_destination WHERE chance(id, 60) < 0.01",
        address="address",
    )
    # Every second ID holds a contract.
    holders = f"{people} WHERE n % 2 = 1"
    many(Customer(), holders, id="n", number="'N' || lpad(n::text, 9, '0')")
    many(CustomerLink(role="holder"), holders, account_id="n", customer_id="n")
    many(
        Contract(usage_kind="internet", contact_phone="+819000000000", started_on=MOMENT.date()),
        holders,
        number="'C' || lpad(n::text, 8, '0')",
        customer_id="n",
        service_id=nth_service.format("n * 7"),
    )
    many(
        OptOut(kind="trouble"),
        "notices_destination d JOIN notices_subscription s USING (account_id) WHERE chance(d.id, 70) < 0.02",
        account_id="d.account_id",
        address="d.address",
        service_id="s.service_id",
    )
    settle()


def many(like: Any, source: str, **values: str) -> None:
    """A row like the model instance ``like`` for each row of ``source``, with ``values`` (SQL) of its own."""
    from django.db import connection

    fields = [field for field in like._meta.concrete_fields if not field.primary_key or field.column in values]
    same = {f.column: f.get_db_prep_save(getattr(like, f.attname), connection) for f in fields}
    columns = ", ".join(same)
    wanted = ", ".join(values[column].replace("%", "%%") if column in values else f"%({column})s" for column in same)
    statement = f"INSERT INTO {like._meta.db_table} ({columns}) SELECT {wanted} FROM {source.replace('%', '%%')}"
    run(statement, {column: value for column, value in same.items() if column not in values})


def trouble() -> Any:
    """The first report about trouble with four of the services in three regions."""
    return _start("trouble", _said("investigating"), regions=["13", "14", "27"]).publish(by=None, at=MOMENT)


def second(first: Any) -> Any:
    from madoguchi.notices import write as drafts

    later = MOMENT + timedelta(minutes=30)
    return drafts.add_report(first.notice, content=_said("identified"), by=None).publish(by=None, at=later)


def _said(state: str) -> Any:
    from madoguchi.notices.content import ReportContent

    began = MOMENT - timedelta(minutes=20)
    return ReportContent(state_after=state, body_ja="調査しています。", impact="outage", started_at=began)


def work(*, listed: int) -> Any:
    """Work on four of the services that lists ``listed`` contracts."""
    from madoguchi.notices.content import Period, ReportContent

    night = Period(starts_at=MOMENT + timedelta(days=7), ends_at=MOMENT + timedelta(days=7, hours=4))
    numbers = [f"C{2 * n + 1:08}" for n in range(listed)]
    said = ReportContent(state_after="confirmed", body_ja="設備を更新します。", impact="degraded", windows=(night,))
    return _start("work", said, contract_numbers=numbers).publish(by=None, at=MOMENT)


def _start(kind: str, said: Any, **about: Any) -> Any:
    from madoguchi.catalog.models import Service
    from madoguchi.notices import write as drafts
    from madoguchi.notices.content import NoticeContent

    about = {
        "title_ja": "ひかり回線",
        "title_en": "Line",
        "services": list(Service.objects.order_by("pk")[:4]),
        **about,
    }
    return drafts.start(kind=kind, notice=NoticeContent(**about), report=said, by=None)


def write(report: Any) -> dict[str, float]:
    """Write the letters of ``report``, and those of the reports before it beforehand; how many, how many a second."""
    from madoguchi.delivery.models import Letter, Mailing
    from madoguchi.notices import audience, mailings

    run("TRUNCATE delivery_letter CASCADE")
    mailings = [
        Mailing.objects.get(renderer=mailings.REPORT, reference=str(each.pk))
        for each in report.notice.reports.filter(ordinal__lte=report.ordinal).order_by("ordinal")
    ]
    Mailing.objects.filter(pk__in=[mailing.pk for mailing in mailings]).update(checkpoint=0)
    for mailing in mailings[:-1]:
        audience.write_letters(mailing_id=mailing.pk)
    settle()
    taken = timed(lambda: audience.write_letters(mailing_id=mailings[-1].pk))
    rows = Letter.objects.filter(mailing=mailings[-1]).count()
    run("DROP TABLE IF EXISTS made, before")
    run("CREATE TABLE made AS SELECT * FROM delivery_letter WHERE mailing_id = %(last)s", {"last": mailings[-1].pk})
    run("CREATE TABLE before AS SELECT * FROM delivery_letter WHERE mailing_id <> %(last)s", {"last": mailings[-1].pk})
    return {"rows": rows, "rate": rows / taken[0], "us": taken[1] / rows * 1e6}


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """How many seconds ``work`` took, and how much processor time of the database server."""
    server = stage.database_server()
    before, began = stage.processor_time(server, with_children=True), time.perf_counter()
    work()
    seconds = time.perf_counter() - began
    return seconds, stage.processor_time(server, with_children=True) - before


def copy() -> dict[str, float]:
    """Write what :func:`write` wrote, from a table that holds it; how many rows a second."""
    from madoguchi.delivery.models import Letter

    columns = ", ".join(field.column for field in Letter._meta.concrete_fields if not field.primary_key)
    run("TRUNCATE delivery_letter CASCADE")
    run(f"INSERT INTO delivery_letter ({columns}) SELECT {columns} FROM before")
    settle()
    rows = Letter.objects.count()
    taken = timed(lambda: run(f"INSERT INTO delivery_letter ({columns}) SELECT {columns} FROM made"))
    rows = Letter.objects.count() - rows
    return {"rate": rows / taken[0], "us": taken[1] / rows * 1e6}


def settle() -> None:
    """Leave nothing for later that was caused by now: statistics as autovacuum keeps them, and pages written out."""
    run("VACUUM ANALYZE")
    run("CHECKPOINT")


def asked(statement: str) -> Any:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def run(statement: str, parameters: dict[str, Any] | None = None) -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)


if __name__ == "__main__":
    main()
