"""What this room adds to the document of everything kept about a customer ID (:mod:`madoguchi.accounts.export`).

Call records are secrecy of communications: they are in it only for a contract whose contact phone this session has
proven. For any other the document says how to come by them.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from madoguchi.accounts.events import record
from madoguchi.accounts.export import register
from madoguchi.accounts.models import Account, AuthEvent
from madoguchi.contracts.models import Contract
from madoguchi.contracts.verification import proven
from madoguchi.statements.masking import masked, sees_whole_numbers
from madoguchi.statements.models import Adjustment, Bill, Call, Payment, UsageLine
from madoguchi.statements.reading.hiding import hidden_from
from madoguchi.statements.reading.sensitive import is_sensitive
from madoguchi.statements.usage.registry import KINDS

_FIELDS = (
    "month",
    "outgoing",
    "number",
    "other",
    "dialled",
    "started_at",
    "ended_at",
    "talk_seconds",
    "kind",
    "area_ja",
    "area_en",
    "tariff",
    "blocks",
    "block_seconds",
    "charge",
    "tax",
)


_USAGE_FIELDS = (
    *("month", "records", "outgoing", "number", "other", "started_at", "ended_at", "segments"),
    *("bytes", "up_bytes", "down_bytes", "network", "kind", "area_ja", "area_en", "charge", "tax"),
)


def _with(*codes: str) -> list[str]:
    """The kinds of contract that have records of these kinds."""
    return [str(usage_kind) for code in codes for usage_kind in KINDS[code].opens]


def call_records(request: HttpRequest, account: Account) -> list[dict[str, Any]]:
    """Every contract with calls: its calls (money in milli-yen before tax), or how to get them."""
    visible = Contract.objects.visible_to(account).filter(usage_kind__in=_with("calls")).order_by("number")
    return [_of(request, account, contract, "calls") for contract in visible]


def usage_records(request: HttpRequest, account: Account) -> list[dict[str, Any]]:
    """Every contract with messages, mobile data or internet access: these, or how to get them."""
    kinds = _with("messages", "data", "sessions")
    visible = Contract.objects.visible_to(account).filter(usage_kind__in=kinds).order_by("number")
    return [_of(request, account, contract, "usage") for contract in visible]


def _of(request: HttpRequest, account: Account, contract: Contract, what: str) -> dict[str, Any]:
    if not proven(request, contract):
        how = _("Confirm the contact phone of this contract on My page, then download again.")
        return {"contract": contract.number, "included": False, "how_to_get_them": how}
    # Every look at call records is in the ledger.
    record(request, account, AuthEvent.Method.CALL_RECORDS, True, contract_number=contract.number, detail="export")
    lines = _calls(account, contract) if what == "calls" else _usage(account, contract)
    return {"contract": contract.number, "included": True, what: lines}


def _calls(account: Account, contract: Contract) -> Iterator[dict[str, Any]]:
    whole = sees_whole_numbers(account, contract)
    calls = Call.objects.filter(contract=contract).order_by("month", "started_at", "key", "outgoing")
    for call in _shown(calls, account, contract).values(*_FIELDS).iterator():
        yield call if whole else {**call, "other": masked(call["other"])}


def _shown(lines: QuerySet[Any], account: Account, contract: Contract) -> QuerySet[Any]:
    hidden = hidden_from(account, contract)
    return lines if hidden is None else lines.exclude(hidden)


def _usage(account: Account, contract: Contract) -> Iterator[dict[str, Any]]:
    whole = sees_whole_numbers(account, contract)
    lines = UsageLine.objects.filter(contract=contract).order_by("month", "records", "started_at", "key", "outgoing")
    lines = _shown(lines, account, contract)
    for line in lines.values(*_USAGE_FIELDS).iterator():
        yield line if whole else {**line, "other": masked(line["other"])}


_SIDE = {*_FIELDS, *_USAGE_FIELDS} - {"month", "outgoing", "records"}


def call_adjustments(request: HttpRequest, account: Account) -> list[dict[str, Any]]:
    """Lines of closed months put right since, as billed and as they should be, under the conditions of the calls."""
    visible = Contract.objects.visible_to(account).order_by("number")
    return [
        {"contract": contract.number, "adjustments": [_adjustment(row, account) for row in rows]}
        for contract in visible
        if proven(request, contract) and (rows := _adjustments(account, contract))
    ]


def _adjustments(account: Account, contract: Contract) -> list[Adjustment]:
    rows = Adjustment.objects.filter(contract=contract).order_by("month", "pk")
    hides = hidden_from(account, contract) is not None
    return [row for row in rows if not (hides and is_sensitive(row.other, row.started_at))]


def _adjustment(row: Adjustment, account: Account) -> dict[str, Any]:
    whole = sees_whole_numbers(account, row.contract)

    def side(line: dict[str, Any] | None) -> dict[str, Any] | None:
        if line is None:
            return None
        shown = {name: value for name, value in line.items() if name in _SIDE}
        return shown if whole else {**shown, "other": masked(shown["other"])}

    return {
        "month": row.month,
        "for_month": row.for_month,
        "records": row.records,
        "outgoing": row.outgoing,
        "reason": row.reason,
        "as_billed": side(row.old),
        "as_it_should_be": side(row.new),
    }


def bills(request: HttpRequest, account: Account) -> list[dict[str, Any]]:
    """The bills of contracts whose contact phone this session has proven; amounts in milli-yen but tax and total."""
    visible = Contract.objects.visible_to(account).order_by("number")
    issued = Bill.objects.issued().filter(contract__in=[c for c in visible if proven(request, c)])
    payments = Payment.objects.latest_of(issued)
    return [
        {
            "number": bill.number,
            "contract": bill.contract.number,
            "month": bill.month,
            "due_on": bill.due_on,
            "items": list(bill.items.values("kind", "code", "name_ja", "name_en", "month", "amount", "tax_yen")),
            "tax": bill.tax,
            "total": bill.total,
            "payment": _payment(payments.get(bill.pk)),
        }
        for bill in issued.select_related("contract").prefetch_related("items").order_by("month", "number")
    ]


def _payment(told: Payment | None) -> dict[str, Any] | None:
    return {"state": told.state, "on": told.on} if told else None


register("call_records", call_records)
register("usage_records", usage_records)
register("call_adjustments", call_adjustments)
register("bills", bills)
