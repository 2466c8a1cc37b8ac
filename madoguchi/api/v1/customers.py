"""Customers and the roles of IDs, for the operator's own systems."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Status

from madoguchi.api.v1.inward import cells, store_one
from madoguchi.api.v1.refused import REFUSALS
from madoguchi.api.v1.shapes import customer as as_customer
from madoguchi.api.v1.tokens import READ, WRITE
from madoguchi.api.v1.told import CustomerIn, CustomerNumber, CustomerOut, RoleIn, RoleOut
from madoguchi.contracts.models import Customer, CustomerLink

router = Router(tags=["customers"])
Answer = Status[dict[str, Any]]


@router.get("/customers/{number}", auth=READ, response={200: CustomerOut, **REFUSALS}, summary="A customer")
def customer(request: HttpRequest, number: CustomerNumber) -> dict[str, Any]:
    return as_customer(get_object_or_404(Customer, number=number))


@router.put(
    "/customers/{number}",
    auth=WRITE,
    response={200: CustomerOut, 201: CustomerOut, **REFUSALS},
    summary="Store a customer: new, or with another name",
)
def put_customer(request: HttpRequest, number: CustomerNumber, said: CustomerIn) -> Answer:
    done = store_one(request, "customers", cells("customers", said, number=number), key=number)
    return Status(201 if done == "new" else 200, as_customer(Customer.objects.get(number=number)))


@router.get(
    "/customers/{number}/roles", auth=READ, response={200: list[RoleOut], **REFUSALS}, summary="Who sees its contracts"
)
def roles(request: HttpRequest, number: CustomerNumber) -> list[dict[str, Any]]:
    found = get_object_or_404(Customer, number=number)
    links = CustomerLink.objects.filter(customer=found).select_related("account").prefetch_related("contracts")
    return [_role(link) for link in links.order_by("pk")]


@router.post(
    "/customers/{number}/roles",
    auth=WRITE,
    response={200: RoleOut, 201: RoleOut, **REFUSALS},
    summary="Let an ID see the customer's contracts, all or some",
)
def put_role(request: HttpRequest, number: CustomerNumber, said: RoleIn) -> Answer:
    """Of one ID there is one role a customer: said again, it is left or changed. The address stands in the body."""
    found = get_object_or_404(Customer, number=number)
    row = cells("roles", said, customer=number)
    done = store_one(request, "roles", row, key=number)
    link = CustomerLink.objects.get(customer=found, account__email=said.email.strip().lower())
    return Status(201 if done == "new" else 200, _role(link))


def _role(link: CustomerLink) -> dict[str, Any]:
    named = sorted(contract.number for contract in link.contracts.all())
    return {"email": link.account.email, "role": link.role, "contracts": named}
