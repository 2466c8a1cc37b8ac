"""What this room adds to the document of everything kept about a customer ID (:mod:`madoguchi.accounts.export`).

Call records are secrecy of communications: they are in it only for a contract whose contact phone this session has
proven. For any other the document says how to come by them.
"""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from madoguchi.accounts.events import record
from madoguchi.accounts.export import register
from madoguchi.accounts.models import Account, AuthEvent
from madoguchi.contracts.models import Contract
from madoguchi.contracts.verification import proven
from madoguchi.statements.masking import masked, sees_whole_numbers
from madoguchi.statements.models import Call
from madoguchi.statements.statement import VOICE

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


def call_records(request: HttpRequest, account: Account) -> list[dict[str, Any]]:
    """Every contract with calls: its calls (money in milli-yen before tax), or how to get them."""
    visible = Contract.objects.visible_to(account).filter(usage_kind__in=VOICE).order_by("number")
    return [_of(request, account, contract) for contract in visible]


def _of(request: HttpRequest, account: Account, contract: Contract) -> dict[str, Any]:
    if not proven(request, contract):
        how = _("Confirm the contact phone of this contract on My page, then download again.")
        return {"contract": contract.number, "included": False, "how_to_get_them": how}
    # Every look at call records is in the ledger.
    record(request, account, AuthEvent.Method.CALL_RECORDS, True, contract_number=contract.number, detail="export")
    return {"contract": contract.number, "included": True, "calls": _calls(account, contract)}


def _calls(account: Account, contract: Contract) -> Iterator[dict[str, Any]]:
    whole = sees_whole_numbers(account, contract)
    calls = Call.objects.filter(contract=contract).order_by("month", "started_at", "key", "outgoing")
    for call in calls.values(*_FIELDS).iterator():
        yield call if whole else {**call, "other": masked(call["other"])}


register("call_records", call_records)
