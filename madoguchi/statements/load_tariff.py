"""Load a tariff file: a version with its rules, discounts, fees and tax rates, all or nothing."""

import tomllib
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from .book import as_tariff
from .models import IncomingCallDiscount, NumberFee, TariffRule, TariffVersion, TaxRate
from .rating import WrongTariff, compile_tariff

SAMPLE = Path(__file__).parent / "data" / "sample-tariff.toml"


class AlreadyLoaded(ValueError):
    """A tariff of that name is there; what calls were rated by is never edited."""


@transaction.atomic
def load_tariff(path: Path = SAMPLE) -> TariffVersion:
    """Store the file's tariff; raises :class:`AlreadyLoaded`, or ``WrongTariff`` when it contradicts itself."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        version = TariffVersion(**data["tariff"], is_sample=data.get("sample", False), released_at=timezone.now())
        rules = [TariffRule(version=version, **rule) for rule in _rules(data)]
    except (KeyError, TypeError) as error:
        raise WrongTariff(f"a part is missing or not known: {error}") from error
    compile_tariff(as_tariff(version, rules))
    if TariffVersion.objects.filter(name=version.name).exists():
        raise AlreadyLoaded(version.name)
    version.save()
    TariffRule.objects.bulk_create(rules)
    for discount in data.get("discounts", []):
        IncomingCallDiscount.objects.update_or_create(
            usage_kinds=discount["usage_kinds"], valid_from=discount["valid_from"], defaults=discount
        )
    for fee in data.get("fees", []):
        for dated in fee.pop("amounts"):
            NumberFee.objects.update_or_create(
                code=fee["code"], valid_from=dated["valid_from"], defaults={**fee, **dated}
            )
    for rate in data.get("taxes", []):
        TaxRate.objects.update_or_create(tax=rate["tax"], valid_from=rate["valid_from"], defaults=rate)
    return version


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
