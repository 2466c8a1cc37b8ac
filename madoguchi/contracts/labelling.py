"""Naming telephone numbers: an ID's own labels, for itself alone."""

from collections.abc import Mapping

from django.db import transaction

from madoguchi.accounts.models import Account
from madoguchi.contracts.models import NumberLabel, TelephoneNumber


@transaction.atomic
def name_numbers(account: Account, labels: Mapping[TelephoneNumber, str]) -> None:
    """Let ``account`` call each number what is said; an empty label takes its name away."""
    gone = [number for number, label in labels.items() if not label]
    NumberLabel.objects.filter(account=account, number__in=gone).delete()
    kept = [NumberLabel(account=account, number=number, label=label) for number, label in labels.items() if label]
    NumberLabel.objects.bulk_create(
        kept, update_conflicts=True, unique_fields=["account", "number"], update_fields=["label"]
    )
