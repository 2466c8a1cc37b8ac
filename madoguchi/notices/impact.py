"""影響ID検索: which notices name a contract number. The rule of what it may reveal, with its table: docs/notices.md.

Nothing here looks at contracts: a number is compared with the lists of published notices and with nothing else, so
that the answer cannot tell whether a number exists, who holds it, or what it is for.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from madoguchi.accounts.limits import Limit
from madoguchi.notices import lifecycle
from madoguchi.notices.models import AffectedContract, Notice
from madoguchi.notices.models.notice import NoticeQuerySet

MOST = 100  # numbers in one search
# A notice that is over is still found for so long after its last report.
RECENTLY = timedelta(days=7)
# Numbers searched from one network: a company looks up its thousand lines at once, a guesser gets nowhere.
NUMBERS_SEARCHED = Limit("impact numbers", 1000, timedelta(hours=1))

_NAMES_CONTRACTS = Exists(AffectedContract.objects.filter(notice=OuterRef("pk")))


def naming(numbers: Iterable[str]) -> dict[str, list[Notice]]:
    """By number, in the order given, the notices that name it, newest report first; none for any other number.

    Notices in force and those over for no longer than ``RECENTLY``. A number is found with its hyphens and without.
    Two queries, however many numbers.
    """
    spelled = {number: {number, number.replace("-", "")} for number in numbers}
    rows = AffectedContract.objects.filter(contract_number__in=set().union(*spelled.values()), notice__in=_shown())
    named: dict[str, set[int]] = {}
    for number, notice in rows.values_list("contract_number", "notice_id"):
        named.setdefault(number, set()).add(notice)
    notices = list(Notice.objects.published().filter(pk__in=set().union(*named.values())).prefetch_related("windows"))
    return {
        number: [notice for notice in notices if any(notice.pk in named.get(form, ()) for form in forms)]
        for number, forms in spelled.items()
    }


def for_every_contract() -> NoticeQuerySet:
    """The notices in force that name no contract: they concern every contract of their services."""
    return Notice.objects.in_force().exclude(_NAMES_CONTRACTS)


def _shown() -> NoticeQuerySet:
    lately = Q(last_published_at__gte=timezone.now() - RECENTLY)
    return Notice.objects.published().filter(Q(state__in=lifecycle.IN_FORCE) | lately, withdrawn_at=None)
