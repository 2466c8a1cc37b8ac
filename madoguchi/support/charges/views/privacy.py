"""Who sees what of a contract's statements, and who looked: for its holder."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from madoguchi.contracts.models import Contract
from madoguchi.contracts.sessions import account_of
from madoguchi.shell.forms import render_form
from madoguchi.statements.reading.hiding import choice_of, choose
from madoguchi.statements.reading.sensitive import sensitive_numbers
from madoguchi.support.charges.forms import HidingForm
from madoguchi.support.charges.looks import SHOWN, looks
from madoguchi.support.mypage.access import contact_proven


@contact_proven
@require_http_methods(["GET", "HEAD", "POST"])
def privacy(request: HttpRequest, *, contract: Contract) -> HttpResponse:
    """The holder's; a colleague is told who decides."""
    account = account_of(request)
    if not Contract.objects.held_by(account).filter(pk=contract.pk).exists():
        return render(request, "charges/privacy_not_yours.html", {"contract": contract, "tab": "usage"}, status=403)
    chosen = choice_of(contract)
    form = HidingForm(request.POST) if request.method == "POST" else HidingForm(initial={"hidden_from": chosen})
    if form.is_bound and form.is_valid():
        choose(contract, form.cleaned_data["hidden_from"], by=account)
        return redirect(f"{request.path}?saved=1")
    context = {
        "contract": contract,
        "tab": "usage",
        "numbers": sensitive_numbers(),
        "looks": looks(contract, account),
        "most": SHOWN,
        "saved": "saved" in request.GET,
    }
    return render_form(request, "charges/privacy.html", form, context)
