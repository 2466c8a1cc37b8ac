"""A bill as a PDF, in the language of the page."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe

from madoguchi.contracts.models import Contract
from madoguchi.contracts.sessions import account_of
from madoguchi.shell import languages
from madoguchi.statements.billing.invoice import file_name, invoice
from madoguchi.support.charges.views.bills import sheet_or_404
from madoguchi.support.mypage.access import contact_proven


@contact_proven
@require_safe
def download(request: HttpRequest, *, contract: Contract, month: date) -> HttpResponseBase:
    sheet = sheet_or_404(account_of(request), contract, month)
    if not sheet.number:
        raise Http404  # an open month has no bill
    response = StreamingHttpResponse(invoice(sheet, languages.current()), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{file_name(sheet)}"'
    return response
