"""Contracts and their telephone numbers, for the operator's own systems; and many rows at once."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Status

from madoguchi.api.v1.inward import cells, store, store_one
from madoguchi.api.v1.refused import REFUSALS
from madoguchi.api.v1.shapes import contract as as_contract
from madoguchi.api.v1.tokens import READ, WRITE
from madoguchi.api.v1.told import BatchIn, BatchOut, ContractIn, ContractNumber, ContractOut, NumberIn
from madoguchi.contracts.imports.rows import KINDS
from madoguchi.contracts.models import Contract

WORDS = ("new", "changed", "same")
router = Router(tags=["contracts"])
Answer = Status[dict[str, Any]]


def _found(number: str) -> dict[str, Any]:
    contracts = Contract.objects.select_related("customer", "service").prefetch_related("telephone_numbers")
    return as_contract(get_object_or_404(contracts, number=number))


@router.get("/contracts/{number}", auth=READ, response={200: ContractOut, **REFUSALS}, summary="A contract")
def contract(request: HttpRequest, number: ContractNumber) -> dict[str, Any]:
    return _found(number)


@router.put(
    "/contracts/{number}",
    auth=WRITE,
    response={200: ContractOut, 201: ContractOut, **REFUSALS},
    summary="Store a contract: new, or changed from what is stored",
)
def put_contract(request: HttpRequest, number: ContractNumber, said: ContractIn) -> Answer:
    """`ended_on` is its last day; null again, it goes on."""
    done = store_one(request, "contracts", cells("contracts", said, number=number), key=number)
    return Status(201 if done == "new" else 200, _found(number))


@router.post(
    "/contracts/{number}/numbers",
    auth=WRITE,
    response={200: ContractOut, 201: ContractOut, **REFUSALS},
    summary="Give the contract a telephone number from a day on, or end it",
)
def put_number(request: HttpRequest, number: ContractNumber, said: NumberIn) -> Answer:
    """A number that another contract has ends there the day before. Said again, nothing changes."""
    _found(number)
    done = store_one(request, "numbers", cells("numbers", said, contract=number), key=number)
    return Status(201 if done == "new" else 200, _found(number))


@router.post(
    "/batches",
    auth=WRITE,
    response={200: BatchOut, **REFUSALS},
    summary="Store many rows of all kinds: all of them, or none",
)
def store_batch(request: HttpRequest, said: BatchIn) -> dict[str, Any]:
    """Customers are taken first, then contracts, numbers and roles, so that later ones may name earlier ones."""
    kinds = {kind: [cells(kind, row) for row in getattr(said, kind)] for kind in KINDS}
    done = store(request, {kind: rows for kind, rows in kinds.items() if rows}, only_check=said.only_check)
    counted = {kind: {word: done[kind][word] if kind in done else 0 for word in WORDS} for kind in kinds}
    return {"stored": not said.only_check, **counted}
