"""Who gets a report: one SQL statement chooses the due destinations and what becomes of each. See ``docs/notices.md``.

The letters are written in batches of destination ids, each batch and the mailing's checkpoint in one transaction; a
letter is unique per mailing and destination, so running it again adds nothing.
"""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from madoguchi.accounts.models import Account
from madoguchi.delivery.models import Letter, Mailing
from madoguchi.notices import hours, mailings
from madoguchi.notices.models import Destination, Report

# Small enough that the first letters leave while the last are being written.
BATCH = 10_000

# Which destinations are due: subscriptions to one of the notice's services for its kind whose limits match, and the
# verified destinations of their owners, each once. The lowest matching service is the reason given in the mail.
_DUE = """
    SELECT destination.id, destination.account_id, destination.address, destination.device, destination.days,
           destination.hours, destination.outside, destination.critical_always, destination.unsubscribe_key,
           account.language, account.time_zone, min(subscription.service_id) AS service_id
    FROM notices_destination destination
    JOIN accounts_account account ON account.id = destination.account_id AND account.is_active
    JOIN notices_subscription subscription ON subscription.account_id = destination.account_id
    WHERE destination.id > %(after)s AND destination.id <= %(upto)s
      AND destination.state = 'verified'
      AND subscription.service_id = ANY(%(services)s)
      AND CASE %(kind)s WHEN 'work' THEN subscription.work ELSE subscription.trouble END
      AND (%(everywhere)s OR subscription.regions = '{}' OR subscription.regions && %(regions)s::varchar[])
      AND (NOT subscription.only_my_contracts OR EXISTS (
            SELECT FROM contracts_customerlink link
            JOIN contracts_contract contract ON contract.customer_id = link.customer_id
            WHERE link.account_id = destination.account_id
              AND (link.role = 'holder' OR EXISTS (
                    SELECT FROM contracts_customerlink_contracts shown
                    WHERE shown.customerlink_id = link.id AND shown.contract_id = contract.id))
              AND (contract.ended_on IS NULL OR contract.ended_on >= %(today)s)
              AND CASE WHEN %(everybody)s THEN contract.service_id = subscription.service_id
                       ELSE EXISTS (
                            SELECT FROM notices_affectedcontract affected
                            WHERE affected.notice_id = %(notice)s AND affected.contract_number = contract.number)
                  END))
      AND NOT EXISTS (
            SELECT FROM notices_optout opted
            WHERE opted.account_id = destination.account_id AND opted.address = destination.address
              AND opted.service_id = subscription.service_id AND opted.kind = %(kind)s AND opted.undone_at IS NULL)
      AND (NOT %(only_told)s OR EXISTS (
            SELECT FROM delivery_letter told
            WHERE told.recipient_key = 'destination:' || destination.id AND told.mailing_id = ANY(%(earlier)s::bigint[])
              -- Of what was taken back only letters on the wire are still queued.
              AND told.state IN ('queued', 'sent')))
    GROUP BY destination.id, account.id
"""

# What becomes of each: its days and hours on its owner's clock at the moment of publication. The clock's arithmetic is
# hours.py's; here it is two tables, the bits of that moment and of the coming hours in every zone that is in use.
_JUDGED = f"""
    SELECT due.*,
           CASE WHEN zone.day & due.days <> 0 AND zone.hour & due.hours <> 0 THEN 'queued'
                WHEN due.critical_always AND %(critical)s THEN 'queued'
                WHEN due.outside = 'hold' AND opening.at IS NOT NULL THEN 'held'
                ELSE 'skipped' END AS state,
           opening.at AS opens_at
    FROM ({_DUE}) due
    JOIN unnest(%(zones)s::text[], %(zone_days)s::int[], %(zone_hours)s::int[]) AS zone (name, day, hour)
      ON zone.name = due.time_zone
    LEFT JOIN LATERAL (
        SELECT min(coming.at) AS at
        FROM unnest(%(coming_zones)s::text[], %(coming_at)s::timestamptz[], %(coming_days)s::int[],
                    %(coming_hours)s::int[]) AS coming (zone, at, day, hour)
        WHERE due.outside = 'hold' AND coming.zone = due.time_zone
          AND coming.day & due.days <> 0 AND coming.hour & due.hours <> 0
    ) opening ON due.outside = 'hold'
"""  # noqa: S608 - put together from constants

# What the mail's slots are filled with, see mail.py: the service that is the reason, the unsubscribe link's token
# (unsubscribe.py reads it), a name for this destination in Message-IDs that says nothing about it, and the Message-ID
# of the notice's first mail to it.
_INSERT = f"""
    INSERT INTO delivery_letter (mailing_id, recipient_key, address, language, format, personal, state, reason,
                                 due_at, finished_at)
    SELECT %(mailing)s, 'destination:' || judged.id, judged.address, judged.language,
           CASE judged.device WHEN 'mobile' THEN 'short' ELSE 'full' END,
           jsonb_build_object(
               'service', CASE judged.language WHEN 'en' THEN service.name_en ELSE service.name_ja END,
               'token', translate(encode(
                   signed.what || substring(sha256(judged.unsubscribe_key || sha256(
                       judged.unsubscribe_key || signed.what || convert_to(judged.address, 'UTF8'))) FOR 16),
                   'base64'), '+/', '-_'),
               'box', box.name,
               'thread', CASE WHEN thread.mark IS NULL THEN '' ELSE
                   format('<%%s.%%s.%%s@%%s>', %(number)s::text, thread.mark, box.name, %(domain)s::text) END),
           judged.state,
           CASE judged.state WHEN 'skipped' THEN 'outside_hours' ELSE '' END,
           CASE judged.state WHEN 'held' THEN judged.opens_at ELSE %(at)s END,
           CASE judged.state WHEN 'skipped' THEN %(at)s END
    FROM ({_JUDGED}) judged
    JOIN catalog_service service ON service.id = judged.service_id
    CROSS JOIN LATERAL (
        SELECT int8send(judged.id) || int8send(judged.service_id) || convert_to(left(%(kind)s, 1), 'UTF8') AS what
    ) signed
    CROSS JOIN LATERAL (
        SELECT encode(substring(sha256(judged.unsubscribe_key || convert_to('box', 'UTF8')) FOR 8), 'hex') AS name
    ) box
    LEFT JOIN LATERAL (
        SELECT earlier.mark
        FROM unnest(%(earlier)s::bigint[], %(earlier_marks)s::text[]) AS earlier (mailing, mark)
        JOIN delivery_letter letter
          ON letter.mailing_id = earlier.mailing AND letter.recipient_key = 'destination:' || judged.id
        WHERE letter.state IN ('queued', 'held', 'sent')
        ORDER BY earlier.mailing
        LIMIT 1
    ) thread ON TRUE
    ORDER BY judged.id
    ON CONFLICT (mailing_id, recipient_key) DO NOTHING
"""  # noqa: S608

_COUNT = f"""
    SELECT count(DISTINCT judged.account_id), count(*), count(*) FILTER (WHERE judged.state = 'queued'),
           count(*) FILTER (WHERE judged.state = 'held'), count(*) FILTER (WHERE judged.state = 'skipped')
    FROM ({_JUDGED}) judged
"""  # noqa: S608


def outlook(report: Report, *, at: datetime | None = None) -> dict[str, int]:
    """How many would get ``report`` if it were published at ``at`` (now): ``customers`` (IDs), ``addresses``, and of
    these ``queued`` (at once), ``held`` (at their next open hour) and ``skipped`` (outside their hours)."""
    parameters = _parameters(report, at=at or report.published_at or timezone.now())
    with connection.cursor() as cursor:
        everybody: dict[str, Any] = {"after": 0, "upto": 2**62, "only_told": False, "earlier": []}
        cursor.execute(_COUNT, {**parameters, **everybody})
        counts = cursor.fetchone()
    return dict(zip(("customers", "addresses", "queued", "held", "skipped"), counts, strict=True))


def write_letters(*, mailing_id: int, batch: int = BATCH) -> None:
    """Write the letters of a mailing about a notice (a report, a reminder, the withdrawal) from its checkpoint on,
    ``batch`` destination ids at a time."""
    parameters = _of_mailing(Mailing.objects.get(pk=mailing_id))
    # Addresses that come in later were not there when it was published.
    last = Destination.objects.aggregate(last=Max("id"))["last"] or 0
    while _write_batch(mailing_id, parameters, batch=batch, last=last):
        pass


def release_held(*, at: datetime | None = None) -> int:
    """Queue the held letters whose hour has come; return how many. The engine drops those that expired meanwhile."""
    come = Letter.objects.filter(
        mailing__renderer__in=mailings.ALL,
        mailing__finished_at=None,
        state=Letter.State.HELD,
        due_at__lte=at or timezone.now(),
    )
    return come.update(state=Letter.State.QUEUED)


@transaction.atomic
def _write_batch(mailing_id: int, parameters: dict[str, Any], *, batch: int, last: int) -> bool:
    """One batch and its checkpoint; False when all are written (or another job has done so, or it was cancelled)."""
    mailing = Mailing.objects.select_for_update().get(pk=mailing_id)
    if mailing.checkpoint is None or mailing.state == Mailing.State.CANCELLED:
        return False
    upto = mailing.checkpoint + batch
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            {**parameters, "mailing": mailing.pk, "after": mailing.checkpoint, "upto": upto},
        )
    mailing.checkpoint = upto if upto < last else None
    mailing.save(update_fields=["checkpoint"])
    return mailing.checkpoint is not None


def _of_mailing(mailing: Mailing) -> dict[str, Any]:
    occasion = mailings.occasion(mailing)
    # The mailings about the notice before this one, in their order.
    earlier = list(mailings.marks(occasion.report.notice, before=mailing))
    return {
        **_parameters(occasion.report, at=occasion.at),
        "only_told": occasion.only_told,
        "number": occasion.report.notice.number,
        "domain": settings.OPERATOR["domain"],
        "earlier": [pk for pk, _ in earlier],
        "earlier_marks": [mark for _, mark in earlier],
    }


def _parameters(report: Report, *, at: datetime) -> dict[str, Any]:
    notice = report.notice
    zones = {name: hours.zone_named(name) for name in Account.objects.values_list("time_zone", flat=True).distinct()}
    now = {name: hours.bits(at, zone=zone) for name, zone in zones.items()}
    coming = [(name, *hour) for name, zone in zones.items() for hour in hours.coming_hours(at, zone=zone)]
    return {
        "notice": notice.pk,
        "kind": notice.kind,
        "critical": report.severity == Report.Severity.CRITICAL,
        "services": list(notice.services.values_list("pk", flat=True)),
        "regions": notice.regions,
        # "00" is nationwide; a notice that names no region says nothing about where.
        "everywhere": not notice.regions or "00" in notice.regions,
        "everybody": not notice.affected_contracts.exists(),
        "today": at.astimezone(ZoneInfo(settings.TIME_ZONE)).date(),
        "at": at,
        "zones": list(now),
        "zone_days": [day for day, _ in now.values()],
        "zone_hours": [hour for _, hour in now.values()],
        "coming_zones": [row[0] for row in coming],
        "coming_at": [row[1] for row in coming],
        "coming_days": [row[2] for row in coming],
        "coming_hours": [row[3] for row in coming],
    }
