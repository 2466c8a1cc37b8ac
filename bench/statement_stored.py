"""A database with so many calls for ``bench.statement``: ``python -m bench.statement_stored NAME CALLS READERS``.

Prints as JSON the database's address, its size, and for each reader the page and the cookies of a customer who is
signed in and has proven the contact phone.
"""

import json
import os
import sys
from datetime import date, timedelta
from typing import Any

# A contract's calls of a month come with the files of so many days, so many with each.
DAYS, A_DAY = 25, 8
# Lines of a page.
PAGE = 100

# The rows as an import stores them: a file after the other, the calls of a contract together in each.
_CALLS = """
    INSERT INTO {table} (month, contract_id, key, outgoing, record, usage_import_id, call_id, number, other, dialled,
        started_at, ended_at, talk_seconds, tariff, prefix, kind, area_ja, area_en, blocks, block_seconds, price, setup,
        charge, tax, carried, earns)
    SELECT %(month)s, contract, md5(call)::uuid, out, md5('record' || call)::uuid, %(file)s, call,
           '+8150' || 10000000 + contract, '+8131234' || lpad((contract * 7 + n * 13 + day) %% 10000 || '', 4, '0'), '',
           at, at + make_interval(secs => talk), talk, %(tariff)s, '813', 'fixed', '東京', 'Tokyo',
           CASE WHEN out THEN (talk + 179) / 180 ELSE 0 END, 180, 8000, 0,
           CASE WHEN out THEN (talk + 179) / 180 * 8000 ELSE 0 END, 'standard', TRUE, NOT out
    FROM generate_series(0, %(days)s - 1) day, generate_series(1, %(contracts)s) contract,
         generate_series(1, %(a_day)s) n,
         LATERAL (SELECT %(month)s || '.' || contract || '.' || day || '.' || n AS call, n %% 5 < 3 AS out,
                         %(month)s::timestamp AT TIME ZONE 'Asia/Tokyo'
                         + make_interval(days => day, hours => 8 + n, secs => contract * 31 %% 3600) AS at,
                         30 + (contract * 17 + n * 101 + day * 7) %% 900 AS talk) drawn
"""


def main() -> None:
    from bench import stage

    name, calls, readers = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    stage.set_up(name, MADOGUCHI_STATIC="plain", MADOGUCHI_HOSTS="testserver,127.0.0.1")
    print(json.dumps({"database": os.environ["DATABASE_URL"], **store(calls, readers=readers)}))


def store(calls: int, *, readers: int) -> dict[str, Any]:
    """So many calls, of as many contracts as they are enough for; ``gigabytes`` and ``readers``."""
    from django.utils import timezone

    from bench import audience
    from madoguchi.statements.load_tariff import load_tariff
    from madoguchi.statements.statement import months_shown

    load_tariff()
    months = months_shown(timezone.localdate())
    contracts = max(calls // (len(months) * DAYS * A_DAY), 1)
    people(contracts)
    for month in months:
        fill(month, contracts=contracts)
    audience.run("VACUUM ANALYZE")
    audience.run("CHECKPOINT")
    # From one end to the other; the first number is 1.
    wanted = sorted({1 + contracts * reader // readers for reader in range(readers)})
    return {
        "gigabytes": audience.asked("SELECT pg_database_size(current_database())") / 1e9,
        "readers": [reader(number, month=months[1]) for number in wanted],
    }


def people(count: int) -> None:
    """A customer, an ID and a contract with an 050 number each, the primary keys from 1."""
    from bench.audience import many
    from madoguchi.accounts.models import Account
    from madoguchi.contracts.models import Contract, Customer, CustomerLink, TelephoneNumber, UsageKind
    from madoguchi.contracts.tests.household import MOBILE, service

    everybody, began = f"generate_series(1, {count}) n", date(2024, 4, 1)
    account = {"id": "n", "public_id": "gen_random_uuid()", "email": "'customer' || n || '@example.jp'"}
    many(Account(password="!"), everybody, **account)  # noqa: S106 - no password at all
    many(Customer(), everybody, id="n", number="'N' || lpad(n::text, 9, '0')")
    many(CustomerLink(role="holder"), everybody, account_id="n", customer_id="n")
    contract = Contract(service=service(), usage_kind=UsageKind.IP050, contact_phone=MOBILE, started_on=began)
    many(contract, everybody, id="n", number="'C' || lpad(n::text, 9, '0')", customer_id="n")
    many(TelephoneNumber(started_on=began), everybody, contract_id="n", number="'+8150' || 10000000 + n")


def fill(month: date, *, contracts: int) -> None:
    """A month's calls, in a table apart that then takes its place, as an import does it."""
    from django.db import transaction

    from bench.audience import run
    from madoguchi.statements.models import TariffVersion, UsageImport

    file = UsageImport.objects.create(
        digest=f"{month:%Y%m}".rjust(64, "0"), file_name=f"{month}.csv", format="asterisk", source="bench", zone="UTC"
    )
    table = f"statements_bench_{month:%Y%m}"
    tariff = str(TariffVersion.objects.earliest("pk"))
    with transaction.atomic():
        run("SET LOCAL maintenance_work_mem = '256MB'")
        run(f"CREATE TABLE {table} (LIKE statements_call INCLUDING DEFAULTS)")
        given = {"month": month, "file": file.pk, "tariff": tariff, "days": DAYS, "a_day": A_DAY}
        run(_CALLS.format(table=table), {**given, "contracts": contracts})
        run("SELECT statements_attach_month(%(table)s, %(month)s)", {"table": table, "month": month})


def reader(contract: int, *, month: date) -> tuple[str, dict[str, str]]:
    """The page of the month of a contract, and the cookies of its holder."""
    from django.test import Client
    from django.utils import timezone

    from madoguchi.accounts.models import Account
    from madoguchi.accounts.tests.people import sign_in
    from madoguchi.contracts.models import Contract, PhoneProof

    client, holder, held = Client(), Account.objects.get(pk=contract), Contract.objects.get(pk=contract)
    made = sign_in(client, holder)
    proof = {"customer": held.customer, "phone": held.contact_phone, "sign_in": made}
    PhoneProof.objects.create(account=holder, expires_at=timezone.now() + timedelta(hours=12), **proof)
    path = f"/my/charges/usage/{held.number}/ip050/?month={month:%Y-%m}&lines={PAGE}"
    return path, {name: morsel.value for name, morsel in client.cookies.items()}


if __name__ == "__main__":
    main()
