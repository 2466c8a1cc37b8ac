"""Calls that are not listed for who reads: hidden by the holder's choice.

A call that costs nothing is left out altogether, its count too: that there was one is what must not be known. One that
costs something stays in the sums, under no class that tells; every total is what it is for everybody.
"""

from dataclasses import replace
from datetime import date

from django.db.models import Count, DateTimeField, Q, QuerySet, Sum
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce

from madoguchi.accounts.models import Account
from madoguchi.contracts.models import Contract, CustomerLink
from madoguchi.statements.closing.parts import Kind, Part, Settled
from madoguchi.statements.closing.usage import COUNTED, PRICED
from madoguchi.statements.models import Adjustment, Call, UsageLine

from .models import HidingChoice
from .sensitive import calls_to_them

# The class of what is in the sums and not in the list.
UNLISTED = "unlisted"


def choice_of(contract: Contract) -> HidingChoice.From:
    """From whom the holder hides them; from nobody as long as nothing was chosen."""
    newest = HidingChoice.objects.filter(contract=contract).order_by("-pk").first()
    return HidingChoice.From(newest.hidden_from) if newest else HidingChoice.From.NOBODY


def choose(contract: Contract, hidden_from: str, *, by: Account) -> None:
    """Let ``hidden_from`` hold from now on; what holds already is not written again."""
    if choice_of(contract) != hidden_from:
        HidingChoice.objects.create(contract=contract, hidden_from=hidden_from, made_by=by)


def hidden_from(account: Account, contract: Contract) -> Q | None:
    """The lines ``account`` is not to see; None where it sees all."""
    choice = choice_of(contract)
    if choice == HidingChoice.From.NOBODY:
        return None
    if choice == HidingChoice.From.COLLEAGUES and _holds(account, contract):
        return None
    return calls_to_them()


def _holds(account: Account, contract: Contract) -> bool:
    return contract.customer.links.filter(account=account, role=CustomerLink.Role.HOLDER).exists()


def adjustments_listed(contract: Contract, month: date, hidden: Q | None) -> QuerySet[Adjustment]:
    """The calls and messages put right on the bill of ``month`` as they began, without those that are hidden; what is
    to be billed for data is no line of its own.
    """
    party = Coalesce(KT("new__other"), KT("old__other"))
    began = Cast(Coalesce(KT("new__started_at"), KT("old__started_at")), DateTimeField())
    rows = Adjustment.objects.of_month(contract, month).exclude(records__in=COUNTED)
    said = rows.alias(said_other=party, said_start=began).order_by("said_start", "pk")
    if hidden is None:
        return said
    return said.exclude(calls_to_them(other="said_other", started_at="said_start"))


def listed(settled: Settled, contract: Contract, month: date, hidden: Q) -> Settled:
    """``settled`` without the counts of hidden calls and messages; every amount is as it was."""
    taken: _Taken = {}
    lines = {"contract": contract, "month": month, "outgoing": True}
    calls = Call.objects.filter(hidden, **lines).order_by().values("kind", "tax")
    for row in calls.annotate(calls=Count("*"), seconds=Sum("talk_seconds")):
        taken[Kind.CALLS, row["kind"], row["tax"]] = (row["calls"], row["seconds"])
    messages = UsageLine.objects.filter(hidden, records__in=PRICED, **lines).order_by().values("kind", "tax")
    for one in messages.annotate(messages=Count("*")):
        taken[Kind.MESSAGES, one["kind"], one["tax"]] = (one["messages"], 0)
    return replace(settled, parts=[part for each in settled.parts if (part := _listed(each, taken))])


_Taken = dict[tuple[str, str, str], tuple[int, int]]  # lines and seconds by kind of part, class and tax


def _listed(part: Part, taken: _Taken) -> Part | None:
    lines, seconds = taken.get((part.kind, part.code, part.tax_class), (0, 0))
    if not lines:
        return part
    left = replace(part, count=part.count - lines, seconds=part.seconds - seconds)
    if left.count > 0:
        return left
    return replace(left, code=UNLISTED, name_ja="", name_en="", count=0, seconds=0) if part.amount else None
