"""``/console/customers/contracts/<key>/``: a customer as the operator's books have it: contracts, bills, linked IDs."""

from datetime import date
from uuid import UUID

from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from madoguchi.console import audit, roles
from madoguchi.console.customers import look
from madoguchi.console.customers.forms import ActForm
from madoguchi.contracts import contact_phone, linking
from madoguchi.contracts.models import Contract, Customer, CustomerLink
from madoguchi.shell.forms import render_form
from madoguchi.statements.billing import sheets
from madoguchi.statements.models import Bill, Payment

CONTRACTS_A_PAGE = 50


@roles.may_help
@require_safe
def show(request: HttpRequest, key: int) -> HttpResponse:
    if look.at_customer(request, key) is None:
        return redirect("console:customers")
    customer = get_object_or_404(Customer, pk=key)
    contracts = customer.contracts.select_related("service").order_by("number")
    links = customer.links.select_related("account").order_by("created_at", "pk")
    page = Paginator(contracts, CONTRACTS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "customer": customer,
        "page_obj": page,
        "rows": [(contract, contact_phone.masked(contract.contact_phone)) for contract in page],
        "is_administrator": roles.is_administrator(request),
        "links": links,
        "unlinked": request.GET.get("done") == "unlinked",
    }
    return render(request, "console/customers/contracts.html", context)


@roles.may_help
@require_POST
def open_id(request: HttpRequest, key: int, customer: UUID) -> HttpResponse:
    """On to one of the customer's linked IDs, for the reason the look at the customer had."""
    given = look.at_customer(request, key)
    if given is None:
        return redirect("console:customers")
    link = get_object_or_404(CustomerLink, customer=key, account__public_id=customer)
    if not look.also_at_id(request, link.account, given.reason):
        raise Http404
    return redirect("console:customer", customer)


@roles.may_help
@require_POST
def of_id(request: HttpRequest, customer: UUID, key: int) -> HttpResponse:
    """From an ID on to a customer it is linked to, for the reason the look at the ID had."""
    given = look.at_id(request, customer)
    if given is None:
        return redirect("console:customers")
    link = get_object_or_404(CustomerLink.objects.select_related("customer"), customer=key, account__public_id=customer)
    look.also_at_customer(request, link.customer, given.reason)
    return redirect("console:customer_contracts", key)


@roles.may_help
@require_http_methods(["GET", "HEAD", "POST"])
def unlink(request: HttpRequest, key: int, link: int) -> HttpResponse:
    """Ask for the reason; with it, the ID sees the customer's contracts no more, and is told."""
    if look.at_customer(request, key) is None:
        return redirect("console:customers")
    found = get_object_or_404(CustomerLink.objects.select_related("account", "customer"), pk=link, customer=key)
    form = ActForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with transaction.atomic():
            reason = form.cleaned_data["reason"]
            audit.record(request, "customer.unlink", found.account, reason=reason, customer=key, role=found.role)
            linking.unlink(request, found)
        return redirect(reverse("console:customer_contracts", args=[key], query={"done": "unlinked"}))
    return render_form(request, "console/customers/unlink.html", form, {"customer": found.customer, "link": found})


@roles.may_help
@require_safe
def bills(request: HttpRequest, key: int, contract: int) -> HttpResponse:
    """The bills of a contract, the chosen month line by line; each look recorded."""
    given = look.at_customer(request, key)
    if given is None:
        return redirect("console:customers")
    wanted = Contract.objects.select_related("customer", "service")
    found = get_object_or_404(wanted, pk=contract, customer=key)
    issued = Bill.objects.issued().filter(contract=found).order_by("-month")
    months = [*sheets.open_months(timezone.localdate()), *issued.values_list("month", flat=True)]
    month = next((one for one in months if f"{one:%Y-%m}" == request.GET.get("month")), months[0])
    seen = f"{month:%Y-%m}"
    audit.record(request, "customer.bills", found.customer, reason=given.reason, contract=found.pk, month=seen)
    return render(
        request,
        "console/customers/bills.html",
        {
            "customer": found.customer,
            "contract": found,
            "months": [(f"{one:%Y-%m}", one) for one in months],
            "month": month,
            "sheet": _sheet(found, month),
            "payments": Payment.objects.filter(bill__contract=found, bill__month=month).order_by("-pk"),
        },
    )


def _sheet(contract: Contract, month: date) -> sheets.Sheet:
    bill = Bill.objects.issued().filter(contract=contract, month=month).first()
    return sheets.sheet_of(bill) if bill else sheets.sheet_so_far(contract, month)
