"""E8: the call statement of a contract for a month."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from madoguchi.accounts.events import record
from madoguchi.accounts.models import AuthEvent
from madoguchi.contracts.models import Contract
from madoguchi.contracts.sessions import account_of
from madoguchi.shell.forms import render_form
from madoguchi.statements.masking import sees_whole_numbers
from madoguchi.statements.statement import Statement, months_shown, statement_of
from madoguchi.support.charges.forms import MonthForm
from madoguchi.support.mypage.access import contact_proven

LINES_A_PAGE = 200


@contact_proven
def statement(request: HttpRequest, *, contract: Contract, kind: str) -> HttpResponse:
    if contract.usage_kind != kind:
        raise Http404
    account = account_of(request)
    today = timezone.localdate()
    form = MonthForm(request.GET.get("month"), months=months_shown(today))
    context: dict[str, object] = {"contract": contract, "tab": "usage"}
    if not form.errors:
        month = form.chosen()
        # Every look at call records is in the ledger, whatever the page then shows.
        record(
            request,
            account,
            AuthEvent.Method.CALL_RECORDS,
            succeeded=True,
            contract_number=contract.number,
            detail=f"{month:%Y-%m}",
        )
        context |= _shown(request, statement_of(contract, month, today=today))
        context["unmasked"] = sees_whole_numbers(account, contract)
    return render_form(request, "charges/statement.html", form, context)


def _shown(request: HttpRequest, statement: Statement) -> dict[str, object]:
    paginator = Paginator(statement.calls, LINES_A_PAGE)
    paginator.count = statement.how_many  # known from the totals: no second count of a million lines
    return {
        "statement": statement,
        "page_obj": paginator.get_page(request.GET.get("page")),
        "several_numbers": statement.contract.telephone_numbers.count() > 1,
    }
