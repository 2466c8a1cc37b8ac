"""What My page says at a glance: charges so far, notices that touch the reader, and what waits to be done."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from madoguchi.accounts.models import Account, AddressChange
from madoguchi.contracts.models import Contract
from madoguchi.contracts.verification import proven_among
from madoguchi.notices.models import DestinationChange, Notice
from madoguchi.statements.billing.sheets import totals_so_far
from madoguchi.statements.billing.words import month_words
from madoguchi.statements.models import Bill, Payment
from madoguchi.statements.rating import month_before

NOTICES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Charges:
    """Yen; ``last`` is None where the month before had nothing."""

    month: date
    so_far: int
    last_month: date
    last: int | None

    @property
    def difference(self) -> int | None:
        return None if self.last is None else self.so_far - self.last

    @property
    def rest(self) -> int:
        """How much is left until the last month is reached."""
        return max((self.last or 0) - self.so_far, 0)


@dataclass(frozen=True, slots=True)
class Todo:
    """Something that waits for the reader, and where it is done."""

    words: str
    href: str
    act: str


def charges_of(contract: Contract, today: date) -> Charges:
    """The running month of a contract as it stands, beside the bill of the one before."""
    month, before = today.replace(day=1), month_before(today, 1)
    bill = Bill.objects.issued().filter(contract=contract, month=before).first()
    so_far = totals_so_far([contract], month).get(contract.pk, 0)
    # Over and not closed yet: as it stands.
    last = bill.total if bill else totals_so_far([contract], before).get(contract.pk)
    return Charges(month, so_far, before, last)


def notices_touching(account: Account) -> list[Notice]:
    """Those in force that name a contract of the ID or, naming none, are about a service it has or follows."""
    contracts = Contract.objects.visible_to(account).in_force()
    named = Q(affected_contracts__contract_number__in=contracts.values("number"))
    services = Q(services__in=contracts.values("service")) | Q(services__in=account.subscriptions.values("service"))
    found = (
        Notice.objects.in_force()
        .filter(named | Q(services, affected_contracts=None))
        .exclude(services__slug=settings.SITE_SERVICE)
    )
    return list(found.distinct())


def about_this_site() -> list[Notice]:
    """Work and trouble of this site itself, as the operator announces them."""
    return list(Notice.objects.in_force().filter(services__slug=settings.SITE_SERVICE).distinct())


def todo(request: HttpRequest, account: Account, contracts: QuerySet[Contract]) -> list[Todo]:
    """Addresses that wait for their link, and bills found unpaid of contracts whose phone this session has proven."""
    found = []
    if waiting := DestinationChange.objects.waiting(account).count():
        words = ngettext(
            "A delivery address waits for you to open the link in its email.",
            "%(count)s delivery addresses wait for you to open the links in their emails.",
            waiting,
        ) % {"count": waiting}
        found.append(Todo(words, reverse("mynotices:destinations"), _("See the delivery addresses")))
    if AddressChange.objects.waiting(account).exists():
        words = _("Your new email address waits for you to open the link in its email.")
        found.append(Todo(words, reverse("identity:profile"), _("See your profile")))
    issued = Bill.objects.issued().filter(contract__in=proven_among(request, contracts))
    unpaid = [key for key, told in Payment.objects.latest_of(issued).items() if told.state == Payment.State.UNPAID]
    for bill in issued.filter(pk__in=unpaid).select_related("contract").order_by("month"):
        shown = {"month": month_words(bill.month), "contract": bill.contract.number}
        words = _("We have not been able to confirm the payment of %(month)s for %(contract)s.") % shown
        href = f"{reverse('charges:contract_bills', kwargs={'contract': bill.contract.number})}{bill.month:%Y-%m}/"
        found.append(Todo(words, href, _("See the bill")))
    return found
