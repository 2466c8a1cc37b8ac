"""The audit log: who did what to which object. Entries are added and never changed; the database sees to it."""

from typing import Any, cast

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from madoguchi.accounts.models import Account
from madoguchi.console.models import AuditEntry
from madoguchi.shell.logs import request_id

ENTRIES_SHOWN = 20


def record(request: HttpRequest, act: str, object: Model, *, reason: str = "", **detail: Any) -> AuditEntry:
    """Add an entry, inside the transaction of the act itself so that there is never one without the other.

    ``act`` is ``what.verb`` (``notice.publish``); ``detail`` is JSON and holds no personal data beyond keys. A customer
    ID is named by its public id, which says nothing about the person.
    """
    return AuditEntry.objects.create(
        actor=cast(Account, request.user),
        act=act,
        reason=reason,
        detail=detail,
        request_id=request_id.get(),
        **_named(object),
    )


def last(act: str, object: Model) -> AuditEntry | None:
    """When somebody last did that to it."""
    found = AuditEntry.objects.filter(act=act, **_named(object)).select_related("actor")
    return found.order_by("-at", "-pk").first()


def entries(object: Model) -> QuerySet[AuditEntry]:
    """What was done to it, the newest first, as far as a page shows it."""
    return AuditEntry.objects.filter(**_named(object)).select_related("actor")[:ENTRIES_SHOWN]


def _named(object: Model) -> dict[str, str]:
    return {
        "object_type": object._meta.model_name or "",
        "object_key": str(getattr(object, "public_id", object.pk)),
    }
