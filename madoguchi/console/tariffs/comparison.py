"""``/console/tariffs/compare/<id>/``: how far a comparison is, and what came of it, on the page and as CSV."""

import csv
import uuid
from collections.abc import Iterator
from io import StringIO
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from madoguchi.console import audit, roles
from madoguchi.console.tariffs.compare import ask
from madoguchi.console.worked_on import progress_of
from madoguchi.statements.models import ComparedContract, TariffComparison
from madoguchi.statements.tariffs import comparing
from madoguchi.statements.tariffs.money import yen_text

SHOWN = 20  # contracts of either end; the file has them all


@roles.may_look
@require_safe
def show(request: HttpRequest, comparison_id: int) -> HttpResponse:
    asked = get_object_or_404(TariffComparison.objects.select_related("first", "second", "asked_by"), pk=comparison_id)
    contracts = asked.by_contract.select_related("contract")
    context = {
        **_progress(asked),
        "dearer": contracts.filter(difference__gt=0).order_by("-difference", "contract")[:SHOWN],
        "cheaper": contracts.filter(difference__lt=0).order_by("difference", "contract")[:SHOWN],
        "unpriced": asked.unpriced_before or asked.unpriced_after,
        "differs": _changed(asked),
        "can_bill": roles.can_bill(request),
        "key": uuid.uuid4(),
        "entries": audit.entries(asked),
    }
    return render(request, "console/tariffs/comparison.html", context)


def _changed(asked: TariffComparison) -> list[str]:
    """The names of versions that are no longer what was compared."""
    if asked.state != TariffComparison.State.DONE:
        return []
    both = ((asked.first_name, asked.first, asked.first_print), (asked.second_name, asked.second, asked.second_print))
    return [name for name, version, then in both if comparing.has_changed(version, then, asked.finished_at)]


@roles.may_look
@require_safe
def progress(request: HttpRequest, comparison_id: int) -> HttpResponse:
    asked = get_object_or_404(TariffComparison, pk=comparison_id)
    return progress_of(request, "console/tariffs/comparison_progress.html", _progress(asked), moves=asked.moves)


def _progress(asked: TariffComparison) -> dict[str, Any]:
    earlier = TariffComparison.objects.filter(state__in=TariffComparison.MOVING, pk__lt=asked.pk)
    return {"asked": asked, "ahead": earlier.count() if asked.moves else 0}


@roles.may_bill
@require_POST
def again(request: HttpRequest, comparison_id: int) -> HttpResponse:
    """The same once more, with the versions and calls of today; the former result stays."""
    asked = get_object_or_404(TariffComparison.objects.select_related("first", "second"), pk=comparison_id)
    if asked.first is None or asked.second is None:
        return redirect("console:tariff_comparison", asked.pk)  # the page says why, and has no such button
    try:
        key = uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        key = uuid.uuid4()
    return ask(request, asked.first, asked.second, month=asked.month, key=key)


@roles.may_look
@require_safe
def download(request: HttpRequest, comparison_id: int) -> StreamingHttpResponse:
    """Every contract with calls in the month: UTF-8 with a byte order mark, yen before tax."""
    asked = get_object_or_404(TariffComparison, pk=comparison_id, state=TariffComparison.State.DONE)
    answer = StreamingHttpResponse(_rows(asked), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="comparison-{asked.pk}-{asked.month:%Y-%m}.csv"'
    return answer


def _rows(asked: TariffComparison) -> Iterator[bytes]:
    buffer = StringIO()
    writer = csv.writer(buffer)
    writer.writerow(["contract", "calls", "before_yen", "after_yen", "difference_yen", "calls_changed"])
    yield b"\xef\xbb\xbf"
    rows: Any = ComparedContract.objects.filter(comparison=asked).order_by("-difference", "contract")
    for number, calls, *money, changed in rows.values_list(
        "contract__number", "calls", "before", "after", "difference", "changed"
    ).iterator(chunk_size=2000):
        writer.writerow([number, calls, *map(yen_text, money), changed])
        if buffer.tell() > 1 << 16:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()
