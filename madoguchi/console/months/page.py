"""``/console/months/<month>/``: a month, and what the billing role may do with it."""

from datetime import MAXYEAR, MINYEAR, date, datetime
from typing import Any, cast

from django.db import transaction
from django.db.models import Count, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from madoguchi.accounts.models import Account
from madoguchi.console import audit, roles
from madoguchi.statements import jobs
from madoguchi.statements.closing import close, schedule
from madoguchi.statements.closing.months import ImportRunning, closes_on
from madoguchi.statements.models import Adjustment, Bill, BillingMonth, ClosingRun, MonthArchive, Rerating

SHOWN = 50  # differences listed; all of them are added up


def a_month(text: str) -> date:
    """``2026-10``; anything else is no page."""
    try:
        month = datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
    except ValueError as error:
        raise Http404 from error
    # Before and after the first and the last year there is no month to go on to.
    if f"{month:%Y-%m}" != text or month.year in {MINYEAR, MAXYEAR}:
        raise Http404
    return month


def state_of(month: date) -> BillingMonth:
    return BillingMonth.objects.filter(month=month).first() or BillingMonth(month=month)


@roles.may_bill
@require_safe
def show(request: HttpRequest, month: str) -> HttpResponse:
    begin = a_month(month)
    state = state_of(begin)
    rerating = Rerating.objects.filter(month=begin).order_by("-pk").first()
    context: dict[str, Any] = {
        "month": begin,
        "state": state,
        "closes_on": closes_on(begin),
        "run": _run(begin),
        "billed": Bill.objects.issued().filter(month=begin).aggregate(bills=Count("pk"), yen=Sum("total")),
        "adjusted": Adjustment.objects.filter(month=begin).count(),
        "adjustments": Adjustment.objects.filter(month=begin).select_related("contract").order_by("pk")[:SHOWN],
        "archive": MonthArchive.objects.filter(month=begin).first(),
        "obstacle": close.obstacle(begin, now=timezone.now()),
        "rerating": rerating,
        "difference": rerating.after - rerating.before if rerating else 0,
        "differences": rerating.differences.select_related("contract").order_by("pk")[:SHOWN] if rerating else [],
        "rows_changed": rerating.differences.count() if rerating else 0,
        "asked": request.GET.get("asked") == str(_came_of_asking(begin)),
        "busy": request.GET.get("busy") == "1",
    }
    context["moves"] = context["asked"] or state.state == BillingMonth.State.CLOSING
    response = render(request, "console/months/page.html", context)
    if request.headers.get("HX-Request") and not context["moves"]:
        response["HX-Refresh"] = "true"  # the part that was fetched is not all that is different now
    return response


def _came_of_asking(month: date) -> int:
    """How many differences were worked out and applied: one more, when what was asked for is done."""
    counted = Rerating.objects.filter(month=month).aggregate(made=Count("pk"), applied=Count("applied_at"))
    return int(counted["made"] + counted["applied"])


def _run(month: date) -> dict[str, Any] | None:
    run = ClosingRun.objects.filter(month=month, called_off_at=None).first()
    if run is None:
        return None
    return {"row": run, "parts": run.shards.count(), "done": run.shards.exclude(finished_at=None).count()}


@roles.may_bill
@require_http_methods(["GET", "HEAD", "POST"])
def close_it(request: HttpRequest, month: str) -> HttpResponse:
    """Say what closing means, then begin it; the workers do the rest."""
    begin = a_month(month)
    if request.method == "POST":
        busy = ""
        try:
            with transaction.atomic():
                run = schedule.begin(begin, now=timezone.now(), by=cast(Account, request.user), wait=False)
                audit.record(request, "month.close", run, month=month)
        except close.CannotClose:
            pass  # the page says why
        except ImportRunning:
            busy = "?busy=1"
        return redirect(f"{reverse('console:month', args=[month])}{busy}")
    if state_of(begin).state == BillingMonth.State.CLOSED or close.obstacle(begin, now=timezone.now()):
        return redirect("console:month", month)
    return render(request, "console/months/close.html", {"month": begin})


@roles.may_bill
@require_POST
def call_off(request: HttpRequest, month: str) -> HttpResponse:
    run = get_object_or_404(ClosingRun, month=a_month(month), called_off_at=None)
    try:
        with transaction.atomic():
            close.call_off(run, now=timezone.now())
            audit.record(request, "month.call_off", run, month=month)
    except close.CannotClose:
        pass  # it came to its end meanwhile: the page says so
    return redirect("console:month", month)


@roles.may_bill
@require_POST
def rerate(request: HttpRequest, month: str) -> HttpResponse:
    """Have the difference worked out; nothing changes by it."""
    begin = a_month(month)
    by = cast(Account, request.user)
    with transaction.atomic():
        jobs.look_again.defer(month=f"{begin:%Y-%m}", by=by.pk)
        audit.record(request, "month.rerate", by, month=month)
    return _asked(request.path.removesuffix("rerate/"), begin)


def _asked(page: str, month: date) -> HttpResponse:
    """To the month's page, which says that a worker is at it until something came of it."""
    return redirect(f"{page}?asked={_came_of_asking(month)}")


@roles.may_bill
@require_POST
def apply(request: HttpRequest, month: str, rerating_id: int) -> HttpResponse:
    """Let a difference count that was shown."""
    rerating = get_object_or_404(Rerating, pk=rerating_id, month=a_month(month))
    with transaction.atomic():
        jobs.apply_rerating.defer(rerating_id=rerating.pk)
        audit.record(request, "month.apply_rerating", rerating, month=month, changed=rerating.changed)
    return _asked(request.path.removesuffix(f"rerate/{rerating.pk}/apply/"), rerating.month)
