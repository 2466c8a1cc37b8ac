"""What this room adds to the document of everything kept about a customer ID (:mod:`madoguchi.accounts.export`)."""

from typing import Any

from django.http import HttpRequest

from madoguchi.accounts.export import register
from madoguchi.accounts.models import Account
from madoguchi.alerts.models import Watch


def alerts(_request: HttpRequest, account: Account) -> list[dict[str, Any]]:
    """What the ID asks to be told, and what it was told; charges in milli-yen. Of a number the last four digits."""
    watches = Watch.objects.filter(account=account).select_related("contract", "number").prefetch_related("alerts")
    return [
        {
            "contract": watch.contract.number,
            "number_ends_in": watch.number.number[-4:] if watch.number else "",
            "budget": watch.budget,
            "new_country": watch.new_country,
            "rise": watch.rise,
            "data": watch.data_used,
            "changed_at": watch.changed_at,
            "told": [
                {
                    "kind": alert.kind,
                    "month": alert.month,
                    "budget": alert.budget,
                    "country": alert.country_en,
                    "charge": alert.charge,
                    "data_percent": alert.percent,
                    "data_bytes": alert.used,
                    "at": alert.raised_at,
                }
                for alert in watch.alerts.all()
            ],
        }
        for watch in watches.order_by("pk")
    ]


register("usage_alerts", alerts)
