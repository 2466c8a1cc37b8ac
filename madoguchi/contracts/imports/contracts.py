"""A batch of contracts: known by their numbers, of customers and services that are there."""

from collections.abc import Iterable, Sequence
from functools import partial

from django.db.models import Model, QuerySet

from madoguchi.catalog.models import Service
from madoguchi.contracts.models import Contract, Customer, Passcode, PhoneProof, TrustedPhone

from .stock import Cells, Done, Stock, Wrong, each, in_order

FIELDS = ("service", "plan", "plan_en", "usage_kind", "contact_phone", "started_on", "ended_on")
Held = tuple[int, str]  # the key of a customer, and a contact phone of theirs


def take(batch: Sequence[Cells]) -> list[Done | Wrong]:
    """Store the good rows; what becomes of each, in their order."""
    customers = dict(
        Customer.objects.filter(number__in={cells["customer_number"] for cells in batch}).values_list("number", "pk")
    )
    services = dict(Service.objects.filter(slug__in={cells["service"] for cells in batch}).values_list("slug", "pk"))
    stored = Contract.objects.filter(number__in={cells["contract_number"] for cells in batch})
    stock = Stock(Contract, ((row.number, row) for row in stored))
    phones = {row.pk: (row.customer_id, row.contact_phone) for row in stock.known.values()}
    said = each(batch, partial(_put, stock, customers=customers, services=services))
    stock.write(FIELDS)
    _forget({held for row in stock.known.values() if (held := phones.get(row.pk)) and held[1] != row.contact_phone})
    return said


def _put(stock: Stock[Contract], cells: Cells, *, customers: dict[str, int], services: dict[str, int]) -> Done:
    customer = customers.get(cells["customer_number"])
    if customer is None:
        raise Wrong("customer_number", "unknown_customer", cells["customer_number"])
    service = services.get(cells["service"])
    if service is None:
        raise Wrong("service", "unknown_service", cells["service"])
    in_order(cells)
    number = cells["contract_number"]
    before = stock.get(number)
    if before and before.customer_id != customer:
        raise Wrong("customer_number", "another_customer", cells["customer_number"])
    values = {
        "service_id": service,
        "plan": cells["plan"] or "",
        "plan_en": cells["plan_en"] or "",
        "usage_kind": cells["usage_kind"],
        "contact_phone": cells["contact_phone"],
        "started_on": cells["started_on"],
        "ended_on": cells["ended_on"],
    }
    return stock.put(number, {"number": number, "customer_id": customer}, values)


def _forget(left: set[Held]) -> None:
    """What contact phones that were changed had proven is over, unless another contract of the customer has them."""
    if not left:
        return
    customers, phones = {customer for customer, _phone in left}, {phone for _customer, phone in left}
    both = {"customer__in": customers, "phone__in": phones}
    still = Contract.objects.filter(customer__in=customers, contact_phone__in=phones)
    gone = left - set(still.values_list("customer_id", "contact_phone"))
    _of(gone, TrustedPhone.objects.filter(**both)).delete()
    _of(gone, PhoneProof.objects.filter(**both)).delete()
    sent = Passcode.objects.filter(contract__customer__in=customers, phone__in=phones)
    codes = sent.values_list("pk", "contract__customer_id", "phone")
    Passcode.objects.filter(pk__in=_keys(codes, gone)).supersede()


def _of(gone: set[Held], rows: "QuerySet[Model]") -> "QuerySet[Model]":
    return rows.filter(pk__in=_keys(rows.values_list("pk", "customer_id", "phone"), gone))


def _keys(rows: Iterable[tuple[int, int, str]], gone: set[Held]) -> list[int]:
    return [pk for pk, customer, phone in rows if (customer, phone) in gone]
