"""When an inquiry goes: with the customer ID it was written with, or when it has been closed for long enough."""

from datetime import datetime, timedelta

from django.conf import settings

from madoguchi.accounts.close import closer
from madoguchi.accounts.models import Account
from madoguchi.delivery.forget import forget_recipients
from madoguchi.inquiries.models import Inquiry, InquiryQuerySet

# An answer nobody writes back to for so long has settled the matter.
SETTLED_AFTER = timedelta(days=30)
BATCH = 500


@closer
def let_go(account: Account) -> None:
    """What was written with the ID is deleted, answered or not, and nothing more is sent."""
    _delete(Inquiry.objects.filter(account=account))


def forget(*, now: datetime) -> int:
    """Delete inquiries closed longer ago than the operator keeps them; return how many."""
    over = Inquiry.objects.filter(
        state=Inquiry.State.CLOSED, closed_at__lt=now - timedelta(days=settings.INQUIRY_DAYS)
    ).order_by("pk")
    gone = 0
    while keys := list(over.values_list("pk", flat=True)[:BATCH]):
        gone += _delete(Inquiry.objects.filter(pk__in=keys))
    return gone


def settle(*, now: datetime) -> int:
    """Close inquiries whose answer was left alone; return how many."""
    answered = Inquiry.objects.filter(state=Inquiry.State.ANSWERED, last_message_at__lt=now - SETTLED_AFTER)
    return answered.update(state=Inquiry.State.CLOSED, closed_at=now)


def _delete(inquiries: InquiryQuerySet) -> int:
    found = list(inquiries)
    forget_recipients([inquiry.recipient_key for inquiry in found])
    Inquiry.objects.filter(pk__in=[inquiry.pk for inquiry in found]).delete()
    return len(found)
