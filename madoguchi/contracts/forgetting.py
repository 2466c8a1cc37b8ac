"""What is kept about verification no longer than it is needed: numbers, tries and devices of the past."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from madoguchi.contracts.models import (
    BudgetAlarm,
    Passcode,
    PhoneChange,
    PhoneEntry,
    PhoneProof,
    RetiredSecret,
    TrustedPhone,
)

# Long enough for a customer's question about a code; every limit looks back a day at most.
KEPT_FOR = timedelta(days=30)


def forget_old() -> None:
    """Delete what is older than 30 days of codes and their sendings, phone entries, changes and proofs; and past trust.

    The assurance ledger keeps, without any number, that there was a proof.
    """
    now = timezone.now()
    Passcode.objects.filter(expires_at__lt=now - KEPT_FOR).delete()
    BudgetAlarm.objects.filter(at__lt=now - KEPT_FOR).delete()
    PhoneEntry.objects.filter(at__lt=now - KEPT_FOR).delete()
    PhoneChange.objects.filter(expires_at__lt=now - KEPT_FOR).delete()
    PhoneProof.objects.filter(expires_at__lt=now - KEPT_FOR).delete()
    TrustedPhone.objects.filter(expires_at__lt=now).delete()
    # Its cookie has ended by now in every browser that keeps to the rules.
    RetiredSecret.objects.filter(retired_at__lt=now - timedelta(days=settings.TRUSTED_DEVICE_DAYS)).delete()
