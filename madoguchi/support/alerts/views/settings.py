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
from madoguchi.support.alerts.offers import offer_of
from madoguchi.support.alerts.views.mine import SAVED
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
    account = account_of(request)
    offer = offer_of(contract, number)
    watch = Watch.objects.of(account, contract, number).first() or Watch(
        account=account, contract=contract, number=number
    )
    # What the plan offers no more stays as it was asked for.
    initial = {name: getattr(watch, name) for name in offer.fields()}
    form = WatchForm(request.POST if request.method == "POST" else None, initial=initial, offer=offer)
    if form.is_valid():
        if form.has_changed():
            Watch.objects.update_or_create(
                account=account,
                contract=contract,
                number=number,
                defaults={name: form.cleaned_data[name] for name in initial} | {"changed_at": timezone.now()},
            )
        request.session[SAVED] = contract.number
        return redirect("alerts:mine")
    context = {
        "contract": contract,
        "number": number,
        "numbers": _with_words(account, contract) if number is None and offer.country else [],
        "address": account.email,
        "mobile": offer.messages,
    }
    return render_form(request, "alerts/settings.html", form, context)


def _with_words(account: Account, contract: Contract) -> list[tuple[TelephoneNumber, list[str]]]:
    watches = {
        watch.number_id: asked(watch)
        for watch in Watch.objects.awake().filter(account=account, contract=contract).exclude(number=None)
    }
    numbers = list(_numbers(contract))
    # The only number of a contract is the contract.
    return [(number, watches.get(number.pk, [])) for number in numbers] if len(numbers) > 1 or watches else []
