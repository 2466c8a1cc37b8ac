"""What this room adds to the document of everything kept about a customer ID (:mod:`madoguchi.accounts.export`)."""

from typing import Any

from django.http import HttpRequest

from madoguchi.accounts.export import register
from madoguchi.accounts.models import Account
from madoguchi.contracts import contact_phone
from madoguchi.contracts.models import (
    Contract,
    NumberLabel,
    Passcode,
    PhoneChange,
    PhoneEntry,
    PhoneProof,
    TrustedDevice,
)
from madoguchi.contracts.verification import proven, proven_among


def contracts(request: HttpRequest, account: Account) -> list[dict[str, Any]]:
    """The contracts the ID may see. Numbers in full only where this session has proven the contact phone."""
    visible = Contract.objects.visible_to(account).select_related("customer", "service").order_by("number")
    return [_contract(contract, is_proven=proven(request, contract)) for contract in visible]


def _contract(contract: Contract, *, is_proven: bool) -> dict[str, Any]:
    held = contract.telephone_numbers.order_by("number")
    phone = contract.contact_phone
    return {
        "contract": contract.number,
        "customer": contract.customer.number if is_proven else contract.customer.masked_number,
        "service": contract.service.slug,
        "plan": contract.plan,
        "plan_en": contract.plan_en,
        "started_on": contract.started_on,
        "ended_on": contract.ended_on,
        "contact_phone_confirmed": is_proven,
        "contact_phone": phone if is_proven else contact_phone.masked(phone),
        "telephone_numbers": list(held.values("number", "started_on", "ended_on")) if is_proven else held.count(),
    }


def links(_request: HttpRequest, account: Account) -> list[dict[str, Any]]:
    return [
        {"customer": link.customer.masked_number, "role": link.role, "since": link.created_at}
        for link in account.customer_links.select_related("customer").order_by("created_at")
    ]


def devices(_request: HttpRequest, account: Account) -> list[dict[str, Any]]:
    """Remembered devices, those forgotten included; never their secrets."""
    return [
        {
            "agent": device.agent,
            "remembered_at": device.created_at,
            "last_used_at": device.last_used_at,
            "forgotten_at": device.ended_at,
            "trusted": [
                {"customer": trusted.customer.masked_number, "until": trusted.expires_at}
                for trusted in device.phones.select_related("customer")
            ],
        }
        for device in TrustedDevice.objects.filter(account=account).order_by("created_at")
    ]


def confirmations(_request: HttpRequest, account: Account) -> dict[str, Any]:
    """What was done on the way to confirming a contact phone: no code, and no number beyond its last digits.

    A contract is named only where the ID may see it, so that a try to link one tells nothing.
    """
    visible = set(Contract.objects.visible_to(account).values_list("number", flat=True))

    def named(contract: Contract | None) -> str:
        return contract.number if contract and contract.number in visible else ""

    entries = PhoneEntry.objects.filter(account=account).select_related("contract").order_by("-at")
    codes = Passcode.objects.filter(account=account).select_related("contract").order_by("-created_at")
    changes = PhoneChange.objects.filter(account=account).select_related("contract").order_by("-created_at")
    proofs = PhoneProof.objects.filter(account=account).select_related("customer").order_by("-at")
    return {
        "phones_named": [{"at": e.at, "contract": named(e.contract), "right": e.right} for e in entries],
        "codes": [
            {
                "at": code.created_at,
                "contract": named(code.contract),
                "purpose": code.purpose,
                "channel": code.channel,
                "phone": contact_phone.masked(code.phone),
                "end": code.end,
                "sent": [{"at": d.requested_at, "state": d.state, "reason": d.reason} for d in code.dispatches.all()],
            }
            for code in codes.prefetch_related("dispatches")
        ],
        "phones_changed": [
            {
                "at": change.created_at,
                "contract": named(change.contract),
                "from": contact_phone.masked(change.old_phone),
                "to": contact_phone.masked(change.new_phone) if change.new_phone else "",
                "end": change.end,
            }
            for change in changes
        ],
        "proofs": [{"at": p.at, "until": p.expires_at, "customer": p.customer.masked_number} for p in proofs],
    }


def number_labels(request: HttpRequest, account: Account) -> list[dict[str, Any]]:
    """What the ID calls its numbers, of contracts it may see and whose contact phone this session has proven."""
    visible = Contract.objects.visible_to(account)
    named = NumberLabel.objects.filter(account=account, number__contract__in=proven_among(request, visible))
    return [{"number": number, "label": label} for number, label in named.values_list("number__number", "label")]


register("number_labels", number_labels)
register("customers", links)
register("contracts", contracts)
register("remembered_devices", devices)
register("contact_phone_confirmations", confirmations)
