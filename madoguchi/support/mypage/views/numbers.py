"""The telephone numbers of a contract, and what the reader calls them."""

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from madoguchi.contracts import contact_phone, labelling
from madoguchi.contracts.models import Contract, NumberLabel
from madoguchi.contracts.sessions import account_of
from madoguchi.shell import searched
from madoguchi.shell.forms import render_form
from madoguchi.support.mypage.access import contact_proven
from madoguchi.support.mypage.label_form import LabelsForm

NUMBERS_A_PAGE = 50
_SAVED = "number_labels_saved"


@contact_proven
@require_http_methods(["GET", "HEAD", "POST"])
def numbers(request: HttpRequest, *, contract: Contract) -> HttpResponse:
    place = f"numbers {contract.pk}"
    if "q" in request.POST:
        return searched.remember(request, place)
    account, text = account_of(request), searched.words(request, place)
    found = contract.telephone_numbers.order_by("number", "started_on")
    if text:
        digits = contact_phone.national_digits(text)
        called = NumberLabel.objects.filter(account=account, label__icontains=text).values("number")
        found = found.filter(Q(pk__in=called) | Q(number__contains=digits or "none"))
    page = Paginator(found, NUMBERS_A_PAGE).get_page(request.GET.get("page"))
    held = list(page)
    form = LabelsForm(
        request.POST if request.method == "POST" else None,
        numbers=held,
        labels=NumberLabel.objects.of(account, contract.telephone_numbers.all()),
    )
    if form.is_valid():
        labelling.name_numbers(account, form.labels())
        request.session[_SAVED] = True
        return redirect(request.get_full_path())
    context = {
        "contract": contract,
        "page_obj": page,
        "rows": [(number, form[form.field_of(number)]) for number in held],
        "several": contract.telephone_numbers.count() > 1,
        "q": text,
        "saved": request.session.pop(_SAVED, False),
    }
    return render_form(request, "mypage/numbers.html", form, context)
