"""Seven months of mobile data, messages, mobiles' calls and internet access, written as files and imported as such.

Those whom the sample logins belong to use theirs every day, the others now and then.
"""

import json
import random as random_module
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from madoguchi.contracts.models import Contract, UsageKind
from madoguchi.demo.sample import commands
from madoguchi.demo.sample.calls import PAST_MONTHS
from madoguchi.demo.sample.logins import UNLINKED_NUMBER
from madoguchi.statements import import_calls
from madoguchi.statements.load_tariff import SAMPLE_MOBILE
from madoguchi.statements.models import TariffVersion
from madoguchi.statements.rating import month_before

SAMPLES = Path(import_calls.__file__).parent / "samples"
VOICE_ONLY = "音声のみ"
SELDOM = 9  # days between two uses of those nobody looks at
# As dialled: mobiles and fixed lines nobody has, and numbers kept for fiction abroad.
MOBILE, FIXED, ABROAD = "0900000{:04d}", "030000{:04d}", "01012025550{:03d}"
CALLS = """
format = "csv"
zone = "Asia/Tokyo"
[columns]
call_id = "id"
caller = "from"
called = "to"
started_at = "start"
talk_seconds = "talk"
"""


@dataclass(frozen=True, slots=True)
class _Line:
    contract: Contract
    own: str  # its number as dialled in Japan, or the contract's where it has none
    lively: bool


@dataclass(frozen=True, slots=True)
class _Use:
    """A moment at which a line is used; ``ordinal`` makes its id."""

    line: _Line
    at: datetime
    ordinal: int


def load(*, now: datetime, random: random_module.Random) -> None:
    """Load the sample prices, and write and import a file of each kind of record a month."""
    if not TariffVersion.objects.exists():
        commands.give("load_tariff", "--commit")
    commands.give("load_tariff", SAMPLE_MOBILE, "--commit")
    folder = settings.VAR / "sample-usage"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mapped-calls.toml").write_text(CALLS, encoding="utf-8")
    mobiles, homes = list(_lines(UsageKind.MOBILE)), list(_lines(UsageKind.INTERNET))
    with_data = [line for line in mobiles if line.contract.plan != VOICE_ONLY]
    kinds = (
        ("data", "csv", with_data, "charging_id,msisdn,opened,closed,uplink,downlink,apn", _data),
        ("messages", "csv", mobiles, "message_id,sender,recipient,sent_at,parts", _message),
        ("calls", "csv", mobiles, "id,from,to,start,talk", _call),
        ("sessions", "jsonl", homes, "", _session),
    )
    for months_ago in range(PAST_MONTHS, -1, -1):
        month = month_before(timezone.localdate(now), months_ago)
        begin = datetime(month.year, month.month, 1, tzinfo=timezone.get_default_timezone())
        for kind, suffix, lines, header, text in kinds:
            path = folder / f"{kind}-{month:%Y-%m}.{suffix}"
            uses = _uses(lines, begin=begin, now=now, random=random)
            _write(path, header, uses, text, random)
            mapping = (folder if kind == "calls" else SAMPLES) / f"mapped-{kind}.toml"
            commands.give("import_calls", path, "--mapping", mapping, "--source", f"sample-{kind}", "--commit")


def _lines(kind: UsageKind) -> Iterator[_Line]:
    contracts = Contract.objects.filter(usage_kind=kind).select_related("customer").order_by("number")
    if settings.DEMO_VOLUME == "small":
        contracts = contracts[:12]
    for contract in contracts.prefetch_related("telephone_numbers", "customer__links"):
        number = contract.telephone_numbers.first()
        linked = bool(contract.customer.links.all()) or contract.customer.number == UNLINKED_NUMBER
        yield _Line(contract, f"0{number.number.removeprefix('+81')}" if number else contract.number, linked)


def _uses(lines: list[_Line], *, begin: datetime, now: datetime, random: random_module.Random) -> Iterator[_Use]:
    """What happens in a month, line by line; nothing that would end after now, or after the contract."""
    for place, line in enumerate(lines):
        day = begin + timedelta(days=0 if line.lively else random.randrange(SELDOM))
        while day.month == begin.month and day < now - timedelta(days=1):
            ended = line.contract.ended_on
            if line.contract.started_on <= day.date() and (ended is None or day.date() < ended):
                at = day + timedelta(hours=random.choice((7, 8, 12, 13, 18, 20)), seconds=random.randrange(3600))
                yield _Use(line, at, place * 100 + day.day)
            day += timedelta(days=1 if line.lively else SELDOM)


def _write(
    path: Path,
    header: str,
    uses: Iterator[_Use],
    text: Callable[[_Use, random_module.Random], str],
    random: random_module.Random,
) -> None:
    with path.open("w", encoding="utf-8") as file:
        if header:
            file.write(header + "\n")
        for use in uses:
            file.write(text(use, random) + "\n")


def _id(use: _Use) -> str:
    return f"{use.at:%Y%m}-{use.ordinal}"


def _local(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _other(random: random_module.Random, *, fixed: int) -> str:
    """Whoever is at the other end; ``fixed`` in a hundred are fixed lines."""
    (pattern,) = random.choices((MOBILE, FIXED, ABROAD), weights=(97 - fixed, fixed, 3))
    return pattern.format(random.randrange(100, 199))


def _data(use: _Use, random: random_module.Random) -> str:
    """A day of data: what makes 20 GB in some months and not in others."""
    closed = use.at + timedelta(minutes=random.randrange(5, 180))
    down = random.randrange(50_000_000, 1_300_000_000)
    cells = [_id(use), use.line.own, _local(use.at), _local(closed), str(down // 12), str(down), "aoba.example"]
    return ",".join(cells)


def _message(use: _Use, random: random_module.Random) -> str:
    sender, recipient = use.line.own, _other(random, fixed=0)
    if random.random() < 0.4:
        sender, recipient = random.choice((recipient, "AOBA INFO")), sender
    return ",".join([_id(use), sender, recipient, _local(use.at), random.choice("1112")])


def _call(use: _Use, random: random_module.Random) -> str:
    talk = 0 if random.random() < 0.1 else 5 + round(random.expovariate(1 / 120))
    caller, called = use.line.own, _other(random, fixed=30)
    if random.random() < 0.4 and not called.startswith("010"):
        caller, called = called, caller
    return ",".join([_id(use), caller, called, _local(use.at), str(talk)])


def _session(use: _Use, random: random_module.Random) -> str:
    """A line is connected from one day to the next, as a router that dials in anew."""
    begin = int(use.at.timestamp())
    end = begin + random.randrange(3600, 82_000)
    octets = random.randrange(200_000_000, 9_000_000_000)
    line = {"contract": use.line.own}
    return json.dumps({"session": _id(use), "line": line, "from": begin, "to": end, "octets": octets})
