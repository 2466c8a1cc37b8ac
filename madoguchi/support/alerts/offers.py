"""What can be told of a contract, by its kind and its plan, or of one of its numbers (docs/alerts.md)."""

from dataclasses import dataclass

from django.utils import timezone

from madoguchi.contracts.models import Contract, TelephoneNumber, UsageKind
from madoguchi.statements.book import Allowances


@dataclass(frozen=True, slots=True)
class Offer:
    """``included``: the bytes a month of the plan has, where data is told of."""

    of_number: bool
    country: bool
    rise: bool
    messages: bool
    included: int | None

    @property
    def data(self) -> bool:
        return self.included is not None

    def fields(self) -> list[str]:
        """The fields of a :class:`Watch` that may be set."""
        others = {"new_country": self.country, "rise": self.rise, "data_used": self.data}
        return ["budget", *(name for name, offered in others.items() if offered)]


def offer_of(contract: Contract, number: TelephoneNumber | None) -> Offer:
    internet = contract.usage_kind == UsageKind.INTERNET
    included = None if number else _included(contract)
    return Offer(
        of_number=number is not None,
        country=not internet,
        rise=not internet or included is not None,
        messages=contract.usage_kind == UsageKind.MOBILE,
        included=included,
    )


def _included(contract: Contract) -> int | None:
    """Of this month; None without data, without a limit and where nothing is included."""
    if contract.usage_kind not in {UsageKind.MOBILE, UsageKind.INTERNET}:
        return None
    month = timezone.localdate().replace(day=1)
    allowance = Allowances.of_today().of_plan(contract.service_id, contract.plan, month)
    return (allowance.included or None) if allowance else None
