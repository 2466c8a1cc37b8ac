"""``/my/alerts/``: what is set for each contract, and what was told of late."""

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from madoguchi.accounts.access import signed_in
from madoguchi.accounts.models import Account
from madoguchi.alerts.models import Alert, Watch
from madoguchi.contracts.models import Contract
from madoguchi.contracts.sessions import account_of
from madoguchi.contracts.verification import proven
from madoguchi.support.alerts.words import asked, said

CONTRACTS_A_PAGE = 50
TOLD_FOR = timedelta(days=190)
TOLD_MOST = 50
SAVED = "alerts_saved"  # in the session, once: the number of the contract whose settings were saved


@signed_in
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    visible = Contract.objects.visible_to(account)
    shown = Paginator(visible.select_related("service").order_by("number"), CONTRACTS_A_PAGE).get_page(
        request.GET.get("page")
    )
    told, hidden = _told(request, account, visible)
    context = {
        "page_obj": shown,
        "rows": _rows(account, list(shown)),
        "told": [(alert, said(alert)) for alert in told],
        "hidden": hidden,
        "address": account.email,
        "saved": request.session.pop(SAVED, ""),
    }
    return render(request, "alerts/mine.html", context)


def _rows(account: Account, contracts: list[Contract]) -> list[dict[str, Any]]:
    watches = Watch.objects.awake().filter(account=account, contract__in=contracts)
    of: dict[int, list[Watch]] = {}
    for watch in watches:
        of.setdefault(watch.contract_id, []).append(watch)
    return [
        {
            "contract": contract,
            "whole": [asked(watch) for watch in of.get(contract.pk, []) if watch.number_id is None],
            "numbers": sum(watch.number_id is not None for watch in of.get(contract.pk, [])),
        }
        for contract in contracts
    ]


def _told(request: HttpRequest, account: Account, visible: Any) -> tuple[list[Alert], bool]:
    """What charges were is shown where the contact phone is proven, as on the statement; whether any was left out."""
    told = Alert.objects.filter(
        watch__account=account, watch__contract__in=visible, raised_at__gt=timezone.now() - TOLD_FOR
    ).select_related("watch__contract__customer", "watch__number")
    found = list(told[:TOLD_MOST])
    contracts = {alert.watch.contract for alert in found}
    shown = {contract.pk for contract in contracts if proven(request, contract)}
    proven_ones = [alert for alert in found if alert.watch.contract_id in shown]
    return proven_ones, len(proven_ones) < len(found)
