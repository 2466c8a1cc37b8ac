"""Files of customers, contracts, numbers and roles into the database: all good rows of all files, or nothing."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from madoguchi.accounts.models import Account
from madoguchi.catalog.models import Service
from madoguchi.contracts.models import (
    Contract,
    Customer,
    CustomerLink,
    Passcode,
    PhoneProof,
    TelephoneNumber,
    TrustedPhone,
)

from .rows import KINDS, Problem, Row, Table, Unreadable, read


@dataclass
class Outcome:
    """What became of one file's rows; each is in one of the counts, or among the problems."""

    path: Path
    kind: str
    counts: Counter[str] = field(default_factory=Counter)  # new, changed, same
    problems: list[Problem] = field(default_factory=list)


class _Wrong(Unreadable):
    """A row that cannot be taken because of what is stored; ``column`` says which cell."""

    def __init__(self, column: str, reason: str, value: str = "") -> None:
        super().__init__(reason)
        self.column = column
        self.value = value


def import_files(paths: Sequence[Path], *, commit: bool) -> list[Outcome]:
    """Take the files in, customers first, whatever order they are named in; one transaction.

    With ``commit`` False everything is done and taken back, so that the outcomes say what would happen. Bad rows are
    left out and listed. Raises :class:`.rows.NotAFile`, ``OSError``.
    """
    tables = [(path, read(path)) for path in paths]
    tables.sort(key=lambda named: list(KINDS).index(named[1].kind))
    with transaction.atomic():
        with connection.cursor() as cursor:  # one import at a time
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('contracts_import'))")
        outcomes = [_take(path, table) for path, table in tables]
        if not commit:
            transaction.set_rollback(True)
    return outcomes


def _take(path: Path, table: Table) -> Outcome:
    outcome = Outcome(path, table.kind, problems=list(table.problems))
    act = _ACTS[table.kind]
    for row in table.rows:
        try:
            with transaction.atomic():
                outcome.counts[act(row.cells)] += 1
        except _Wrong as wrong:
            outcome.problems.append(Problem(row.line, wrong.column, wrong.reason, wrong.value[:80]))
    outcome.problems.sort(key=lambda problem: problem.line)
    return outcome


def _customer(cells: dict[str, Any]) -> str:
    values = {"name": cells["name"], "name_kana": cells["name_kana"] or ""}
    return _store(Customer, {"number": cells["customer_number"]}, values)


def _contract(cells: dict[str, Any]) -> str:
    customer = Customer.objects.filter(number=cells["customer_number"]).first()
    if customer is None:
        raise _Wrong("customer_number", "unknown_customer", cells["customer_number"])
    service = Service.objects.filter(slug=cells["service"]).first()
    if service is None:
        raise _Wrong("service", "unknown_service", cells["service"])
    _in_order(cells)
    before = Contract.objects.filter(number=cells["contract_number"]).first()
    if before and before.customer_id != customer.pk:
        raise _Wrong("customer_number", "another_customer", cells["customer_number"])
    values = {
        "customer": customer,
        "service": service,
        "plan": cells["plan"] or "",
        "usage_kind": cells["usage_kind"],
        "contact_phone": cells["contact_phone"],
        "started_on": cells["started_on"],
        "ended_on": cells["ended_on"],
    }
    done = _store(Contract, {"number": cells["contract_number"]}, values)
    if before and before.contact_phone != cells["contact_phone"]:
        _forget_phone(before)
    return done


def _forget_phone(before: Contract) -> None:
    """What the old contact phone had proven is over, unless another contract of the customer still has it."""
    held = Contract.objects.filter(customer=before.customer_id, contact_phone=before.contact_phone)
    if held.exists():
        return
    TrustedPhone.objects.filter(customer=before.customer_id, phone=before.contact_phone).delete()
    PhoneProof.objects.filter(customer=before.customer_id, phone=before.contact_phone).delete()
    Passcode.objects.filter(contract__customer=before.customer_id, phone=before.contact_phone).supersede()


def _number(cells: dict[str, Any]) -> str:
    """A number is with one contract at a time: held from a day on, it is over with the contract that had it before."""
    contract = Contract.objects.filter(number=cells["contract_number"]).first()
    if contract is None:
        raise _Wrong("contract_number", "unknown_contract", cells["contract_number"])
    _in_order(cells)
    begin: date = cells["started_on"]
    held = TelephoneNumber.objects.filter(number=cells["number"]).order_by("started_on")
    same = held.filter(contract=contract, started_on=begin).first()
    if same is None:
        later = held.filter(started_on__gte=begin).first()
        if later and (cells["ended_on"] is None or later.started_on <= cells["ended_on"]):
            raise _Wrong("started_on", "held_later", str(begin))
        before = held.filter(started_on__lt=begin).last()
        if before and before.ended_on is None:
            before.ended_on = begin - timedelta(days=1)
            before.save(update_fields=["ended_on"])
        elif before and before.ended_on and before.ended_on >= begin:
            raise _Wrong("started_on", "held_before", str(begin))
    elif cells["ended_on"] and held.filter(started_on__gt=begin, started_on__lte=cells["ended_on"]).exists():
        raise _Wrong("ended_on", "held_later", str(cells["ended_on"]))
    elif cells["ended_on"] is None and held.filter(started_on__gt=begin).exists():
        return "same"  # another contract has it since, and so its end is known
    found = {"number": cells["number"], "contract": contract, "started_on": begin}
    return _store(TelephoneNumber, found, {"ended_on": cells["ended_on"]})


def _role(cells: dict[str, Any]) -> str:
    account = Account.objects.filter(email=cells["email"]).first()
    if account is None:
        raise _Wrong("email", "unknown_id")
    customer = Customer.objects.filter(number=cells["customer_number"]).first()
    if customer is None:
        raise _Wrong("customer_number", "unknown_customer", cells["customer_number"])
    named = cells["contract_numbers"] or []
    contracts = list(Contract.objects.filter(customer=customer, number__in=named))
    if missing := set(named) - {contract.number for contract in contracts}:
        raise _Wrong("contract_numbers", "not_of_customer", min(missing))
    if (cells["role"] == CustomerLink.Role.COLLEAGUE) != bool(named):
        raise _Wrong("contract_numbers", "colleague_needs_contracts" if not named else "holder_needs_none")
    link = CustomerLink.objects.filter(account=account, customer=customer).first()
    done = _store(CustomerLink, {"account": account, "customer": customer}, {"role": cells["role"]})
    before = set(link.contracts.values_list("pk", flat=True)) if link else set()
    if before == {contract.pk for contract in contracts}:
        return done
    CustomerLink.objects.get(account=account, customer=customer).contracts.set(contracts)
    return "changed" if link else "new"


def _in_order(cells: dict[str, Any]) -> None:
    if cells["ended_on"] and cells["ended_on"] < cells["started_on"]:
        raise _Wrong("ended_on", "ends_before_it_begins", str(cells["ended_on"]))


def _store(model: Any, key: dict[str, Any], values: dict[str, Any]) -> str:
    """new, changed or same."""
    row = model.objects.filter(**key).first()
    if row is None:
        model.objects.create(**key, **values)
        return "new"
    differing = [name for name, value in values.items() if getattr(row, name) != value]
    if not differing:
        return "same"
    for name in differing:
        setattr(row, name, values[name])
    row.save(update_fields=differing)
    return "changed"


_ACTS: dict[str, Callable[[dict[str, Any]], str]] = {
    "customers": _customer,
    "contracts": _contract,
    "numbers": _number,
    "roles": _role,
}
__all__ = ["Outcome", "Row", "import_files"]
