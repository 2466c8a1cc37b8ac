"""``/console/months/``: every month with its state, its bills and its archive."""

from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from madoguchi.console import roles
from madoguchi.statements.closing.months import closes_on, stored_months
from madoguchi.statements.models import Bill, BillingMonth, MonthArchive


@roles.may_bill
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    states = {state.month: state for state in BillingMonth.objects.all()}
    billed = Bill.objects.issued().values("month").annotate(bills=Count("pk"), yen=Sum("total"))
    by_month = {row["month"]: row for row in billed}
    archives = {made.month: made for made in MonthArchive.objects.all()}
    rows = [
        {
            "month": month,
            "state": states.get(month) or BillingMonth(month=month),
            "closes_on": closes_on(month),
            "billed": by_month.get(month),
            "archive": archives.get(month),
        }
        for month in sorted({*states, *stored_months()}, reverse=True)
    ]
    return render(request, "console/months/board.html", {"rows": rows})
