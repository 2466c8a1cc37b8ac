"""``/my/alerts/<contract>/`` and ``…/<number>/``: what to be told of a contract, or of one of its numbers."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from madoguchi.accounts.models import Account
from madoguchi.alerts.models import Watch
from madoguchi.contracts.models import Contract, TelephoneNumber
from madoguchi.contracts.sessions import account_of
from madoguchi.shell.forms import render_form
from madoguchi.support.alerts.forms import WatchForm
from madoguchi.support.alerts.kinds import VOICE
from madoguchi.support.alerts.words import asked
from madoguchi.support.mypage.access import contact_proven


@contact_proven
@require_http_methods(["GET", "HEAD", "POST"])
def of_contract(request: HttpRequest, *, contract: Contract) -> HttpResponse:
    return _settings(request, contract, None)


@contact_proven
@require_http_methods(["GET", "HEAD", "POST"])
def of_number(request: HttpRequest, *, contract: Contract, number: int) -> HttpResponse:
    return _settings(request, contract, get_object_or_404(_numbers(contract), pk=number))


def _numbers(contract: Contract) -> QuerySet[TelephoneNumber]:
    return TelephoneNumber.objects.held_on(timezone.localdate()).filter(contract=contract).order_by("number")


def _settings(request: HttpRequest, contract: Contract, number: TelephoneNumber | None) -> HttpResponse:
    if contract.usage_kind not in VOICE:
        return redirect("alerts:mine")
    account = account_of(request)
    watch = Watch.objects.of(account, contract, number).first() or Watch(
        account=account, contract=contract, number=number
    )
    initial = {"budget": watch.budget or "", "new_country": watch.new_country, "rise": watch.rise}
    form = WatchForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        Watch.objects.update_or_create(
            account=account,
            contract=contract,
            number=number,
            defaults={name: form.cleaned_data[name] for name in initial} | {"changed_at": timezone.now()},
        )
        return redirect("alerts:mine")
    context = {
        "contract": contract,
        "number": number,
        "numbers": _with_words(account, contract) if number is None else [],
        "address": account.email,
    }
    return render_form(request, "alerts/settings.html", form, context)


def _with_words(account: Account, contract: Contract) -> list[tuple[TelephoneNumber, list[str]]]:
    watches = {
        watch.number_id: asked(watch)
        for watch in Watch.objects.awake().filter(account=account, contract=contract).exclude(number=None)
    }
    return [(number, watches.get(number.pk, [])) for number in _numbers(contract)]
