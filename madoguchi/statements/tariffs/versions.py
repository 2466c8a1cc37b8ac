"""The life of a tariff version: draft → released (coming, in force, past). What rated a call never changes."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db import transaction

from madoguchi.statements.closing.months import keep_imports_out
from madoguchi.statements.models import Call, TariffRule, TariffVersion
from madoguchi.statements.rating import Rule, WrongTariff, month_before

from .examine import examine
from .findings import Finding, errors, worst_first
from .rules_csv import Row, numbered, written
from .words import usage_words

BATCH = 2000


class Frozen(ValueError):
    """It is released: calls are or will be rated by it."""


class NotReady(WrongTariff):
    """Something forbids the release; ``findings`` say what."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("; ".join(str(found) for found in findings))
        self.findings = findings


class Changed(ValueError):
    """It is not what the person saw when deciding."""


class State(StrEnum):
    DRAFT = "draft"
    COMING = "coming"
    IN_FORCE = "in_force"
    PAST = "past"


def states(versions: Iterable[TariffVersion], today: date) -> dict[int, State]:
    """By key. ``versions``: all of them, since a later one ends an earlier one of the same kinds of contract."""
    begun: dict[str, TariffVersion] = {}
    found: dict[int, State] = {}
    for version in sorted(versions, key=lambda version: version.valid_from):
        if version.is_draft:
            found[version.pk] = State.DRAFT
        elif version.valid_from > today:
            found[version.pk] = State.COMING
        else:
            found[version.pk] = State.PAST
            begun |= dict.fromkeys(version.usage_kinds, version)
    return found | {version.pk: State.IN_FORCE for version in begun.values()}


def used(version: TariffVersion) -> bool:
    """Whether a stored call was rated by it."""
    return Call.objects.filter(tariff=version.name, month__gte=version.valid_from.replace(day=1)).exists()


def copy_rules(version: TariffVersion, source: TariffVersion) -> None:
    """Give a new draft the rules of another version."""
    rules = list(source.rules.all())
    for rule in rules:
        rule.pk, rule.version = None, version
        rule._state.adding = True
    TariffRule.objects.bulk_create(rules, batch_size=BATCH)


@transaction.atomic
def replace_rules(version: TariffVersion, rows: Sequence[Row]) -> None:
    """Take these rules for those it has; raises :class:`Frozen`. The rows have no errors (see ``errors``)."""
    locked_draft(version)
    version.rules.all().delete()
    store_rules(version, rows)


def store_rules(version: TariffVersion, rows: Sequence[Row]) -> None:
    """The rules of a new version, which has none yet."""
    TariffRule.objects.bulk_create(
        (TariffRule(version=version, **values_of(row.rule)) for row in rows), batch_size=BATCH
    )


def values_of(rule: Rule) -> dict[str, Any]:
    """What a rule says, by the names that the kernel's value and the stored row share."""
    return {name: getattr(rule, name) for name in Rule.__dataclass_fields__}


def locked_draft(version: TariffVersion) -> TariffVersion:
    """The version as it stands, held until the transaction ends; raises :class:`Frozen`."""
    found = TariffVersion.objects.select_for_update().get(pk=version.pk)
    if not found.is_draft:
        raise Frozen(found.name)
    return found


def fingerprint(version: TariffVersion) -> str:
    """Of everything that decides a price, so that what is released is what was shown."""
    facts = (version.name, version.usage_kinds, version.valid_from.isoformat(), version.zone, version.bands)
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode())
    for line in written(version.rules.all()):
        digest.update(line.encode())
    return digest.hexdigest()


def looked_at(version: TariffVersion) -> list[Finding]:
    """Everything to say about a version and its stored rules; lines are those of its CSV."""
    found = examine(version, numbered(version.rules.all()))
    if version.is_draft:
        found = worst_first([*found, *against_others(version)])
    return found


def against_others(version: TariffVersion) -> Iterable[Finding]:
    """What a draft runs into among the released versions and the calls rated by them."""
    rivals = TariffVersion.objects.released().filter(
        valid_from=version.valid_from, usage_kinds__overlap=version.usage_kinds
    )
    for rival in rivals:
        shared = [kind for kind in version.usage_kinds if kind in rival.usage_kinds]
        yield Finding("same_day", args={"other": rival.name, "usage": usage_words(shared)})
    if Call.objects.filter(tariff=version.name).exists():
        yield Finding("name_used", args={"value": version.name})
    rated = Call.objects.filter(
        month__gte=month_before(version.valid_from, 0),
        started_at__date__gte=version.valid_from,
        contract__usage_kind__in=version.usage_kinds,
    ).count()
    if rated:
        yield Finding("late", args={"count": f"{rated:,}"})


@transaction.atomic
def release(version: TariffVersion, *, now: datetime, seen: str) -> None:
    """Let calls be rated by it from its day on.

    ``seen``: the :func:`fingerprint` of what the person decided about. Raises :class:`Frozen`, :class:`Changed`, or
    :class:`NotReady` with the errors; warnings are for the person to weigh.
    """
    keep_imports_out(to="releasing a tariff")  # no call is rated meanwhile
    found = locked_draft(version)
    if fingerprint(found) != seen:
        raise Changed(found.name)
    if forbidding := errors(looked_at(found)):
        raise NotReady(forbidding)
    found.released_at = now
    found.save(update_fields=["released_at"])
    version.released_at = now


@transaction.atomic
def take_back(version: TariffVersion) -> None:
    """Make it a draft again; raises :class:`Frozen` when a call was rated by it."""
    keep_imports_out(to="taking a tariff back")  # no call is rated meanwhile
    found = TariffVersion.objects.select_for_update().get(pk=version.pk)
    if used(found):
        raise Frozen(found.name)
    found.released_at = version.released_at = None
    found.save(update_fields=["released_at"])
