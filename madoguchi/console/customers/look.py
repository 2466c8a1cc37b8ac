"""Looking at a customer ID: only with a reason, which the audit log keeps; it lets one look for half an hour."""

from datetime import timedelta
from typing import cast
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from madoguchi.accounts import register
from madoguchi.accounts.models import Account, Registration
from madoguchi.console import audit, roles
from madoguchi.console.models import AuditEntry

LASTS = timedelta(minutes=30)
_REGISTRATION_SEEN = ("registration.look", "registration.send_again")
_LOOK, _NOBODY = "customer.look", "customer.not_found"


def find(request: HttpRequest, *, email: str, reason: str) -> Account | Registration | None:
    """The ID of that address which this member of staff may help, or the registration of one that waits for its link;
    the look recorded, found or not."""
    account = _within_reach(request).filter(email=email).first()
    waits = register.waiting(email) if account is None and not Account.objects.filter(email=email).exists() else None
    if account:
        audit.record(request, _LOOK, account, reason=reason)
    elif waits:
        audit.record(request, _REGISTRATION_SEEN[0], waits, reason=reason)
    else:
        # Whom it was about stays unwritten; that somebody looked, and why, does not.
        audit.record(request, _NOBODY, cast(Account, request.user), reason=reason)
    return account or waits


def granted(request: HttpRequest, customer: UUID) -> Account | None:
    """The ID ``customer``, if this member of staff gave a reason to look at it lately."""
    given = AuditEntry.objects.filter(
        actor=cast(Account, request.user),
        act=_LOOK,
        object_key=str(customer),
        at__gt=timezone.now() - LASTS,
    )
    return _within_reach(request).filter(public_id=customer).first() if given.exists() else None


def granted_registration(request: HttpRequest, key: int) -> Registration | None:
    """The registration ``key``, if this member of staff gave a reason to look at it lately and it still waits."""
    given = AuditEntry.objects.filter(
        actor=cast(Account, request.user),
        act__in=_REGISTRATION_SEEN,
        object_type="registration",
        object_key=str(key),
        at__gt=timezone.now() - LASTS,
    )
    waits = Registration.objects.filter(pk=key, end="", expires_at__gt=timezone.now())
    return waits.first() if given.exists() else None


def _within_reach(request: HttpRequest) -> QuerySet[Account]:
    """Customers; colleagues only for administrators."""
    everybody = Account.objects.all()
    return everybody if roles.is_administrator(request) else everybody.filter(staff_role="")
