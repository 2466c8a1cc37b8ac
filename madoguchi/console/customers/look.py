"""Looking at a customer ID: only with a reason, which the audit log keeps; it lets one look for half an hour."""

from datetime import timedelta
from typing import cast
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from madoguchi.accounts import register
from madoguchi.accounts.models import Account, Registration
from madoguchi.console import audit, roles
from madoguchi.console.models import AuditEntry
from madoguchi.contracts.models import Contract, Customer

LASTS = timedelta(minutes=30)
MOST = 20  # customers that one telephone number may lead to
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


def find_customers(request: HttpRequest, *, number: str, phone: str, reason: str) -> list[Customer]:
    """Those with that customer number, or with a contract that has that telephone number (E.164) or is reached at it;
    the look at each recorded, and the try where there is none."""
    if number:
        found = Customer.objects.filter(number=number)
    else:
        contracts = Contract.objects.filter(Q(contact_phone=phone) | Q(telephone_numbers__number=phone))
        found = Customer.objects.filter(pk__in=contracts.values("customer"))
    customers = list(found.order_by("number")[:MOST])
    for customer in customers:
        audit.record(request, _LOOK, customer, reason=reason)
    if not customers:
        audit.record(request, _NOBODY, cast(Account, request.user), reason=reason)
    return customers


def at_customer(request: HttpRequest, key: int) -> AuditEntry | None:
    """The look that lets this member of staff see the customer ``key`` now, with its reason."""
    return _look_at(request, "customer", str(key))


def at_id(request: HttpRequest, customer: UUID) -> AuditEntry | None:
    """The same of the ID ``customer``."""
    within = _within_reach(request).filter(public_id=customer).exists()
    return _look_at(request, "account", str(customer)) if within else None


def _look_at(request: HttpRequest, object_type: str, key: str) -> AuditEntry | None:
    mine = AuditEntry.objects.filter(actor=cast(Account, request.user), act=_LOOK, at__gt=timezone.now() - LASTS)
    return mine.filter(object_type=object_type, object_key=key).order_by("-at").first()


def also_at_customer(request: HttpRequest, customer: Customer, reason: str) -> None:
    """Go on from an ID to a customer it is linked to, for the same reason."""
    audit.record(request, _LOOK, customer, reason=reason)


def also_at_id(request: HttpRequest, account: Account, reason: str) -> bool:
    """Go on from a customer to one of the IDs linked to it, for the same reason; False where it is out of reach."""
    if not _within_reach(request).filter(pk=account.pk).exists():
        return False
    audit.record(request, _LOOK, account, reason=reason)
    return True


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
