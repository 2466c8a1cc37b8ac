"""Letters refused while they were being sent: what follows for their addresses is what follows from a bounce.

The engine records the outcome and a row of :class:`Refusal` in one statement; the row goes in the transaction that
draws what follows. So whatever dies in between, nothing is lost, and nothing counts twice.
"""

from collections import Counter

from django.db import transaction

from madoguchi.delivery.models import Letter, Refusal
from madoguchi.delivery.returns import rules, take
from madoguchi.delivery.returns.fields import masked_words
from madoguchi.delivery.returns.reading import Finding

A_BATCH = 1000


def feed() -> int:
    """Draw it for every refusal recorded so far; return how many there were."""
    done = 0
    while waiting := list(Refusal.objects.order_by("pk").values_list("pk", flat=True)[:A_BATCH]):
        letters = Letter.objects.filter(pk__in=waiting, state=Letter.State.FAILED)
        domains = Counter(take.domain_of(address) for address in letters.values_list("address", flat=True))
        crowds = {domain for domain, number in domains.items() if number >= rules.CROWD}
        for letter in waiting:
            # One by one: an owner's row is locked for each, and never two at a time.
            done += _draw(letter, crowds)
    return done


@transaction.atomic
def _draw(letter: int, crowds: set[str]) -> bool:
    """``crowds``: the domains of which so many wait here that none of them is stopped at once."""
    row = Refusal.objects.select_for_update().filter(pk=letter).first()
    if row is None:  # drawn by somebody else meanwhile
        return False
    # The letter may be gone with its ID, or queued again by the staff.
    refused = Letter.objects.filter(pk=letter, state=Letter.State.FAILED).first()
    if refused is not None and (said := rules.of_refusal(refused.reply)):
        kind, status = said
        found = Finding(kind, status, masked_words(refused.reply), refused.address)
        take.refused(refused, found, crowd=take.domain_of(refused.address) in crowds)
    row.delete()
    return True
