"""E6, bills: what each contract owes by month, one contract's months, and one bill."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from madoguchi.accounts.access import signed_in
from madoguchi.accounts.events import record
from madoguchi.accounts.models import Account, AuthEvent
from madoguchi.contracts.models import Contract
from madoguchi.contracts.sessions import account_of
from madoguchi.contracts.verification import proven_among
from madoguchi.shell import languages
from madoguchi.shell.forms import render_form
from madoguchi.statements.billing import sheets
from madoguchi.statements.billing.invoice import notes
from madoguchi.statements.closing.close import due_on
from madoguchi.statements.models import Bill, Payment
from madoguchi.statements.reading.hiding import hidden_from
from madoguchi.statements.statement import months_shown
from madoguchi.support.charges.bills_form import BillsForm
from madoguchi.support.charges.finding import sees_several
from madoguchi.support.charges.remembered import whole_numbers
from madoguchi.support.mypage.access import contact_proven

CONTRACTS_A_PAGE = 50
MONTHS_A_PAGE = 24
MONTHS_TO_CHOOSE = 36
ADJUSTMENTS_A_PAGE = 100


@dataclass(frozen=True, slots=True)
class Row:
    """A contract in a month, or a month of a contract; ``total`` yen, None where it is hidden or there is none."""

    contract: Contract
    month: date
    total: int | None = None
    bill: Bill | None = None
    payment: Payment | None = None
    opened: bool = True

    @property
    def due_on(self) -> date | None:
        """None where there is nothing to pay, or where it is hidden."""
        if not self.total:
            return None
        return self.bill.due_on if self.bill else due_on(self.month)

    @property
    def nothing_to_pay(self) -> bool:
        return self.bill is not None and self.total == 0


@signed_in
@require_safe
def bills(request: HttpRequest) -> HttpResponse:
    """Every contract the ID sees, in one month; amounts of those whose contact phone this session has proven."""
    account = account_of(request)
    visible = Contract.objects.visible_to(account).select_related("service", "customer").order_by("number")
    open_months = sheets.open_months(timezone.localdate())
    billed = Bill.objects.issued().filter(contract__in=visible).order_by("-month")
    months = list(billed.values_list("month", flat=True).distinct()[:MONTHS_TO_CHOOSE])
    form = BillsForm(request.GET, months=months, so_far=open_months)
    context: dict[str, object] = {"form": form, "several": sees_several(account), "tab": "bills"}
    if not form.errors:
        month, found = form.chosen(), visible.search(form.cleaned_data["q"])
        opened = proven_among(request, found)
        page = Paginator(found, CONTRACTS_A_PAGE).get_page(request.GET.get("page"))
        so_far = month in open_months
        of_month = billed.filter(month=month, contract__in=opened)
        context |= {
            "month": month,
            "so_far": so_far,
            "page_obj": page,
            "rows": _so_far(list(page), month, opened) if so_far else _billed(list(page), month, opened),
            "hidden": found.count() - len(opened),
            "sum": None if so_far else of_month.aggregate(sum=Sum("total"))["sum"],
            "how_many": of_month.count(),
            "contracts": visible.exists(),
        }
    return render_form(request, "charges/bills.html", form, context)


def _so_far(contracts: Sequence[Contract], month: date, opened: set[int]) -> list[Row]:
    totals = sheets.totals_so_far([contract for contract in contracts if contract.pk in opened], month)
    return [Row(each, month, totals.get(each.pk), opened=each.pk in opened) for each in contracts]


def _billed(contracts: Sequence[Contract], month: date, opened: set[int]) -> list[Row]:
    shown = Bill.objects.issued().filter(month=month, contract__in=[one for one in contracts if one.pk in opened])
    by_contract = {bill.contract_id: bill for bill in shown}
    payments = Payment.objects.latest_of(shown)
    rows = []
    for each in contracts:
        bill = by_contract.get(each.pk)
        payment = payments.get(bill.pk) if bill else None
        rows.append(Row(each, month, bill.total if bill else None, bill, payment, opened=each.pk in opened))
    return rows


@contact_proven
@require_safe
def contract_bills(request: HttpRequest, *, contract: Contract) -> HttpResponse:
    """The months of one contract, newest first: as they stand while they are open, then the bills."""
    issued = Bill.objects.issued().filter(contract=contract).order_by("-month")
    page = Paginator(issued, MONTHS_A_PAGE).get_page(request.GET.get("page"))
    payments = Payment.objects.latest_of(issued)
    rows = [Row(contract, bill.month, bill.total, bill, payments.get(bill.pk)) for bill in page]
    if page.number == 1:
        rows = [*_months_so_far(contract), *rows]
    return render(
        request,
        "charges/contract_bills.html",
        {
            "contract": contract,
            "several": sees_several(account_of(request)),
            "rows": rows,
            "page_obj": page,
            "tab": "bills",
        },
    )


def _months_so_far(contract: Contract) -> list[Row]:
    rows = []
    for month in sheets.open_months(timezone.localdate()):
        totals = sheets.totals_so_far([contract], month)
        if contract.pk in totals:
            rows.append(Row(contract, month, totals[contract.pk]))
    return rows


@contact_proven
@require_safe
def bill(request: HttpRequest, *, contract: Contract, month: date) -> HttpResponse:
    """A bill line by line, or an open month as it stands."""
    account, today = account_of(request), timezone.localdate()
    sheet = sheet_or_404(account, contract, month)
    adjustments = Paginator(sheet.adjustments, ADJUSTMENTS_A_PAGE).get_page(request.GET.get("page"))
    if adjustments.paginator.count:
        # Calls are on the page: every look at call records is in the ledger.
        method, seen = AuthEvent.Method.CALL_RECORDS, f"{month:%Y-%m}"
        record(request, account, method, succeeded=True, contract_number=contract.number, detail=seen)
    told = Payment.objects.filter(bill__contract=contract, bill__month=month).order_by("-pk")
    return render(
        request,
        "charges/bill.html",
        {
            "contract": contract,
            "sheet": sheet,
            "payment": told.first(),
            "nothing_to_pay": bool(sheet.number) and not sheet.total,
            "notes": notes(sheet),
            "qualified": bool(settings.INVOICE_NUMBER),
            "adjustments": adjustments,
            "page_obj": adjustments,
            "whole": whole_numbers(request, contract),
            "running": month == today.replace(day=1),
            "statement": _statement(contract) if month in months_shown(today) else "",
            "tab": "bills",
        },
    )


def _statement(contract: Contract) -> str:
    """Where the contract's usage is shown; empty for a kind that has no statement."""
    path = f"/my/charges/usage/{contract.number}/{contract.usage_kind}/"
    return path if languages.exists(path) else ""


def sheet_or_404(account: Account, contract: Contract, month: date) -> sheets.Sheet:
    """As ``account`` may see it."""
    hidden = hidden_from(account, contract)
    issued = Bill.objects.issued().filter(contract=contract, month=month)
    if found := issued.select_related("contract__customer", "contract__service").first():
        return sheets.sheet_of(found, hidden=hidden)
    if month in sheets.open_months(timezone.localdate()):
        return sheets.sheet_so_far(contract, month, hidden=hidden)
    raise Http404
