"""What was mailed to one sample customer so far, as the engine would have left it: something to look back on."""

from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

from madoguchi.accounts.models import Account
from madoguchi.delivery.models import Letter, Mailing
from madoguchi.notices import hours, mailings
from madoguchi.notices.destinations import Preferences, place, remove
from madoguchi.notices.lifecycle import Kind
from madoguchi.notices.models import Destination, Report

LOOKER_BACK = "hanako@example.jp"
AT_WORK = Preferences(device=Destination.Device.SMARTPHONE, days=0b011_1110, hours=sum(1 << h for h in range(9, 18)))


def load(*, now: datetime, random: Random) -> None:
    """Letters of every published report about the services that customer follows, to three addresses, one deleted."""
    account = Account.objects.filter(email=LOOKER_BACK).first()
    if account is None:
        return
    place(account, slot=3, address="hanako.former@example.com", preferences=Preferences(), verified=True)
    place(account, slot=2, address="hanako.work@example.com", preferences=AT_WORK, verified=True)
    services = account.subscriptions.values_list("service", flat=True)
    reports = Report.objects.published().filter(notice__services__in=services, published_at__lte=now)
    for report in reports.select_related("notice").distinct().order_by("published_at"):
        if report.published_at:
            _mailed(report, account, at=report.published_at)
    remove(account, slot=3)


def _mailed(report: Report, account: Account, *, at: datetime) -> None:
    mailing = Mailing.objects.create(
        renderer=mailings.REPORT,
        reference=str(report.pk),
        lane=mailings.LANES[Kind(report.notice.kind)],
        expires_at=at + mailings.TROUBLE_LASTS,
        finished_at=at,
    )
    zone = hours.zone_named(account.time_zone)
    Letter.objects.bulk_create(_letter(mailing, to, at, zone) for to in account.destinations.standing())
    Mailing.objects.filter(pk=mailing.pk).update(created_at=at)


def _letter(mailing: Mailing, to: Destination, at: datetime, zone: ZoneInfo) -> Letter:
    is_open = hours.is_open(to.days, to.hours, at=at, zone=zone)
    return Letter(
        mailing=mailing,
        recipient_key=to.recipient_key,
        address=to.address,
        language="ja",
        format=Destination.Device(to.device).letter_format,
        state=Letter.State.SENT if is_open else Letter.State.SKIPPED,
        reason="" if is_open else "outside_hours",
        due_at=at,
        finished_at=at,
    )
