"""Thirty-two notices in every state, told around the moment the demo starts, and who follows which service.

The stories are in ``notices.json``. Times in them are relative: "-38m", "+2d", or a work's "start" and "end". Every
report goes through the real verbs, without mail: what is in force is news, but not to anybody's mailbox.
"""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from madoguchi.accounts.models import Account, TermsAcceptance
from madoguchi.catalog.models import LegalText, Service
from madoguchi.contracts.models import Contract
from madoguchi.notices import approve, webhooks, write
from madoguchi.notices.content import NoticeContent, Period, ReportContent
from madoguchi.notices.fingerprint import fingerprint
from madoguchi.notices.follow import Wishes, follow
from madoguchi.notices.models import ALL_DAYS, ALL_HOURS, Destination, Notice, Report, ReportTemplate, Subscription
from madoguchi.notices.schedule import schedule
from madoguchi.notices.withdraw import withdraw

JAPAN = ZoneInfo("Asia/Tokyo")
STORIES = Path(__file__).with_name("notices.json")
TEMPLATES = Path(__file__).with_name("report_templates.json")
UNITS = {"m": "minutes", "h": "hours", "d": "days"}

# What the later reports of a story say; {cause} is the story's own.
WORDS = {
    "investigating": ("現在、原因を調査しています。", "We are investigating the cause."),
    "identified": ("原因は{cause}と判明しました。", "We have found the cause: {cause}."),
    "recovering": (
        "原因は{cause}です。復旧作業を進めています。",
        "The cause is {cause}. We are restoring the service.",
    ),
    "monitoring": ("復旧作業が完了し、経過を観察しています。", "The repair is done, and we are watching the service."),
    "recovered": (
        "復旧しました。原因は{cause}でした。ご迷惑をおかけしましたことをお詫び申し上げます。",
        "The service is back. The cause was {cause}. We apologise for the inconvenience.",
    ),
    "false_alarm": (
        "調査の結果、サービスは正常でした。原因は{cause}でした。",
        "The service was in order all along. The cause was {cause}.",
    ),
    "tentative": ("日程は確定後にあらためてお知らせします。", "We will confirm the date in a further report."),
    "confirmed": ("ご理解とご協力をお願いいたします。", "Thank you for your understanding."),
    "moved": (
        "事前の確認に時間を要したため、日程を変更しました。",
        "We have moved the date because the preparation took longer than planned.",
    ),
    "in_progress": ("予定どおり作業を開始しました。", "The work has begun."),
    "completed": (
        "作業は完了しました。ご協力ありがとうございました。",
        "The work is done. Thank you for your patience.",
    ),
    "cancelled": (
        "都合により、この工事は中止します。あらためて実施する場合は、新しい工事情報でお知らせします。",
        "This work is cancelled. If we plan it again, there will be a new notice.",
    ),
}


def load(*, now: datetime, random: Random) -> None:
    data = json.loads(STORIES.read_text(encoding="utf-8"))
    services = {service.slug: service for service in Service.objects.all()}
    publisher = Account.objects.filter(email="publisher@aoba.example").first()
    stories = [_Story(kind, told, services, now=now, by=publisher) for kind in data for told in data[kind]]
    # In the order of time, as numbers are given.
    for _, tell in sorted((event for story in stories for event in story.events()), key=lambda event: event[0]):
        tell()
    for story in stories:
        story.leave_draft()
    _leave_templates()
    _follow_named(services, now=now)
    _follow_others(list(services.values()), now=now, random=random)


class _Story:
    def __init__(
        self, kind: str, told: dict[str, Any], services: dict[str, Service], *, now: datetime, by: Account | None
    ) -> None:
        self.kind, self.told, self.now, self.by = kind, told, now, by
        self.services = [services[slug] for slug in told["services"]]
        self.windows = tuple(self._window(window) for window in told.get("windows", ()))
        self.notice: Notice | None = None

    def events(self) -> Iterator[tuple[datetime, Any]]:
        for place, (state, when) in enumerate(self.told["reports"]):
            at = self._moment(when)
            yield at, lambda place=place, state=state, at=at: self._publish(place, state, at=at)
        if "withdrawn" in self.told:
            at = self._moment(self.told["withdrawn"][0])
            yield at, lambda at=at: self._withdraw(at=at)

    def leave_draft(self) -> None:
        if state := self.told.get("draft"):
            draft = self._write(0, state, at=self.now)
            if "schedule" in self.told:
                schedule(_approved(draft), at=self._moment(self.told["schedule"]), by=self.by)

    def _withdraw(self, *, at: datetime) -> None:
        assert self.notice is not None  # noqa: S101 - a story is told before it is withdrawn
        _, reason_ja, reason_en = self.told["withdrawn"]
        withdraw(self.notice, reason_ja=reason_ja, reason_en=reason_en, notify=False, by=self.by)
        Notice.objects.filter(pk=self.notice.pk).update(withdrawn_at=at)

    def _publish(self, place: int, state: str, *, at: datetime) -> None:
        report = _approved(self._write(place, state, at=at))
        self.notice = report.publish(by=self.by, at=at).notice

    def _write(self, place: int, state: str, *, at: datetime) -> Any:
        says = self._says(place, state, at=at)
        if self.notice is not None:
            return write.add_report(self.notice, content=says, by=self.by)
        title_ja, title_en = self.told["title"]
        about = NoticeContent(
            title_ja=title_ja,
            title_en=title_en,
            services=self.services,
            regions=self.told["regions"],
            contract_numbers=self._contracts(),
        )
        return write.start(kind=self.kind, notice=about, report=says, by=self.by)

    def _says(self, place: int, state: str, *, at: datetime) -> ReportContent:
        moved = bool(place and "moved" in self.told)
        cause = self.told.get("cause", ("", ""))
        bodies = []
        for index in (0, 1):
            words = WORDS["moved" if moved else state][index].format(cause=cause[index])
            # The first report tells what happens; the later ones what is new.
            bodies.append(words if place else f"{self.told['what'][index]}\n\n{words}")
        over = state in {"recovered", "false_alarm", "completed", "cancelled"}
        known = place or state != "investigating"
        return ReportContent(
            state_after=state,
            body_ja=bodies[0],
            body_en=bodies[1],
            impact=self.told["impact"],
            severity=self.told.get("severity", "normal"),
            **{
                f"{field}_{language}": self.told[told][index]
                for field, told in (("emergency_calls", "emergency"), ("alternatives", "alternatives"))
                if told in self.told
                for index, language in enumerate(("ja", "en"))
            },
            started_at=self._moment(self.told["began"]) if "began" in self.told else None,
            expected_end=self._moment(self.told["expected"]) if known and "expected" in self.told else None,
            ended_at=self._moment(self.told["ended"]) if over and "ended" in self.told else None,
            windows=(self._window(self.told["moved"]),) if moved else self.windows,
            notify=False,
            **self.told.get("course", {}),
        )

    def _contracts(self) -> list[str]:
        """The first so many contracts of the services; none named: the notice is about all of them."""
        theirs = Contract.objects.filter(service__in=self.services).order_by("pk")
        return list(theirs.values_list("number", flat=True)[: self.told.get("contracts", 0)])

    def _moment(self, told: str) -> datetime:
        if told == "start":
            return self.windows[0].starts_at + timedelta(minutes=3)
        if told == "end":
            return self.windows[0].ends_at + timedelta(minutes=12)
        moment = self.now + timedelta(**{UNITS[told[-1]]: int(told[:-1])})
        return moment.replace(second=0, microsecond=0)

    def _window(self, told: dict[str, Any]) -> Period:
        hour = self.now.astimezone(JAPAN).replace(minute=0, second=0, microsecond=0)
        if "day" in told:
            starts_at = hour.replace(hour=told["from"]) + timedelta(days=told["day"])
        else:
            starts_at = hour + timedelta(hours=told["hour"])
        ends_at = starts_at + timedelta(hours=told["hours"])
        return Period(starts_at=starts_at, ends_at=ends_at, spare=told.get("spare", False))


def _approved(report: Report) -> Report:
    """Where the setting asks for a second person, the sample has one."""
    if approve.needs_approval(report):
        second = Account.objects.get(email="admin@aoba.example")
        approve.approve(report, by=second, fingerprint=fingerprint(report))
    return report


def _leave_templates() -> None:
    texts = {
        "name": "name",
        "title": "title",
        "body": "body",
        "emergency": "emergency_calls",
        "alternatives": "alternatives",
    }
    for told in json.loads(TEMPLATES.read_text(encoding="utf-8")):
        words = {
            f"{field}_{language}": said
            for name, field in texts.items()
            for language, said in zip(("ja", "en"), told.pop(name, ("", "")), strict=True)
        }
        ReportTemplate.objects.create(**told, **words)


def _follow_named(services: dict[str, Service], *, now: datetime) -> None:
    both = Wishes(work=True, trouble=True)
    wanted = {
        "hanako@example.jp": {"ip-phone-office": both, "mobile": both, "business-internet": both},
        "jiro@example.jp": {"ip-phone-office": Wishes(work=False, trouble=True)},
        "saburo@example.com": {
            "hikari-phone": both,
            "hikari-internet": Wishes(work=True, trouble=True, regions=["13"]),
        },
    }
    for account in Account.objects.filter(email__in=wanted):
        _agree([account], now=now)
        for slug, wishes in wanted[account.email].items():
            follow(account, service=services[slug], wishes=wishes)
        _have_a_program(account)


def _have_a_program(account: Account) -> None:
    """The demo's own page takes what it is sent (demo/program.py)."""
    english = account.language == "en"
    name = "Network monitoring" if english else "ネットワーク監視"
    url = f"{settings.SITE_URL}/demo/program/"
    webhooks.make(account, webhooks.Wanted(name=name, url=url, work=True, trouble=True))


def _follow_others(services: list[Service], *, now: datetime, random: Random) -> None:
    others = list(
        Account.objects.filter(staff_role="", subscriptions=None).exclude(email="new@example.jp").order_by("pk")
    )
    _agree(others, now=now)
    subscriptions, destinations = [], []
    office_days, office_hours = 0b011_1110, sum(1 << hour for hour in range(9, 18))
    for account in others:
        for service in random.sample(services, random.randint(1, 4)):
            trouble = random.random() < 0.9
            subscriptions.append(
                Subscription(
                    account=account, service=service, work=not trouble or random.random() < 0.7, trouble=trouble
                )
            )
        device = random.choice(Destination.Device.values)
        at_work = random.random() < 0.2
        days, hours = (office_days, office_hours) if at_work else (ALL_DAYS, ALL_HOURS)
        destinations.append(
            Destination(account=account, slot=1, address=account.email, device=device, days=days, hours=hours)
        )
    Subscription.objects.bulk_create(subscriptions)
    Destination.objects.bulk_create(destinations)


def _agree(accounts: list[Account], *, now: datetime) -> None:
    terms = LegalText.objects.current(LegalText.Kind.NOTIFICATION_TERMS)
    TermsAcceptance.objects.bulk_create(
        TermsAcceptance(account=account, kind=terms.kind, version=terms.version, accepted_at=now)
        for account in accounts
    )
