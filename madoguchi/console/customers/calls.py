"""``/console/customers/contracts/<key>/calls/<contract>/``: a contract's call records, where somebody must see them.

They are secrecy of communications: administrators alone, with a reason for this contract that is theirs and lasts half
an hour, numbers of others masked always, each look in the audit log and in the login history of the IDs that see the
contract.
"""

from datetime import date
from typing import cast

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from madoguchi.accounts.models import Account, AuthEvent
from madoguchi.accounts.unlocking import by_staff
from madoguchi.console import audit, roles
from madoguchi.console.customers import look
from madoguchi.console.customers.forms import ActForm
from madoguchi.console.models import AuditEntry
from madoguchi.contracts.models import Contract
from madoguchi.shell.forms import render_form
from madoguchi.shell.templatetags.shell import phone
from madoguchi.statements.masking import starred
from madoguchi.statements.models import Call
from madoguchi.statements.statement import months_shown

LINES_A_PAGE = 100
_SEEN = "customer.calls"


@roles.administrators
@require_http_methods(["GET", "HEAD", "POST"])
def calls(request: HttpRequest, key: int, contract: int) -> HttpResponse:
    if look.at_customer(request, key) is None:
        return redirect("console:customers")
    found = get_object_or_404(Contract.objects.select_related("customer"), pk=contract, customer=key)
    form = ActForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        audit.record(request, _SEEN, found, reason=form.cleaned_data["reason"])
        return redirect(request.path)
    context: dict[str, object] = {"customer": found.customer, "contract": found}
    if given := _given(request, found):
        context |= _shown(request, found, given.reason)
    return render_form(request, "console/customers/calls.html", form, context)


def _given(request: HttpRequest, contract: Contract) -> AuditEntry | None:
    mine = AuditEntry.objects.filter(actor=cast(Account, request.user), act=_SEEN, object_type="contract")
    return mine.filter(object_key=str(contract.pk), at__gt=timezone.now() - look.LASTS).order_by("-at").first()


def _shown(request: HttpRequest, contract: Contract, reason: str) -> dict[str, object]:
    months = months_shown(timezone.localdate())
    month = next((one for one in months if f"{one:%Y-%m}" == request.GET.get("month")), months[0])
    _tell(request, contract, month, reason)
    page = Paginator(Call.objects.of_month(contract, month), LINES_A_PAGE).get_page(request.GET.get("page"))
    return {
        "page_obj": page,
        "rows": [(call, _masked(call.other)) for call in page],
        "months": [(f"{one:%Y-%m}", one) for one in months],
        "month": month,
    }


def _tell(request: HttpRequest, contract: Contract, month: date, reason: str) -> None:
    """Both books have it: the operator's, and those of everybody whose contract it is."""
    audit.record(request, "customer.calls_shown", contract, reason=reason, month=f"{month:%Y-%m}")
    readers = Account.objects.filter(customer_links__customer=contract.customer).distinct()
    for account in readers:
        if Contract.objects.visible_to(account).filter(pk=contract.pk).exists():
            by_staff(account, AuthEvent.Method.CALL_RECORDS, detail="staff")


def _masked(number: str) -> str:
    return starred(phone(number)) if number.startswith("+") else number
