"""The statements a contract has: one for each kind of usage record, under a name for its address."""

from dataclasses import dataclass

from django.http import Http404

from madoguchi.contracts.models import Contract
from madoguchi.shell.templatetags.shell import colon
from madoguchi.statements.usage import registry
from madoguchi.statements.usage.declared import RecordKind


@dataclass(frozen=True, slots=True)
class StatementKind:
    """``slug``: the contract's kind, and where that has several kinds of record the record's after it."""

    slug: str
    label: str
    records: RecordKind


def of_contract(contract: Contract) -> list[StatementKind]:
    kinds = registry.of_contract(contract.usage_kind)
    label = contract.get_usage_kind_display()
    if len(kinds) == 1:
        return [StatementKind(contract.usage_kind, label, kinds[0])]
    return [StatementKind(f"{contract.usage_kind}-{kind.code}", _label(label, str(kind.label)), kind) for kind in kinds]


def _label(contract: str, records: str) -> str:
    """``Mobile: Calls``; not ``Mobile: Mobile data``."""
    return records if records.startswith(contract) else f"{contract}{colon()}{records}"


def named(contract: Contract, slug: str) -> StatementKind:
    """Raises :class:`Http404` where the contract has no such statement."""
    for kind in of_contract(contract):
        if kind.slug == slug:
            return kind
    raise Http404
