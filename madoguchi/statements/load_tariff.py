"""Load a tariff file: a version with its rules, discounts, fees and tax rates, all or nothing."""

import re
import tomllib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from madoguchi.catalog.models import Service

from .closing.models import BillingMonth
from .closing.months import keep_imports_out
from .models import (
    DataAllowance,
    IncomingCallDiscount,
    MessagePrice,
    NumberFee,
    TariffVersion,
    TaxRate,
    UsageKind,
)
from .rating import Rule, WrongTariff
from .tariffs import versions
from .tariffs.examine import examine_file
from .tariffs.findings import Finding, errors, worst_first
from .tariffs.rules_csv import Read, Row, cells_of, read, rule_of

SAMPLE = Path(__file__).parent / "data" / "sample-tariff.toml"
SAMPLE_MOBILE = SAMPLE.with_name("sample-mobile.toml")


class AlreadyLoaded(ValueError):
    """A tariff of that name is there; what calls were rated by is never edited."""


def load_tariff(path: Path = SAMPLE, *, release: bool = True) -> TariffVersion:
    """Store a TOML file's tariff and let it rate calls, or keep it as a draft.

    Raises :class:`AlreadyLoaded`; ``WrongTariff`` with everything that is wrong.
    """
    version, _findings = store_toml(path, release=release)
    return version


@transaction.atomic
def store_toml(path: Path, *, release: bool) -> tuple[TariffVersion, list[Finding]]:
    """The version, and what is odd about it; raises as :func:`load_tariff`."""
    text = path.read_text(encoding="utf-8")
    data = tomllib.loads(text)
    try:
        version = TariffVersion(**data["tariff"], is_sample=data.get("sample", False))
        found = _read(_rules(data), text)
        for model, keys, row in _dated(data):
            _store_dated(model, keys, row)
    except (KeyError, TypeError, AttributeError) as error:
        raise WrongTariff(f"a part is missing or not known: {error}") from error
    return version, _store(version, found, release=release)


@transaction.atomic
def store_csv(
    content: bytes, *, name: str, valid_from: date, usage_kinds: Sequence[UsageKind], like: TariffVersion | None
) -> tuple[TariffVersion, list[Finding]]:
    """A draft of the rules in a CSV file, with the time bands and the zone of the version ``like``."""
    version = TariffVersion(name=name, valid_from=valid_from, usage_kinds=[str(kind) for kind in usage_kinds])
    if like:
        version.bands, version.zone = like.bands, like.zone
    return version, _store(version, read(content), release=False)


def _store(version: TariffVersion, found: Read, *, release: bool) -> list[Finding]:
    if TariffVersion.objects.filter(name=version.name).exists():
        raise AlreadyLoaded(version.name)
    others = versions.against_others(version) if release else ()
    findings = worst_first([*examine_file(version, found), *others])
    if forbidding := errors(findings):
        raise versions.NotReady(forbidding)
    version.released_at = timezone.now() if release else None
    version.save()
    versions.store_rules(version, found.rows)
    return findings


def _dated(data: dict[str, Any]) -> list[tuple[type[models.Model], tuple[str, ...], dict[str, Any]]]:
    """Rows of the dated tables: the model, the fields that name a row, and all of its fields."""
    fees = [
        {**{name: value for name, value in fee.items() if name != "amounts"}, **dated}
        for fee in data.get("fees", [])
        for dated in fee["amounts"]
    ]
    return [
        *((IncomingCallDiscount, ("usage_kinds", "valid_from"), row) for row in data.get("discounts", [])),
        *((NumberFee, ("code", "valid_from"), row) for row in fees),
        *((TaxRate, ("tax", "valid_from"), row) for row in data.get("taxes", [])),
        *((MessagePrice, ("prefix", "valid_from"), row) for row in _message_prices(data)),
        *((DataAllowance, ("service", "plan", "valid_from"), row) for row in _allowances(data)),
    ]


def _message_prices(data: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"prefix": prefix, **{name: value for name, value in row.items() if name != "prefixes"}}
        for row in data.get("messages", [])
        for prefix in row["prefixes"]
    ]


def _allowances(data: dict[str, Any]) -> list[dict[str, Any]]:
    """A service is named by its address part."""
    rows = data.get("allowances", [])
    services = Service.objects.in_bulk({row["service"] for row in rows}, field_name="slug")
    for row in rows:
        if row["service"] not in services:
            raise WrongTariff(f"no service has the address {row['service']!r}")
    return [{"plan": "", **row, "service": services[row["service"]]} for row in rows]


def _store_dated(model: type[models.Model], keys: tuple[str, ...], row: dict[str, Any]) -> None:
    """A row that is there and says something else has counted in statements: it is not overwritten."""
    wanted = model(**row)
    known = model._default_manager.filter(**{key: row[key] for key in keys}).first()
    if known is None:
        _not_into_a_closing(row["valid_from"])
        wanted.save()
        return
    for name, value in row.items():
        if getattr(known, name) != value:
            raise WrongTariff(f"{known} is stored with another {name}: {getattr(known, name)!r}, not {value!r}")


def _read(rules: list[dict[str, Any]], text: str) -> Read:
    """Each rule read as a row of the CSV would be, with the line its prefix stands in."""
    lines: dict[str, list[int]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        for prefix in re.findall(r'"([^"]*)"', line.partition("#")[0]):
            lines.setdefault(prefix, []).append(number)
    result = Read()
    for values in rules:
        stands = lines.get(str(values.get("prefix")))
        stands_in = stands.pop(0) if stands else 0
        rule, findings = rule_of(cells_of(Rule(**values)), line=stands_in)
        result.findings += findings
        if rule:
            result.rows.append(Row(stands_in, rule))
    return result


def _rules(data: dict[str, Any]) -> list[dict[str, Any]]:
    rules = [
        {"prefix": prefix, **{name: value for name, value in rule.items() if name != "prefixes"}}
        for rule in data["rules"]
        for prefix in rule["prefixes"]
    ]
    abroad = data.get("international", {})
    same = {name: value for name, value in abroad.items() if name != "prices"}
    rules += [
        {**same, "prefix": code, "price": row["price"]} for row in abroad.get("prices", []) for code in row["codes"]
    ]
    return rules


def _not_into_a_closing(valid_from: date) -> None:
    """A row that holds for a month being closed would bill some of its contracts by it, and others without."""
    keep_imports_out(to="storing a tariff")  # a closing begins under the same lock
    if month := BillingMonth.objects.filter(month__gte=valid_from, frozen_at__isnull=False, closed_at=None).first():
        raise WrongTariff(f"{month.month:%Y-%m} is being closed: add a row from {valid_from} when it is, or after it")
