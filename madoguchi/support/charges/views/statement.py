"""E8: the statement of a contract's month: its charges, and its lines as asked for."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from madoguchi.contracts.models import Contract
from madoguchi.contracts.sessions import account_of
from madoguchi.shell.forms import render_form
from madoguchi.statements.downloads.files import FILES
from madoguchi.statements.masking import sees_whole_numbers
from madoguchi.statements.reading.choice import sums
from madoguchi.statements.reading.half_year import totals
from madoguchi.statements.statement import months_shown
from madoguchi.statements.usage import registry
from madoguchi.support.charges import remembered
from madoguchi.support.charges.asked import Asked, Unanswerable, asked, month_form, note
from madoguchi.support.charges.chart import chart
from madoguchi.support.charges.finding import sees_several
from madoguchi.support.charges.forms import SearchForm
from madoguchi.support.charges.rows import as_html, rows
from madoguchi.support.charges.statement_kinds import StatementKind, named, of_contract
from madoguchi.support.mypage.access import contact_proven

PAGE = "charges/statement.html"
# The others are on the month's bill.
ADJUSTMENTS_SHOWN = 20


@contact_proven
@require_http_methods(["GET", "HEAD", "POST"])
def statement(request: HttpRequest, *, contract: Contract, kind: str) -> HttpResponse:
    found = named(contract, kind)
    if request.method == "POST":
        return _act(request, contract, found)
    return _page(request, contract, found, SearchForm())


def _page(request: HttpRequest, contract: Contract, kind: StatementKind, search: SearchForm) -> HttpResponse:
    found = asked(request, contract, kind, purpose="page")
    if not isinstance(found, Asked):
        return _refused(request, contract, kind, found)
    context = _context(request, contract, kind) | _shown(request, found)
    if context["too_long"]:
        return render(request, PAGE, context | {"search": search}, status=422)
    if search.is_bound:
        return render_form(request, PAGE, search, context | {"search": search})
    return render(request, PAGE, context | {"search": search})


def _refused(request: HttpRequest, contract: Contract, kind: StatementKind, why: Unanswerable) -> HttpResponse:
    """The page without a statement: something asked for is not there, or not yet."""
    context = _context(request, contract, kind)
    if why.form:
        wrong_lines = {"lines_form": why.form, "month": why.month} if why.month else {}
        return render_form(request, PAGE, why.form, context | wrong_lines)
    today = timezone.localdate()
    newest = next(month for month in months_shown(today) if registry.is_open(contract.usage_kind, month, today=today))
    opened = {"newest_open": newest, "newest_open_href": f"{request.path}?month={newest:%Y-%m}"}
    return render(request, PAGE, context | opened | {"month": why.month, "opens_on": why.opens_on})


def _too_long(request: HttpRequest, lines: int) -> int | None:
    """The most lines of the file that was asked for, where it cannot hold so many as there are."""
    file = FILES.get(request.GET.get("too_long", ""))
    return file.most if file and file.most is not None and lines > file.most else None


def _context(request: HttpRequest, contract: Contract, kind: StatementKind) -> dict[str, object]:
    account = account_of(request)
    return {
        "contract": contract,
        "kind": kind,
        "tab": "usage",
        "month_form": month_form(request),
        "several": sees_several(account),
        "kinds": len(of_contract(contract)),
        "holds": Contract.objects.held_by(account).filter(pk=contract.pk).exists(),
    }


def _shown(request: HttpRequest, found: Asked) -> dict[str, object]:
    records, look = found.kind.records, found.look
    lines = found.lines
    added = sums(lines, records, look)
    paginator = Paginator(lines, found.lines_form.page_size)
    paginator.count = added.lines  # known: no second count of a million lines
    months = months_shown(timezone.localdate())
    known = {found.month: found.statement.settled}
    columns = records.columns_for(look)
    page = paginator.get_page(request.GET.get("page"))
    lines_shown = rows(page, records, columns, look=look, statement=found.statement)
    return {
        "statement": found.statement,
        "adjustments": found.statement.adjustments[:ADJUSTMENTS_SHOWN],
        "adjustments_in_all": found.statement.adjustments.count(),
        "month": found.month,
        "lines_form": found.lines_form,
        "choice": found.choice,
        "columns": columns,
        "page_obj": page,
        "rows": lines_shown,
        "rows_html": as_html(lines_shown, columns),
        "files": _files(request, found),
        "too_long": _too_long(request, added.lines),
        "has_other": any(column.code == "other" for column in columns),
        "own_numbers": _own_numbers(found),
        "look": look,
        "sums": [(column, added.of[column.code]) for column in columns if column.code in added.of],
        "chart": chart(totals(found.contract, months[::-1], known=known), shown=found.month),
        "may_unmask": sees_whole_numbers(account_of(request), found.contract),
    }


def _files(request: HttpRequest, found: Asked) -> list[dict[str, object]]:
    """Each kind of file of the very lines shown."""
    query = request.GET.copy()
    for name in ("page", "lines", "too_long"):
        query.pop(name, None)
    query["month"] = f"{found.month:%Y-%m}"
    names = {"contract": found.contract.number, "kind": found.kind.slug}
    return [
        {"file": file, "href": f"{reverse('charges:download', kwargs={**names, 'ending': ending})}?{query.urlencode()}"}
        for ending, file in FILES.items()
    ]


def _own_numbers(found: Asked) -> list[dict[str, object]]:
    """Each number's calls, with the key by which an address may name it; nothing where there is but one."""
    if not found.look.several_numbers:
        return []
    keys = {number.number: number.pk for number in found.contract.telephone_numbers.all()}
    numbers = found.statement.calls.numbers
    return [{"number": number, "key": keys.get(number), "both": both} for number, both in numbers.items()]


def _act(request: HttpRequest, contract: Contract, kind: StatementKind) -> HttpResponse:
    """What no address may say: a search by digits, and numbers in full."""
    act = request.POST.get("act")
    if act == "search":
        form = SearchForm(request.POST)
        if not form.is_valid():
            return _page(request, contract, kind, form)
        remembered.search(request, contract, form.cleaned_data["digits"])
    elif act == "forget":
        remembered.search(request, contract, "")
    elif act in {"whole", "masked"}:
        remembered.show_whole_numbers(request, contract, whole=act == "whole")
        if remembered.whole_numbers(request, contract):
            note(request, contract, "whole_numbers")
    query = request.GET.copy()
    query.pop("page", None)
    return redirect(f"{request.path}{'?' if query else ''}{query.urlencode()}#lines")
