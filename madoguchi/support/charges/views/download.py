"""E8: a statement as a file: the lines the page shows, in its order, with its sums and its asterisks."""

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from madoguchi.contracts.models import Contract
from madoguchi.shell import languages
from madoguchi.shell.templatetags.shell import date_long, datetime_zone, in_language_plain
from madoguchi.statements.downloads.extract import Extract, amounts
from madoguchi.statements.downloads.files import FILES, File
from madoguchi.support.charges import narrowed
from madoguchi.support.charges.asked import Asked, asked
from madoguchi.support.charges.forms import month_words
from madoguchi.support.charges.statement_kinds import StatementKind, named
from madoguchi.support.mypage.access import contact_proven


@contact_proven
@require_safe
def download(request: HttpRequest, *, contract: Contract, kind: str, ending: str) -> HttpResponseBase:
    file, found_kind = FILES[ending], named(contract, kind)
    found = asked(request, contract, found_kind, purpose=file.code)
    if not isinstance(found, Asked):
        return _to_the_page(request, contract, found_kind)
    if file.most is not None and found.lines.count() > file.most:
        return _to_the_page(request, contract, found_kind, too_long=ending)
    return _sent(file, found)


def _to_the_page(
    request: HttpRequest, contract: Contract, kind: StatementKind, *, too_long: str = ""
) -> HttpResponseBase:
    """The statement's page says what is wrong with what is asked for; its forms and links lead to itself."""
    query = request.GET.copy()
    if too_long:
        query["too_long"] = too_long
    page = reverse("charges:statement", kwargs={"contract": contract.number, "kind": kind.slug})
    return redirect(f"{page}?{query.urlencode()}{'#files' if too_long else ''}")


def _sent(file: File, found: Asked) -> StreamingHttpResponse:
    pieces = file.pieces(extract(found), languages.current())
    response = StreamingHttpResponse(pieces, content_type=file.content_type)
    # Says which month it is, and nothing about anybody.
    name = f"statement-{found.month:%Y-%m}-{found.kind.records.code}{file.ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    # A proxy would gather a part of a million lines on its disk.
    response["X-Accel-Buffering"] = "no"
    return response


def extract(found: Asked) -> Extract:
    contract, statement = found.contract, found.statement
    service = f"{in_language_plain(contract.service, 'name')} {in_language_plain(contract, 'plan_name')}".strip()
    about = [
        (_("Contract number"), contract.number),
        (_("Service"), service),
        (_("Statement"), f"{found.kind.label} {month_words(found.month)}"),
        (_("State"), _state(found)),
        (_("File made at"), datetime_zone(timezone.now())),
    ]
    if said := narrowed.words(found):
        about.append((_("Only"), said))
    if not found.look.whole_numbers:
        about.append((_("Numbers"), _("The last four digits of the other party's number are hidden.")))
    return Extract(
        title=f"{_('Usage statement')} {month_words(statement.month)}",
        about=about,
        columns=found.kind.records.columns_for(found.look),
        look=found.look,
        lines=found.lines,
        amounts=amounts(statement),
        made_at=timezone.localtime(),
    )


def _state(found: Asked) -> str:
    statement = found.statement
    if not statement.provisional:
        return _("Closed")
    day = date_long(statement.closes_on)
    return _("Provisional: the month is closed on %(day)s.") % {"day": day}
