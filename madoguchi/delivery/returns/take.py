"""Take in what came back: one transaction for each, after which it may be forgotten wherever it came from."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from madoguchi.delivery.models import DomainCount, DomainHold, Letter, Return, ReturnTally, Suppression
from madoguchi.delivery.returns import guard, path, reading, rules, suppression
from madoguchi.delivery.returns.reading import Finding
from madoguchi.lib.addresses import plain
from madoguchi.lib.tokens import digest

KEPT = timedelta(days=180)
# Given the token of a wish to get no more; False where no mail of ours made it.
_grant_wish: list[Callable[[str], bool]] = []


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of it: ``counted`` says why it had no effect; ``returns`` are the rows it made, none if it came
    before."""

    returns: int = 0
    counted: ReturnTally.Why | None = None


def grants_wishes(grant: Callable[[str], bool]) -> None:
    """Have ``grant`` called with the token of a mail that asks to get no more; one room does."""
    _grant_wish[:] = [grant]


def mail(raw: bytes, *, to: str, source: Return.Source) -> Taken:
    """Take in the mail ``raw`` that came for ``to``. Committed when this returns; taking it again changes nothing."""
    token = path.wish(to)
    with transaction.atomic():
        if token is not None:
            return _wish(token, source)
        letter = path.read(to)
        if letter is None:
            letter = path.found_in(raw[: reading.MOST_BYTES])
        if letter is None:
            return _counted(source, ReturnTally.Why.FORGED)
        return _findings(raw, letter, source)


def told(finding: Finding, *, address: str, letter: int | None, source: Return.Source, mark: str) -> Taken:
    """Take in what somebody who proved who they are says of ``address``; ``mark`` tells repetitions."""
    with transaction.atomic():
        row = _known(letter)
        return Taken(returns=int(_keep(finding, row, row.address if row and row.address else address, source, mark)))


def refused(letter: Letter, finding: Finding, *, crowd: bool = False) -> bool:
    """Take in that ``letter`` was refused while it was being sent, once for each time it failed; whether it is news.

    ``crowd``: so many others of its domain were too that it waits for :mod:`.crowds`.
    """
    mark = f"refused: {letter.finished_at}"
    with transaction.atomic():
        return _keep(finding, letter, letter.address, Return.Source.RELAY, mark, crowd=crowd)


def _wish(token: str, source: Return.Source) -> Taken:
    if any(grant(token) for grant in _grant_wish):
        return Taken()
    return _counted(source, ReturnTally.Why.FORGED)


def _findings(raw: bytes, letter: int, source: Return.Source) -> Taken:
    read = reading.read(raw)
    if read.automatic:
        return _counted(source, ReturnTally.Why.AUTOMATIC)
    if not read.findings:
        return _counted(source, ReturnTally.Why.UNREADABLE)
    row = _known(letter)
    if row is None:  # of an ID that was closed meanwhile, or of another installation's database
        return Taken()
    mark = hashlib.sha256(raw).hexdigest()
    return Taken(returns=int(_keep(about(read.findings, row.address), row, row.address, source, mark)))


def about(findings: Sequence[Finding], address: str) -> Finding:
    """What a report says of ``address``, which its return path is for.

    A report names whom it is about: the address itself, perhaps another spelling of it in the same domain; or, of a
    list or a forwarding, somebody else, and then it says nothing about the address that was written to.
    """
    ours = suppression.spelled(address).lower()
    for finding in findings:
        if finding.recipient and suppression.spelled(finding.recipient).lower() == ours:
            return finding
    first = findings[0]
    if first.kind == Return.Kind.COMPLAINT:
        return first
    if len(findings) == 1 and _same_place(domain_of(first.recipient), domain_of(address)):
        return first
    return Finding(Return.Kind.OTHER, first.status, first.words, first.recipient)


def _same_place(there: str, ours: str) -> bool:
    return not there or there == ours or there.endswith(f".{ours}") or ours.endswith(f".{there}")


def _keep(  # noqa: PLR0913 - what is said, of what, by whom
    finding: Finding,
    letter: Letter | None,
    address: str,
    source: Return.Source,
    mark: str,
    *,
    crowd: bool = False,
) -> bool:
    """Write the row and what follows from it; False where it was there."""
    if not address:
        return False
    with connection.cursor() as cursor:
        # What comes back of one address is judged one by one.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 5))", [suppression.spelled(address)])
    weight = Return.Weight.COUNTS
    # Without the letter nobody would know the address later.
    if finding.kind == Return.Kind.HARD and letter is not None:
        weight = guard.weight(domain_of(address), crowd=crowd)
    row, new = Return.objects.get_or_create(
        mark=digest(f"return: {mark}: {letter.pk if letter else address}"),
        defaults={
            "letter": letter.pk if letter else None,
            "recipient_key": letter.recipient_key if letter else "",
            "address_digest": address_digest(address),
            "domain": domain_of(address),
            "kind": finding.kind,
            "status": finding.status,
            "words": finding.words,
            "source": source,
            "weight": weight,
        },
    )
    if not new:
        return False
    if letter is not None and finding.failed:
        _bounced(letter, finding)
    if weight == Return.Weight.COUNTS:
        judge(address, at=row.received_at)
    return True


def judge(address: str, *, at: datetime) -> None:
    """Stop the address if what came back of it asks for that; ``at``: when the last of it came."""
    if reason := rules.verdict(history(address, since=_proven_at(address))):
        suppression.add(address, reason, at=at)


def _bounced(letter: Letter, finding: Finding) -> None:
    """The letter did not arrive after all. It may still be queued here: what tells of its sending is on its way."""
    Letter.objects.filter(pk=letter.pk, state__in=[Letter.State.SENT, Letter.State.QUEUED]).update(
        state=Letter.State.BOUNCED,
        reason=finding.kind,
        reply=" ".join(filter(None, [finding.status, finding.words]))[:500],
        finished_at=Coalesce("finished_at", Now()),
        leased_until=None,
        sealed=None,
    )


def history(address: str, *, since: datetime | None) -> list[rules.Event]:
    """What came back of the mail sent to the address after ``since``, and what was delivered between."""
    rows = list(Return.objects.filter(address_digest=address_digest(address), weight=Return.Weight.COUNTS))
    sent = dict(Letter.objects.filter(pk__in=[row.letter for row in rows if row.letter]).values_list("pk", "due_at"))
    events = [rules.Event(sent.get(row.letter or 0, row.received_at), Return.Kind(row.kind)) for row in rows]
    # A late bounce of a letter from before does not count against an address that has been proven since.
    events = [event for event in events if since is None or event.at > since]
    soft = [event.at for event in events if event.kind == Return.Kind.SOFT]
    if len(soft) < rules.SOFT_TIMES:
        return events  # too few to pause for, whatever was delivered between
    delivered = Letter.objects.filter(
        recipient_key__in={row.recipient_key for row in rows if row.recipient_key},
        address=address,
        state=Letter.State.SENT,
        due_at__range=(min(soft), max(soft)),
    ).exclude(pk__in=list(sent))
    return [*events, *(rules.Event(at, None) for at in delivered.values_list("due_at", flat=True))]


def address_digest(address: str) -> str:
    """Under which :class:`Return` keeps an address."""
    return digest(f"returned mail: {suppression.spelled(address)}")


def _proven_at(address: str) -> datetime | None:
    """When the address was last found to work: what came back before that is forgiven."""
    ended = Suppression.objects.filter(address=suppression.spelled(address), until__isnull=False)
    return ended.order_by("-until").values_list("until", flat=True).first()


def _known(letter: int | None) -> Letter | None:
    return Letter.objects.filter(pk=letter).first() if letter is not None else None


def domain_of(address: str) -> str:
    """Under which :class:`Return` keeps where an address is."""
    return plain(address.strip(" <>")).rpartition("@")[2].lower()[:255]


def count(source: Return.Source, why: ReturnTally.Why, number: int = 1) -> None:
    """Note that something came that had no effect."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO delivery_returntally AS tally (day, source, why, number) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (day, source, why) DO UPDATE SET number = tally.number + excluded.number",
            [timezone.localdate(), source, why, number],
        )


def _counted(source: Return.Source, why: ReturnTally.Why) -> Taken:
    count(source, why)
    return Taken(counted=why)


def purge(*, now: datetime) -> int:
    """Drop what came back long ago; return how many rows. What it led to stays in the suppression list."""
    ReturnTally.objects.filter(day__lt=(now - KEPT).date()).delete()
    DomainHold.objects.filter(until__lt=now - KEPT).delete()
    DomainCount.objects.filter(begin__lt=now - timedelta(days=2)).delete()
    return Return.objects.filter(received_at__lt=now - KEPT).delete()[0]
