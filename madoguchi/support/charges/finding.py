"""Which of somebody's contracts are meant by what was typed."""

from django.http import HttpRequest

from madoguchi.accounts.models import Account
from madoguchi.contracts import contact_phone
from madoguchi.contracts.models import Contract, NumberLabel, TelephoneNumber
from madoguchi.contracts.models.customers import ContractQuerySet
from madoguchi.contracts.verification import proven_among


def sees_several(account: Account) -> bool:
    """Whether there is another contract to go to, and any reason to search."""
    return Contract.objects.visible_to(account)[:2].count() > 1


def contracts_found(request: HttpRequest, account: Account, text: str) -> ContractQuerySet:
    """Those ``account`` sees with ``text`` in their number, service or plan, or in the reader's label of one of their
    telephone numbers; by a telephone number, where this session has proven the contact phone. All for no text."""
    visible = Contract.objects.visible_to(account)
    if not text:
        return visible
    called = NumberLabel.objects.filter(account=account, label__icontains=text).values("number__contract")
    digits = contact_phone.national_digits(text)
    opened = proven_among(request, visible)
    by_number = TelephoneNumber.objects.filter(contract__in=opened, number__contains=digits or "none")
    return visible.filter(pk__in=visible.search(text).values("pk").union(called, by_number.values("contract")))
