"""Seven months of calls: written as the files two switches would write, and taken in by the operator's own commands.

Nobody is called: numbers have 0000 after their prefix, or lie in the blocks kept for fiction abroad.
"""

import json
import random as random_module
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from madoguchi.contracts.models import Contract, UsageKind
from madoguchi.demo.sample import commands
from madoguchi.statements.closing.months import due_to_close
from madoguchi.statements.models import Bill, TariffVersion
from madoguchi.statements.rating import month_before

CALLS = 60_000
PAST_MONTHS = 6
# Hanako's first 050 contract is the one to look at: so many times the calls of another.
LIVELY = 3
# Calls of it that a switch tells of when their month is closed.
LATE = 6
VOICE = (UsageKind.IP050, UsageKind.OPTICAL, UsageKind.PHONE)

# Who calls and is called: number with its last digits open, weight out, weight in.
PARTIES = (
    ("030000{:04d}", 22, 26),  # Tokyo, Osaka's neighbours and other fixed lines
    ("011000{:04d}", 5, 5),
    ("022000{:04d}", 4, 4),
    ("045000{:04d}", 5, 5),
    ("052000{:04d}", 6, 6),
    ("075000{:04d}", 4, 4),
    ("092000{:04d}", 5, 5),
    ("0900000{:04d}", 22, 28),
    ("0500001{:04d}", 9, 8),  # a free partner
    ("0500030{:04d}", 4, 4),  # paid
    ("0500090{:04d}", 1, 0),  # not connected
    ("0120000{:03d}", 3, 0),
    ("0800000{:04d}", 1, 0),  # toll-free too: mobiles have another digit there
    ("0570000{:03d}", 2, 0),
    ("117", 1, 0),
    ("010120255501{:02d}", 2, 0),
    ("010442079460{:03d}", 1, 0),
    ("01061255501{:02d}", 1, 0),
    ("anonymous", 0, 3),
)


@dataclass(frozen=True, slots=True)
class _Line:
    """A number somebody telephones with, while it has it."""

    number: str  # as dialled in Japan
    started_on: date
    ended_on: date
    switch: str
    weight: int


@dataclass(frozen=True, slots=True)
class _Call:
    caller: str
    called: str
    started_at: datetime
    ring: int
    talk: int

    @property
    def ended_at(self) -> datetime:
        return self.started_at + timedelta(seconds=self.ring + self.talk)


def load(*, now: datetime, random: random_module.Random) -> None:
    """Write the call records of every month under ``MADOGUCHI_VAR``, and give the commands that make its bills of them.

    Months whose day of closing has come are closed; a few calls of the last one come late, and so are adjustments.
    """
    if not TariffVersion.objects.exists():
        commands.give("load_tariff", "--commit")
    folder = settings.VAR / "sample-calls"
    folder.mkdir(parents=True, exist_ok=True)
    lines = list(_lines(timezone.localdate(now)))
    for months_ago in range(PAST_MONTHS, -1, -1):
        month = month_before(timezone.localdate(now), months_ago)
        calls = _calls(lines, month=month, now=now, random=random)
        _take_in(calls, folder=folder, month=month, random=random)
    closed = due_to_close(timezone.localdate(now))
    for month in closed:
        commands.give("close_month", f"{month:%Y-%m}")
    _pay(timezone.localdate(now), folder / "payments.csv")
    if closed:
        late = [call for call in _calls(lines[:1], month=closed[-1], now=now, random=random) if call[1].talk][:LATE]
        _take_in(late, folder=folder, month=closed[-1], random=random, suffix="-late")


def _pay(today: date, path: Path) -> None:
    """The books say that every bill due before today was paid on its day."""
    due = Bill.objects.issued().filter(due_on__lt=today).order_by("number").values_list("number", "due_on")
    rows = (f"{number},paid,{on}\n" for number, on in due)
    path.write_text("bill_number,state,on\n" + "".join(rows), encoding="utf-8")
    commands.give("import_payments", path, "--commit")


def _lines(today: date) -> Iterator[_Line]:
    contracts = Contract.objects.filter(usage_kind__in=VOICE).order_by("number").prefetch_related("telephone_numbers")
    for place, contract in enumerate(contracts):
        for number in contract.telephone_numbers.all():
            yield _Line(
                number=f"0{number.number.removeprefix('+81')}",
                started_on=number.started_on,
                ended_on=number.ended_on or contract.ended_on or today,
                switch="freeswitch" if contract.usage_kind == UsageKind.IP050 and place % 2 else "asterisk",
                weight=LIVELY if place == 0 else 1,
            )


def _calls(lines: list[_Line], *, month: date, now: datetime, random: random_module.Random) -> list[tuple[str, _Call]]:
    """(switch, call) of one month, in the order they ended."""
    begin = datetime(month.year, month.month, 1, tzinfo=timezone.get_default_timezone())
    end = min(now, begin.replace(year=month.year + month.month // 12, month=month.month % 12 + 1))
    held = [line for line in lines if line.started_on < month and line.ended_on >= end.date() - timedelta(days=1)]
    whole = CALLS / (PAST_MONTHS + 0.7) / (10 if settings.DEMO_VOLUME == "small" else 1)
    wanted = round(whole * min(1.0, (end - begin) / timedelta(days=30)))
    patterns, outgoing, incoming = zip(*PARTIES, strict=True)
    found = []
    called, callers = (iter(random.choices(patterns, weights=side, k=wanted)) for side in (outgoing, incoming))
    for line in random.choices(held, weights=[line.weight for line in held], k=wanted):
        out = random.random() < 0.62
        other = next(called if out else callers).format(random.randrange(1, 100))
        call = _Call(
            caller=line.number if out else other,
            called=other if out else line.number,
            started_at=_moment(begin, end, random),
            ring=random.randint(2, 25),
            talk=0 if random.random() < 0.12 else min(3600, 5 + round(random.expovariate(1 / 170))),
        )
        if call.ended_at <= end:
            found.append((line.switch, call))
    return sorted(found, key=lambda switch_call: switch_call[1].ended_at)


def _moment(begin: datetime, end: datetime, random: random_module.Random) -> datetime:
    """Mostly in office hours, mostly on weekdays."""
    days = max((end - begin).days, 1)
    day = begin + timedelta(days=random.randrange(days))
    if day.weekday() > 4 and random.random() < 0.7:
        day -= timedelta(days=day.weekday() - 4) if day.day > 2 else timedelta()
    hour = random.choice((8, 9, 9, 10, 10, 11, 13, 14, 15, 16, 17, 19, 21))
    return day + timedelta(hours=hour, seconds=random.randrange(3600))


def _take_in(
    calls: list[tuple[str, _Call]], *, folder: Path, month: date, random: random_module.Random, suffix: str = ""
) -> None:
    """Write the month's file of each switch that has calls, and import it."""
    for switch, ending, form, text in SWITCHES:
        if all(by != switch for by, _call in calls):
            continue
        path = folder / f"{switch}-{month:%Y-%m}{suffix}.{ending}"
        with path.open("w", encoding="utf-8") as file:
            for ordinal, (by, call) in enumerate(calls, start=1):
                if by == switch:
                    file.write(text(call, ordinal, random) + "\n")
        commands.give("import_calls", path, "--format", form, "--source", f"sample-{switch}", "--commit")


def _asterisk(call: _Call, ordinal: int, random: random_module.Random) -> str:
    def local(moment: datetime) -> str:
        return str(moment)[:19]  # it is in the operator's zone

    answered = local(call.started_at + timedelta(seconds=call.ring)) if call.talk else ""
    disposition = "ANSWERED" if call.talk else "NO ANSWER"
    cells = [
        *("", call.caller, call.called, "from-office", f'""""" <{call.caller}>"'),
        *(f"PJSIP/office-{ordinal:08x}", f"PJSIP/carrier-{ordinal:08x}", "Dial", f"PJSIP/{call.called}@carrier"),
        *(local(call.started_at), answered, local(call.ended_at)),
        *(str(call.ring + call.talk), str(call.talk), disposition, "DOCUMENTATION"),
        *(f"{int(call.started_at.timestamp())}.{ordinal}", ""),
    ]
    return ",".join(cells)


def _freeswitch(call: _Call, ordinal: int, random: random_module.Random) -> str:
    def epoch(moment: datetime) -> str:
        return str(int(moment.timestamp()))

    variables = {
        "uuid": str(uuid.UUID(int=random.getrandbits(128), version=4)),
        "start_epoch": epoch(call.started_at),
        "answer_epoch": epoch(call.started_at + timedelta(seconds=call.ring)) if call.talk else "0",
        "end_epoch": epoch(call.ended_at),
        "duration": str(call.ring + call.talk),
        "billsec": str(call.talk),
        "hangup_cause": "NORMAL_CLEARING" if call.talk else "NO_ANSWER",
    }
    profile = {"caller_id_number": call.caller, "destination_number": call.called}
    return json.dumps({"core-uuid": "sample", "variables": variables, "callflow": [{"caller_profile": profile}]})


SWITCHES = (
    ("asterisk", "csv", "asterisk", _asterisk),
    ("freeswitch", "jsonl", "freeswitch-json", _freeswitch),
)
