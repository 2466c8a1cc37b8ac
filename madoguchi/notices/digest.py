"""Letters that were held for an address's hours leave together, as one mail: ``docs/notices.md``, "Held and together".

Whoever releases an address holds its row, so that two jobs never make two digests of it; the digest and the outcome of
what it carries are one transaction, so that nothing is lost or sent twice whenever a job is killed.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from madoguchi.delivery.models import Letter, Mailing
from madoguchi.delivery.returns import suppression
from madoguchi.lib.lanes import Lane
from madoguchi.notices import mailings, unsubscribe
from madoguchi.notices.attached import PARTIES, fit
from madoguchi.notices.came_back import PAUSED
from madoguchi.notices.deliveries import DIGEST
from madoguchi.notices.destinations import REMOVED
from madoguchi.notices.models import Destination, Digest, Notice, OptOut

# The name of its renderer, see mail_digest.py.
RENDERER = "notices.digest"
# Addresses released in one transaction.
BATCH = 200


def release_held(*, at: datetime | None = None, batch: int = BATCH) -> int:
    """Send what was held and whose hour has come; return how many letters are held no more."""
    at = at or timezone.now()
    released, after = 0, ""
    come = _held(at).order_by("recipient_key").values_list("recipient_key", flat=True).distinct()
    while keys := list(come.filter(recipient_key__gt=after)[:batch]):
        released += _release(keys, at=at)
        after = keys[-1]
    return released


def sections(of: Iterable[Mailing]) -> list[tuple[Notice, list[Mailing]]]:
    """The notices that mailings are about with the mailings of each, newest first; trouble before work."""
    by_notice: dict[int, tuple[Notice, list[Mailing]]] = {}
    for mailing in sorted(of, key=lambda one: one.pk, reverse=True):
        notice = mailings.occasion(mailing).report.notice
        by_notice.setdefault(notice.pk, (notice, []))[1].append(mailing)
    # The sort is stable: the notice told last comes first among those of its kind.
    return sorted(by_notice.values(), key=lambda section: section[0].kind == Notice.Kind.WORK)


def _held(at: datetime) -> QuerySet[Letter]:
    return Letter.objects.filter(
        mailing__renderer__in=mailings.ALL,
        mailing__state=Mailing.State.OPEN,
        mailing__finished_at=None,
        state=Letter.State.HELD,
        due_at__lte=at,
    )


@transaction.atomic
def _release(keys: list[str], *, at: datetime) -> int:
    ids = [int(key.rpartition(":")[2]) for key in keys]
    locked = Destination.objects.select_for_update(no_key=True, of=("self",)).order_by("pk")
    destinations = {each.recipient_key: each for each in locked.filter(pk__in=ids).select_related("account")}
    held = _held(at).filter(recipient_key__in=keys).select_related("mailing").select_for_update(of=("self",))
    letters = list(held.order_by("recipient_key", "mailing_id"))
    known = _Known.about(letters, destinations.values(), at=at)
    together: dict[tuple[int, ...], list[tuple[Destination, list[Letter]]]] = defaultdict(list)
    for key, theirs in groupby(letters, key=lambda letter: letter.recipient_key):
        destination = destinations.get(key)
        wanted = [letter for letter in theirs if not known.refuses(letter, destination)]
        if len(wanted) == 1:
            wanted[0].state = Letter.State.QUEUED
        elif destination and wanted:
            together[tuple(letter.mailing_id for letter in wanted)].append((destination, wanted))
    for mailed, same in together.items():
        _write(mailed, same, at=at)
    Letter.objects.bulk_update(letters, ["state", "reason", "finished_at", "personal"], batch_size=1000)
    return len(letters)


@dataclass(frozen=True, slots=True)
class _Known:
    """What decides whether held letters are still to be sent."""

    at: datetime
    notices: dict[int, Notice]  # by their mailings
    opted_out: set[tuple[int, str, int, str]]  # customer ID, address, service, kind
    withheld: set[str]  # addresses not written to

    @classmethod
    def about(cls, letters: list[Letter], destinations: Iterable[Destination], *, at: datetime) -> "_Known":
        of = {letter.mailing_id: letter.mailing for letter in letters}
        opt_outs = OptOut.objects.standing().filter(account__in=[each.account_id for each in destinations])
        return cls(
            at,
            {pk: mailings.occasion(mailing).report.notice for pk, mailing in of.items()},
            set(opt_outs.values_list("account_id", "address", "service_id", "kind")),
            suppression.suppressed({each.address for each in destinations}, lane=Lane.WORK),
        )

    def refuses(self, letter: Letter, destination: Destination | None) -> bool:
        """Whether the letter is not to be sent after all; then it has its outcome."""
        if destination is None or destination.state == Destination.State.REMOVED:
            outcome = (Letter.State.SKIPPED, REMOVED)
        elif letter.mailing.expires_at <= self.at:
            outcome = (Letter.State.SKIPPED, "expired")
        elif letter.mailing.renderer != mailings.WITHDRAWAL and self.notices[letter.mailing_id].withdrawn_at:
            outcome = (Letter.State.SKIPPED, "withdrawn")
        elif destination.state == Destination.State.PAUSED:
            outcome = (Letter.State.SUPPRESSED, PAUSED)
        elif destination.address in self.withheld:
            outcome = (Letter.State.SUPPRESSED, suppression.LETTER_REASON)
        elif (destination.account_id, destination.address, *unsubscribe.about(letter.personal["token"])) in (
            self.opted_out
        ):
            outcome = (Letter.State.SUPPRESSED, "opted_out")
        else:
            return False
        (letter.state, letter.reason), letter.finished_at = outcome, self.at
        return True


def _write(mailed: tuple[int, ...], theirs: list[tuple[Destination, list[Letter]]], *, at: datetime) -> None:
    """One mailing for all whose mail was held from the same mailings, a letter for each; what they held is carried."""
    of = [letter.mailing for letter in theirs[0][1]]
    mailing = Mailing.objects.create(
        renderer=RENDERER,
        reference=str(Digest.objects.create(mailings=list(mailed), created_at=at).pk),
        single=True,  # never written to again, so it is closed when these letters are sent
        lane=min(each.lane for each in of),
        expires_at=max(each.expires_at for each in of),
    )
    parts = sections(of)
    order = [[each.pk for each in about] for _, about in parts]
    works = [place for place, (notice, _) in enumerate(parts) if notice.kind == Notice.Kind.WORK]
    digests = Letter.objects.bulk_create(
        Letter(
            mailing=mailing,
            recipient_key=destination.recipient_key,
            address=destination.address,
            language=destination.account.language,
            **_content(destination, {letter.mailing_id: letter for letter in held}, order, works),
        )
        for destination, held in theirs
    )
    for digest, (_, held) in zip(digests, theirs, strict=True):
        for letter in held:
            letter.state, letter.reason, letter.finished_at = Letter.State.SKIPPED, DIGEST, at
            letter.personal = {DIGEST: digest.pk}


def _content(
    destination: Destination, held: dict[int, Letter], order: list[list[int]], works: list[int]
) -> dict[str, Any]:
    """Format and slots of one letter. It has a calendar where that can be of all the work in it: ``works`` are its
    places."""
    newest = [held[about[0]].personal for about in order]
    parties = {f"{PARTIES}_{place}": newest[place][PARTIES] for place in works if PARTIES in newest[place]}
    if parties and len(parties) == len(works) and fit(parties.values()):
        return {"format": Letter.Format.CALENDAR, "personal": {**_personal(newest), **parties}}
    return {"format": Destination.Device(destination.device).letter_format, "personal": _personal(newest)}


def _personal(newest: list[dict[str, str]]) -> dict[str, str]:
    """What the letters' own slots are filled with: of each section its service and its link, and one link for all."""
    slots = {f"service_{place}": said["service"] for place, said in enumerate(newest)}
    slots |= {f"there_{place}": said["there"] for place, said in enumerate(newest)}
    slots |= {f"contracts_{place}": said["contracts"] for place, said in enumerate(newest)}
    slots |= {f"token_{place}": said["token"] for place, said in enumerate(newest)}
    return {**slots, "token": unsubscribe.joined(said["token"] for said in newest), "box": newest[0]["box"]}
