"""Looking at a customer ID: only with a reason, which the audit log keeps; it lets one look for half an hour."""

from datetime import timedelta
from typing import cast
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from madoguchi.accounts.models import Account
from madoguchi.console import audit, roles
from madoguchi.console.models import AuditEntry

LASTS = timedelta(minutes=30)
_LOOK, _NOBODY = "customer.look", "customer.not_found"


def find(request: HttpRequest, *, email: str, reason: str) -> Account | None:
    """The ID of that address which this member of staff may help, the look recorded; found or not."""
    account = _within_reach(request).filter(email=email).first()
    if account:
        audit.record(request, _LOOK, account, reason=reason)
    else:
        # Whom it was about stays unwritten; that somebody looked, and why, does not.
        audit.record(request, _NOBODY, cast(Account, request.user), reason=reason)
    return account


def granted(request: HttpRequest, customer: UUID) -> Account | None:
    """The ID ``customer``, if this member of staff gave a reason to look at it lately."""
    given = AuditEntry.objects.filter(
        actor=cast(Account, request.user),
        act=_LOOK,
        object_key=str(customer),
        at__gt=timezone.now() - LASTS,
    )
    return _within_reach(request).filter(public_id=customer).first() if given.exists() else None


def _within_reach(request: HttpRequest) -> QuerySet[Account]:
    """Customers; colleagues only for administrators."""
    everybody = Account.objects.all()
    return everybody if roles.is_administrator(request) else everybody.filter(staff_role="")
