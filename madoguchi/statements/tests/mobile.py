"""A mobile and an internet contract with the sample prices, and files of their usage, for tests."""

from datetime import date

from django.utils import timezone

from madoguchi.contracts.models import Contract, Customer, TelephoneNumber, UsageKind
from madoguchi.contracts.tests.household import service
from madoguchi.statements.formats.mapping import read_mapping
from madoguchi.statements.import_calls import CallFile, Outcome, import_calls
from madoguchi.statements.load_tariff import SAMPLE, SAMPLE_MOBILE, load_tariff
from madoguchi.statements.models import TariffVersion

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
MOBILE, HOME = "09000000101", "C000000301"
MAPPINGS = {
    "messages": (
        'records = "messages"\nformat = "csv"\n[columns]\n'
        'call_id = "id"\ncaller = "from"\ncalled = "to"\nstarted_at = "at"\nsegments = "parts"\n'
    ),
    "data": (
        'records = "data"\nformat = "csv"\n[columns]\n'
        'call_id = "id"\nnumber = "line"\nstarted_at = "start"\nended_at = "end"\nbytes = "bytes"\n'
    ),
    "sessions": (
        'records = "sessions"\nformat = "csv"\n[columns]\n'
        'call_id = "id"\ncontract = "line"\nstarted_at = "start"\nended_at = "end"\nbytes = "bytes"\n'
    ),
}
HEADERS = {"messages": "id,from,to,at,parts", "data": "id,line,start,end,bytes", "sessions": "id,line,start,end,bytes"}


def prices() -> None:
    """The sample prices of calls, messages and data."""
    for slug in ("mobile", "hikari-internet", "business-internet", "home-5g"):
        service(slug)
    if not TariffVersion.objects.exists():
        load_tariff(SAMPLE)
        load_tariff(SAMPLE_MOBILE)


def mobile(customer: Customer, *, plan: str = "3GB", number: str = "C000000201", line: str = MOBILE) -> Contract:
    made = _contract(customer, number, "mobile", plan, UsageKind.MOBILE)
    TelephoneNumber.objects.create(contract=made, number=f"+81{line[1:]}", started_on=made.started_on)
    return made


def home(customer: Customer, *, slug: str = "home-5g", plan: str = "ホーム5G", number: str = HOME) -> Contract:
    return _contract(customer, number, slug, plan, UsageKind.INTERNET)


def _contract(customer: Customer, number: str, slug: str, plan: str, kind: UsageKind) -> Contract:
    return Contract.objects.create(
        number=number,
        customer=customer,
        service=service(slug),
        plan=plan,
        usage_kind=kind,
        contact_phone="+819000000001",
        started_on=date(2024, 4, 1),
    )


def usage_file(folder, records: str, *rows: str) -> CallFile:
    """A file of records of a kind, with its mapping; ``rows`` without the header."""
    ordinal = len(list(folder.iterdir()))
    path, by = folder / f"{ordinal}.csv", folder / f"{records}.toml"
    path.write_text("\n".join([HEADERS[records], *rows]) + "\n", encoding="utf-8")
    by.write_text(MAPPINGS[records], encoding="utf-8")
    return CallFile(path, "mapped", "test", mapping=read_mapping(by))


def take_in(folder, records: str, *rows: str) -> Outcome:
    """Through the real importer; nothing may be wrong."""
    prices()
    outcome = import_calls(usage_file(folder, records, *rows), now=timezone.now(), commit=True)
    assert not outcome.problems
    return outcome


def data(n: int, amount: int | str, *, day: int = 5, month: int = 10, line: str = MOBILE) -> str:
    """A row of data or of a session on a day of 2026; ``n`` tells it from others."""
    at = f"2026-{month:02}-{day:02} 09:{n % 60:02}"
    return f"{month}-{n},{line},{at}:00,{at}:30,{amount}"


def message(n: int, to: str = "09000000301", *, sender: str = MOBILE, parts: int = 1, day: int = 5) -> str:
    """A row of a message of October 2026."""
    return f"m-{n},{sender},{to},2026-10-{day:02} 10:{n % 60:02}:00,{parts}"
