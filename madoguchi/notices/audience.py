"""Who gets a report: one SQL statement (due.py) chooses the due destinations and what becomes of each.

The letters are written in ranges of customer IDs, several at a time, each in a transaction of its own; then the
mailing's checkpoint moves. A letter is unique per mailing and destination, so running it again adds nothing. See
``docs/notices.md``.
"""

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import override

from madoguchi.accounts.models import Account
from madoguchi.delivery.models import Mailing
from madoguchi.delivery.returns import suppression
from madoguchi.notices import attached, due, hours, mailings, wording
from madoguchi.notices.hands import Hands
from madoguchi.notices.lifecycle import Kind
from madoguchi.notices.models import Report

# Subscriptions to look at in one transaction. Small enough that the first letters leave while the last are being
# written, large enough that planning the statement costs nothing beside running it.
BATCH = 10_000
# Subscriptions of a range that are counted at least, to know where it ends; the size of most is then right by a tenth.
_COUNTED = 250
# Ranges of each hand between two checkpoints: the more, the less the hands wait for one another.
_TURNS = 12
# The customer ID after all others.
_END = 2**62


def outlook(report: Report, *, at: datetime | None = None) -> dict[str, int]:
    """How many would get ``report`` if it were published at ``at`` (now): ``customers`` (IDs), ``addresses``, and of
    these ``queued`` (at once), ``held`` (at their next open hour), ``skipped`` (outside their hours) and ``suppressed``
    (opted out or paused)."""
    parameters = _parameters(report, at=at or report.published_at or timezone.now())
    everybody: dict[str, Any] = {"after": 0, "upto": _END, "only_told": False, "earlier": [], **_there(report, [])}
    with connection.cursor() as cursor:
        cursor.execute(due.COUNT, {**parameters, **everybody})
        return dict(zip(due.COUNTED, cursor.fetchone(), strict=True))


def wanting(report: Report, *, among: Iterable[int]) -> set[int]:
    """Of the accounts ``among``, by their ids, those that follow a service of the notice for its kind, within the
    limits they set."""
    parameters = _parameters(report, at=report.published_at or timezone.now())
    found = set()
    with connection.cursor() as cursor:
        for account in among:
            cursor.execute(due.IS_WANTED, {**parameters, "after": account - 1, "upto": account})
            if cursor.fetchone()[0]:
                found.add(account)
    return found


def write_letters(*, mailing_id: int, batch: int = BATCH, hands: int | None = None) -> None:
    """Write the letters of a mailing about a notice (a report, a reminder, the withdrawal) from its checkpoint on, for
    about ``batch`` subscriptions at a time on each of ``hands`` connections (as many as the settings say)."""
    mailing = Mailing.objects.get(pk=mailing_id)
    parameters = _of_mailing(mailing)
    if mailing.checkpoint is None:
        return
    ends = _ends_of_ranges(parameters, after=mailing.checkpoint, batch=batch)
    with Hands(hands or settings.AUDIENCE_HANDS) as several:
        step = _TURNS * several.number
        for begin in range(0, len(ends), step):
            if not _write_ranges(mailing_id, parameters, ends=ends[begin : begin + step], hands=several):
                return


def _ends_of_ranges(parameters: dict[str, Any], *, after: int, batch: int) -> list[int]:
    """The last customer ID of each range after ``after``."""
    of = max(1, batch // _COUNTED)
    with connection.cursor() as cursor:
        cursor.execute(due.ENDS, {**parameters, "after": after, "of": of, "counted": batch // of})
        return [*(end for (end,) in cursor.fetchall()), _END]


@transaction.atomic
def _write_ranges(mailing_id: int, parameters: dict[str, Any], *, ends: list[int], hands: Hands) -> bool:
    """The ranges from the checkpoint to each of ``ends``, and the next checkpoint; False when there is no more to write
    (all is written, perhaps by another job, or the mailing was cancelled).

    Who writes letters holds the mailing's row meanwhile, so nobody cancels it or writes the same beside them.
    """
    mailing = Mailing.objects.select_for_update().get(pk=mailing_id)
    if mailing.checkpoint is None or mailing.state == Mailing.State.CANCELLED:
        return False
    ahead = [mailing.checkpoint, *(end for end in ends if end > mailing.checkpoint)]
    hands.each(lambda part: _insert({**parameters, "after": part[0], "upto": part[1]}), pairwise(ahead))
    mailing.checkpoint = ahead[-1] if ahead[-1] < _END else None
    mailing.save(update_fields=["checkpoint"])
    return mailing.checkpoint is not None


def _insert(parameters: dict[str, Any]) -> None:
    """Looking for each row whether it is there costs a tenth of writing it, and none is unless a job died there."""
    try:
        _execute(due.INSERT, parameters)
    except IntegrityError:
        _execute(due.INSERT_MISSING, parameters)


def _execute(statement: str, parameters: dict[str, Any]) -> None:
    """A transaction of its own, in one message, where a hand runs it; inside the caller's a savepoint.

    One of its own is not waited for until it is on disk: that of the checkpoint is, which follows it in the same log,
    and that of a worker who claims such a letter before.
    """
    with connection.cursor() as cursor:
        if connection.in_atomic_block:
            with transaction.atomic():
                cursor.execute(statement, parameters)
        else:
            cursor.execute(f"SET LOCAL synchronous_commit = off; {statement}", parameters)


def _of_mailing(mailing: Mailing) -> dict[str, Any]:
    occasion = mailings.occasion(mailing)
    number = occasion.report.notice.number
    # The mailings about the notice before this one, in their order, and what their Message-IDs begin with (mail.py).
    earlier = list(mailings.marks(occasion.report.notice, before=mailing))
    parameters = _parameters(occasion.report, at=occasion.at)
    # Nothing of what was withdrawn is repeated.
    zones = [] if mailing.renderer == mailings.WITHDRAWAL else parameters["zones"]
    return {
        **parameters,
        **_there(occasion.report, zones),
        "mailing": mailing.pk,
        "only_told": occasion.only_told,
        "is_first": not earlier,
        "earlier": [pk for pk, _ in earlier],
        "earlier_ids": [f"<{number}.{mark}." for _, mark in earlier],
        "id_end": f"@{settings.OPERATOR['domain']}>",
    }


def _parameters(report: Report, *, at: datetime) -> dict[str, Any]:
    notice = report.notice
    home = settings.TIME_ZONE
    zones = {name: hours.zone_named(name) for name in {home, *Account.objects.time_zones()}}
    now = {name: hours.bits(at, zone=zone) for name, zone in zones.items()}
    coming = [(name, *hour) for name, zone in zones.items() for hour in hours.coming_hours(at, zone=zone)]
    return {
        "notice": notice.pk,
        "kind": notice.kind,
        **{f"contracts_{language}": wording.own_contracts(language) for language in ("ja", "en")},
        "calendars": notice.kind == Kind.WORK,
        "most_objects": attached.MOST_OBJECTS,
        "kind_in_token": f"-{notice.kind[0]}-",
        "withholding": suppression.withholding(mailings.LANES[Kind(notice.kind)]),
        "critical": report.severity == Report.Severity.CRITICAL,
        "services": list(notice.services.values_list("pk", flat=True)),
        "regions": notice.regions,
        # "00" is nationwide; a notice that names no region says nothing about where.
        "everywhere": not notice.regions or "00" in notice.regions,
        "everybody": not notice.affected_contracts.exists(),
        "today": at.astimezone(zones[home]).date(),
        "at": at,
        # Of who moves to a zone that nobody was in when the job began.
        "home": home,
        "home_day": now[home][0],
        "home_hour": now[home][1],
        "zones": list(now),
        "zone_days": [day for day, _ in now.values()],
        "zone_hours": [hour for _, hour in now.values()],
        "coming_zones": [row[0] for row in coming],
        # Written out once, not again for every range.
        "coming_at": _array(row[1].isoformat() for row in coming),
        "coming_days": _array(str(row[2]) for row in coming),
        "coming_hours": _array(str(row[3]) for row in coming),
    }


def _there(report: Report, zones: Iterable[str]) -> dict[str, list[str]]:
    """What mails say of the report's times on clocks that differ from the operator's, in the order of ``zones``."""
    there: dict[str, list[str]] = {}
    for language in ("ja", "en"):
        with override(language):
            there[f"there_{language}"] = [wording.on_the_clock_of(hours.zone_named(name), report) for name in zones]
    return there


def _array(values: Iterable[str]) -> str:
    """What PostgreSQL reads as an array of such values; none of them needs quotes."""
    return f"{{{','.join(values)}}}"
