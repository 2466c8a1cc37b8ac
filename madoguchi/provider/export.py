"""What this room adds to the document of everything kept about a customer ID (:mod:`madoguchi.accounts.export`)."""

from typing import Any

from django.http import HttpRequest

from madoguchi.accounts.export import register
from madoguchi.accounts.models import Account
from madoguchi.provider.models import Consent, Grant, Subject


def sites(_request: HttpRequest, account: Account) -> dict[str, Any]:
    """Which sites were allowed what, under which number each sector knows the customer, and every login to one."""
    consents = Consent.objects.filter(account=account).select_related("site").order_by("given_at")
    grants = Grant.objects.filter(user=account).select_related("application").order_by("created")
    return {
        "consents": [
            {
                "site": consent.site.client_id,
                "name": consent.site.name_ja,
                "allowed": consent.scopes,
                "given_at": consent.given_at,
                "last_used_at": consent.last_used_at,
                "ended_at": consent.ended_at,
            }
            for consent in consents
        ],
        "known_as": list(Subject.objects.filter(account=account).order_by("sector").values("sector", "value")),
        "logins": [
            {"site": grant.application.client_id, "at": grant.created, "ended_at": grant.ended_at, "end": grant.end}
            for grant in grants
        ],
    }


register("connected_sites", sites)
