"""``/console/imports/<id>/conflicts/``: records that contradict stored ones, and what is decided about them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from madoguchi.accounts.models import Account
from madoguchi.console import audit, roles
from madoguchi.console.imports.look import granted
from madoguchi.contracts.models import Contract
from madoguchi.shell.templatetags.shell import date_long, duration, milliyen, phone
from madoguchi.statements import jobs
from madoguchi.statements.closing.months import ImportRunning
from madoguchi.statements.imports.conflicts import Line, decide, sides, undecided
from madoguchi.statements.kinds import words as kind_words
from madoguchi.statements.masking import starred
from madoguchi.statements.models import Conflict, ImportRun

A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Row:
    """One thing both sides say."""

    label: str | Promise
    old: str
    new: str

    @property
    def differs(self) -> bool:
        return self.old != self.new


def _at(line: Line, name: str) -> str:
    """To the second: two records may differ by no more."""
    local = datetime.fromisoformat(line[name]).astimezone(ZoneInfo(settings.TIME_ZONE))
    return f"{date_long(local)} {local:%H:%M:%S %Z}"


def _other(line: Line) -> str:
    """Theirs, without its last four digits: it is not the customer's."""
    written = phone(line["other"])
    if not written:
        return _("Withheld")
    return starred(written) if line["other"].startswith("+") else written


_OTHER_PARTY = pgettext_lazy("conflict", "Other party")
_SAID: tuple[tuple[str | Promise, Any], ...] = (
    (pgettext_lazy("conflict", "Contract"), lambda line: Contract.objects.get(pk=line["contract_id"]).number),
    (pgettext_lazy("conflict", "Number"), lambda line: phone(line["number"])),
    (pgettext_lazy("conflict", "Direction"), lambda line: _("Outgoing") if line["outgoing"] else _("Incoming")),
    (_OTHER_PARTY, _other),
    (pgettext_lazy("conflict", "Began"), lambda line: _at(line, "started_at")),
    (pgettext_lazy("conflict", "Ended"), lambda line: _at(line, "ended_at")),
    (pgettext_lazy("conflict", "Talk time"), lambda line: duration(line["talk_seconds"])),
    (pgettext_lazy("conflict", "Parts"), lambda line: line["segments"] or ""),
    (pgettext_lazy("conflict", "Bytes"), lambda line: f"{line['bytes']:,}" if line["bytes"] else ""),
    (gettext_lazy("Class"), lambda line: str(kind_words(line["kind"])) if line["kind"] else ""),
    (pgettext_lazy("conflict", "Charge"), lambda line: milliyen(line["charge"])),
    (pgettext_lazy("conflict", "Billing month"), lambda line: str(line["month"])[:7]),
)


def beside(standing: list[Line], new: list[Line]) -> list[list[Row]]:
    """The lines of both sides, those of one direction beside each other."""
    pairs = []
    for outgoing in (True, False):
        old_ones = [line for line in standing if line["outgoing"] == outgoing]
        new_ones = [line for line in new if line["outgoing"] == outgoing]
        for place in range(max(len(old_ones), len(new_ones))):
            old = old_ones[place] if place < len(old_ones) else None
            fresh = new_ones[place] if place < len(new_ones) else None
            rows = [Row(label, _said(said, old), _said(said, fresh)) for label, said in _SAID]
            if old and fresh and old.get("other") != fresh.get("other"):
                rows = [_told_apart(row) if row.label == _OTHER_PARTY else row for row in rows]
            pairs.append([row for row in rows if {row.old, row.new} - {"", "–"}])
    return pairs


def _told_apart(row: Row) -> Row:
    """Two numbers that differ in what is hidden of them."""
    return row if row.differs else Row(row.label, row.old, _("%(number)s (other last digits)") % {"number": row.new})


def _said(said: Callable[[Line], str], line: Line | None) -> str:
    """Empty for what this kind of record does not say."""
    try:
        return str(said(line)) if line else "–"
    except KeyError:
        return ""


def run_of(import_id: int) -> ImportRun:
    return get_object_or_404(ImportRun, pk=import_id, usage_import__isnull=False)


@roles.may_bill
@require_safe
def board(request: HttpRequest, import_id: int) -> HttpResponse:
    run = run_of(import_id)
    if not granted(request, run):
        return redirect("console:import_look", run.pk)
    waiting = undecided(run.usage_import_id or 0).select_related("contract")
    decided = Conflict.objects.filter(usage_import=run.usage_import_id).exclude(decision="")
    context = {
        "run": run,
        "page_obj": Paginator(waiting, A_PAGE).get_page(request.GET.get("page")),
        "decided": decided.count(),
        "asked": request.GET.get("asked") == "1",
    }
    return render(request, "console/imports/conflicts.html", context)


@roles.may_bill
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, import_id: int, conflict_id: int) -> HttpResponse:
    """Both sides of one record; each look is recorded, and so is what is decided."""
    run = run_of(import_id)
    if not granted(request, run):
        return redirect("console:import_look", run.pk)
    conflict = get_object_or_404(Conflict, pk=conflict_id, usage_import=run.usage_import_id)
    busy = False
    if request.method == "POST":
        decision = _decision(request)
        try:
            with transaction.atomic():
                if decide(conflict, decision, by=cast(Account, request.user), now=timezone.now(), wait=False):
                    audit.record(request, f"conflict.{decision}", run, conflict=conflict.pk, line=conflict.line)
            return redirect("console:import_conflicts", run.pk)
        except ImportRunning:
            busy = True
    audit.record(request, "conflict.look", run, conflict=conflict.pk, line=conflict.line)
    both = sides(conflict)
    context = {
        "run": run,
        "conflict": conflict,
        "pairs": beside(both.standing, both.new),
        "stands": bool(both.standing),
        "busy": busy,
    }
    return render(request, "console/imports/conflict.html", context, status=409 if busy else 200)


@roles.may_bill
@require_http_methods(["GET", "HEAD", "POST"])
def all_of_it(request: HttpRequest, import_id: int, decision: str) -> HttpResponse:
    """Say how many it concerns, then have a worker decide about all of them."""
    run = run_of(import_id)
    if decision not in Conflict.Decision.values:
        raise Http404
    count = undecided(run.usage_import_id or 0).values("line", "key").distinct().count()
    if request.method == "POST" and count:
        with transaction.atomic():
            by = cast(Account, request.user)
            jobs.decide_conflicts.defer(usage_import_id=run.usage_import_id or 0, decision=decision, by=by.pk)
            audit.record(request, f"conflict.all_{decision}", run, records=count)
    if request.method == "POST" or not count:
        return redirect("console:import", run.pk)
    return render(request, "console/imports/all.html", {"run": run, "decision": decision, "count": count})


def _decision(request: HttpRequest) -> str:
    decision = request.POST.get("decision", "")
    if decision not in Conflict.Decision.values:
        raise Http404
    return decision
