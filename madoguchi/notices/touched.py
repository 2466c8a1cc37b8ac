"""Which of a customer's contracts a notice is about."""

from django.db.models import Q
from django.utils import timezone

from madoguchi.accounts.models import Account
from madoguchi.contracts.models import Contract
from madoguchi.notices.models import Notice


def touched(notice: Notice, *, account: Account) -> list[str]:
    """The numbers, in order, of the account's contracts that the notice names; where it names none, of those for its
    services. Contracts that ended before today, on the operator's calendar, are left out."""
    today = timezone.now().astimezone(timezone.get_default_timezone()).date()
    mine = Contract.objects.visible_to(account).filter(Q(ended_on=None) | Q(ended_on__gte=today))
    named = notice.affected_contracts.values_list("contract_number", flat=True)
    concerned = Q(number__in=named) if named.exists() else Q(service__in=notice.services.all())
    return list(mine.filter(concerned).order_by("number").values_list("number", flat=True).distinct())
