"""A small world in which every mail of the product has something to say, and the mails themselves."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from email.utils import format_datetime
from typing import Any

from madoguchi.accounts.models import AddressChange, Registration
from madoguchi.accounts.tests.people import account
from madoguchi.alerts.models import Alert, Watch
from madoguchi.contracts.models import BudgetAlarm
from madoguchi.contracts.tests.household import household
from madoguchi.delivery import compose, renderers
from madoguchi.delivery.models import DomainHold, Mailing
from madoguchi.inquiries.models import Inquiry, Message
from madoguchi.lib.lanes import Lane
from madoguchi.notices import mailings, write
from madoguchi.notices.content import Period
from madoguchi.notices.models import Digest, Notice, OptOut, Report
from madoguchi.notices.tests import make
from madoguchi.notices.tests.make import NOW
from madoguchi.notices.withdraw import withdraw

# What letters fill their slots with.
VALUES = {
    "address": "team-noc@example.jp",
    "at": "2026年11月22日（日）14:05 JST",
    "box": "5f1d7a02c4b89e36",
    "contracts": "",
    "contracts_0": "対象のご契約番号：N100000001, N100000002\n",
    "contracts_1": "",
    "there": "",
    "there_0": "",
    "there_1": "",
    "customer": "••••••0042",
    "device": "Windows 版 Chrome",
    "ending": "42",
    "left": "7",
    "link": "https://aoba.example/example/kJ2vYx0P6mQbT8sWcR4nL1dE9hZ7uGfA/",
    "moment": "2026年11月22日（日）15:05 JST",
    "name": "花子のパソコン",
    "network": "192.0.2.17",
    "notice": "T-2026-000001",
    "owner": "h•••@example.jp",
    # Of work mails with a calendar: two customers and their contracts.
    "parties": "N100000001\tC100000001\tC100000002\nN100000002\tC200000001",
    "parties_1": "N100000001\tC100000001",
    "page": "https://aoba.example/console/notices/7/",
    "service": "あおば光",
    "service_0": "あおば光",
    "service_1": "あおば光",
    "thread": "<T-2026-000001.1.5f1d7a02c4b89e36@aoba.example>",
    "title": "通信しづらい状況",
    "token": "12-3-t-0123456789abcdef0123456789abcdef",
    "token_0": "12-3-t-0123456789abcdef0123456789abcdef",
    "token_1": "12-3-w-fedcba9876543210fedcba9876543210",
    "who": "j•••@example.jp",
}
ENGLISH = {
    "at": "22 Nov 2026, 14:05 JST",
    "contracts_0": "Your contracts concerned: N100000001, N100000002\n",
    "device": "Chrome on Windows",
    "moment": "22 Nov 2026, 15:05 JST",
    "name": "Hanako’s laptop",
    "service": "Aoba Hikari",
    "service_0": "Aoba Hikari",
    "service_1": "Aoba Hikari",
    "title": "Connections are failing",
}


@dataclass(frozen=True, slots=True)
class Mail:
    """One kind of mail in one state. ``values`` are its letters' own, over those above."""

    name: str
    renderer: str
    reference: str = ""
    formats: tuple[str, ...] = ("full",)
    languages: tuple[str, ...] = ("ja", "en")
    values: dict[str, str] = field(default_factory=dict)

    def made(self) -> Iterator[tuple[str, bytes]]:
        """File names and the bytes that go over the wire."""
        for language in self.languages:
            for format in self.formats:
                yield f"{self.name}.{format}.{language}.eml", self._made(language, format)
                if (format, language) == ("short", "ja"):
                    yield f"{self.name}.short.ja.iso-2022-jp.eml", self._made(language, format, old=True)

    def _made(self, language: str, format: str, *, old: bool = False) -> bytes:
        draft = renderers.render(self.renderer, self.reference, language, format)
        mark = compose.feedback_id(41, self.renderer)
        composed = compose.compose(draft, language=language, feedback_id=mark, old=old)
        values = {
            **VALUES,
            **(ENGLISH if language == "en" else {}),
            **self.values,
            compose.TO: "hanako@example.jp",
            compose.DATE: format_datetime(NOW),
            compose.MESSAGE_ID: compose.message_id(1),
        }
        return composed.splice(values)


BOTH = ("full", "short")
# Of work mails the third is for who asks for the calendar.
ALL = (*BOTH, "calendar")
# Mails about what was done with an ID: with words of their own for one whose password is kept elsewhere.
WATCHED = (
    "accounts.new_device",
    *(f"accounts.told.{name}" for name in ("business_linked", "business_unlinked", "exported")),
    *(f"accounts.told.profile_changed.{name}" for name in ("birth_date", "language", "name", "time_zone")),
)
# Mails that say the same whatever they are about.
SIMPLE = (
    *WATCHED,
    *(f"{name}.elsewhere" for name in WATCHED),
    *(f"accounts.{name}" for name in ("passkey_added", "passkey_removed", "totp_on", "totp_off")),
    *(f"accounts.{name}" for name in ("recovery_code", "recovery_codes", "password_changed", "password_reset")),
    *(f"accounts.reset_{name}" for name in ("link", "differs", "elsewhere", "staff")),
    *(f"accounts.told.{name}" for name in ("closed", "email_changed")),
    *(f"contracts.{name}" for name in ("linked", "linked_by_another", "unlinked", "phone_changed", "device_copied")),
    "notices.address_added",
    "notices.webhook_stopped",
    "notices.report_due_soon",
    "notices.report_overdue",
)


def mails() -> list[Mail]:
    """Every mail there is; the rows they are about are made in the database of the test, at the moment ``NOW``."""
    return [
        *(Mail(name, name) for name in SIMPLE),
        Mail("notices.not_published", "notices.not_published", f"1/{NOW.isoformat()}/not_ready"),
        *(
            Mail(f"notices.address_paused.{why}", "notices.address_paused", why)
            for why in ("hard_bounce", "soft_bounces", "complaint", "operator")
        ),
        *(
            Mail(name, name, "1", formats=BOTH)
            for name in ("notices.confirm_address", "notices.resume_address", "notices.trial")
        ),
        _of_a_mailing(),
        _of_a_domain(),
        *_of_ids(),
        *_of_inquiries(),
        *_of_alerts(),
        *_of_notices(),
    ]


def _of_a_mailing() -> Mail:
    paused = Mailing.objects.create(
        pk=2_000_007, renderer="test.gone", reference="1", lane=Lane.TROUBLE, expires_at=NOW + timedelta(hours=1)
    )
    counts = {"failed": "120", "sent": "3400", "waiting": "96480", "words": "550 5.7.1 Service refused"}
    return Mail("delivery.paused", "delivery.paused", str(paused.pk), values=counts)


def _of_a_domain() -> Mail:
    held = DomainHold.objects.create(
        domain="broken.example", since=NOW, until=NOW + timedelta(hours=24), addresses=812, letters=790
    )
    return Mail("delivery.domain_held", "delivery.domain_held", str(held.pk))


def _of_ids() -> Iterator[Mail]:
    hanako = account("hanako@example.jp")
    for name, email in (("link", "new@example.jp"), ("exists", hanako.email)):
        until = {"created_at": NOW, "expires_at": NOW + timedelta(hours=24), "terms_agreed_at": NOW}
        made = Registration.objects.create(draft=name, email=email, language="ja", token_digest=name, **until)
        yield Mail(f"accounts.registration.{name}", "accounts.registration", str(made.pk))
    for name, owner, email in (
        ("link", "jiro", "other@example.jp"),
        ("taken", "shiro", hanako.email),
        ("own", "goro", "goro@example.jp"),
    ):
        whose, until = account(f"{owner}@example.jp"), NOW + timedelta(minutes=30)
        change = AddressChange.objects.create(account=whose, email=email, token_digest=name, expires_at=until)
        yield Mail(f"accounts.new_address.{name}", "accounts.new_address", str(change.pk))
    alarm = BudgetAlarm.objects.create(prefix="+8190", hours=1, budget=300, sent=300, at=NOW)
    yield Mail("contracts.budget_alarm", "contracts.budget_alarm", str(alarm.pk))


def _of_alerts() -> Iterator[Mail]:
    holder = account("alice@example.jp")
    office = household(holder=holder).office
    number = office.telephone_numbers.order_by("number").first()
    whole, single = (Watch.objects.create(account=holder, contract=office, number=one) for one in (None, number))
    told = (
        ("budget", whole, {"budget": 5000, "charge": 5_012_500}),
        ("country", single, {"country_ja": "フランス", "country_en": "France", "charge": 812_000}),
        ("rise", whole, {"charge": 9_730_000, "usual": 2_104_000}),
        ("data", whole, {"charge": 1_103_000, "percent": 80, "used": 2_400_000_000, "included": 3_000_000_000}),
    )
    for kind, watch, amounts in told:
        alert = Alert.objects.create(watch=watch, kind=kind, month=date(2026, 11, 1), raised_at=NOW, **amounts)
        yield Mail(f"alerts.{kind}", "alerts.alert", str(alert.pk), formats=("full", "short"))


def _of_inquiries() -> Iterator[Mail]:
    for language in ("ja", "en"):
        japanese = language == "ja"
        inquiry = Inquiry.objects.create(
            number=f"Q-2026-{7 if japanese else 8:06}",
            email="hanako@example.jp",
            subject="請求書の再発行について" if japanese else "A bill once more",
            language=language,
            confirmed_at=NOW,
            draft=language,
            token_digest=language,
            sealed_token=b"",
        )
        said = "先月分の請求書を再発行していただけますか。\n\n宛名は「青葉商事」でお願いします。"
        if not japanese:
            said = "Could you send me last month’s bill once more?\n\nPlease address it to Aoba Shoji."
        Message.objects.create(pk=7 if japanese else 8, inquiry=inquiry, kind="writer", body=said, at=NOW)
        reply = (
            "再発行いたしました。マイページの「ご請求」からご覧いただけます。" if japanese else "It is on My page now."
        )
        answer = Message.objects.create(pk=17 if japanese else 18, inquiry=inquiry, kind="staff", body=reply, at=NOW)
        for name, about in (("link", inquiry.pk), ("copy", inquiry.pk), ("answer", answer.pk)):
            yield Mail(f"inquiries.{name}", f"inquiries.{name}", str(about), languages=(language,))


def _says(state: str, ja: str, en: str, **more: Any) -> dict[str, Any]:
    return {"state_after": state, "body_ja": ja, "body_en": en, **more}


WORK = {
    "tentative": {"state_after": "tentative"},
    "confirmed": {},
    "rescheduled": _says("confirmed", "天候のため日程を変更します。", "Bad weather is expected, so we move the work."),
    "in_progress": _says("in_progress", "作業を開始しました。", "The work has begun."),
    "completed": _says("completed", "作業は完了しました。", "The work is done."),
    "cancelled": _says("cancelled", "この工事は中止します。", "This work is called off."),
}
# What comes before it, where that is not the first report's state.
EARLIER = {"completed": ("in_progress",), "recovering": ("identified",), "monitoring": ("identified", "recovering")}
EARLIER |= {"recovered": ("identified", "recovering", "monitoring")}
TROUBLE = {
    "investigating": {},
    "identified": _says("identified", "伝送装置の故障と判明しました。", "A transmission unit has failed."),
    "recovering": _says("recovering", "部品を交換しています。", "We are replacing the part."),
    "monitoring": _says("monitoring", "復旧を確認しています。", ""),
    "recovered": _says(
        "recovered",
        "復旧しました。ご迷惑をおかけしました。",
        "Service is restored. We apologise for the trouble.",
        ended_at=NOW + timedelta(minutes=70),
    ),
    "false_alarm": _says("false_alarm", "監視装置の誤検知でした。", "Our monitoring was mistaken."),
}


def _of_notices() -> Iterator[Mail]:
    hikari = make.service("hikari", name_ja="あおば光", name_en="Aoba Hikari")
    phone = make.service("phone", name_ja="あおば電話", name_en="Aoba Phone", kana="アオバデンワ")
    first = {"thread": ""}
    for state, says in WORK.items():
        begun = says if state == "tentative" else {}
        report = make.work(hikari, phone, notice={"regions": ("13", "14")}, **begun).publish(by=None, at=NOW)
        if state not in ("tentative", "confirmed"):
            windows = {"windows": _LATER} if state == "rescheduled" else {}
            for minutes, before in enumerate(EARLIER.get(state, ()), start=1):
                report = _next(report, at=NOW + timedelta(hours=13, minutes=minutes), **WORK[before])
            report = _next(report, at=NOW + timedelta(hours=14), **says, **windows)
        yield from _report(f"work.{state}", report, first if report.ordinal == 1 else {})
    for state, says in TROUBLE.items():
        report = make.trouble(hikari, notice={"regions": ("13", "14")}, **_EMERGENCY).publish(by=None, at=NOW)
        if state != "investigating":
            for minutes, before in enumerate(EARLIER.get(state, ()), start=1):
                report = _next(report, at=NOW + timedelta(minutes=60 + minutes), **TROUBLE[before])
            report = _next(report, at=NOW + timedelta(minutes=80), **says)
        yield from _report(f"trouble.{state}", report, first if report.ordinal == 1 else {})
    yield from _about_notices(hikari)


_NIGHT = (NOW + timedelta(days=8)).replace(hour=1, minute=0)
_LATER = tuple(
    Period(starts_at=_NIGHT + timedelta(days=d), ends_at=_NIGHT + timedelta(days=d, hours=4), spare=d == 1)
    for d in (0, 1)
)
_EMERGENCY = {
    "emergency_calls_ja": "つながりにくくなっています。",
    "emergency_calls_en": "They may not go through.",
    "alternatives_ja": "お近くの公衆電話をご利用ください。",
    "alternatives_en": "Please use a public telephone nearby.",
}


def _next(report: Report, *, at: Any, **says: Any) -> Report:
    content = replace(write.content_of_report(report), **says)
    return write.add_report(report.notice, content=content, by=None).publish(by=None, at=at)


def _report(name: str, report: Report, values: dict[str, str]) -> Iterator[Mail]:
    values = {**values, **_thread(report.notice, values)}
    formats = ALL if report.notice.kind == "work" else BOTH
    yield Mail(f"notices.report.{name}", "notices.report", str(report.pk), formats=formats, values=values)


def _thread(notice: Notice, values: dict[str, str]) -> dict[str, str]:
    return {} if "thread" in values else {"thread": re.sub(r"T-2026-000001", str(notice.number), VALUES["thread"])}


def _about_notices(hikari: Any) -> Iterator[Mail]:
    work = make.work(hikari).publish(by=None, at=NOW)
    begin = work.notice.first_begin
    reference = mailings.reminder_reference(work.notice, begin=begin, hours=24)
    mine = {"contracts": "対象のご契約番号：N100000001, N100000002\n", **_thread(work.notice, {})}
    mine["there"] = "お客さまの時間帯では\n工事期間：2026年11月22日（日）21:30〜2026年11月23日（月）01:30 IST\n"
    yield Mail("notices.reminder", "notices.reminder", reference, formats=ALL, languages=("ja",), values=mine)
    mine = {
        **mine,
        "contracts": "Your contracts concerned: N100000001, N100000002\n",
        "there": "In your time zone\nWork period: 22 Nov 2026, 21:30–23 Nov 2026, 01:30 IST\n",
    }
    yield Mail("notices.reminder", "notices.reminder", reference, formats=ALL, languages=("en",), values=mine)
    trouble = make.trouble(hikari).publish(by=None, at=NOW)
    second = _next(trouble, at=NOW + timedelta(minutes=40), **TROUBLE["identified"])
    yield from _digest(work, trouble, second)
    opt_out = OptOut.objects.create(
        account=account("saburo@example.jp"), address=VALUES["address"], service=hikari, kind="trouble"
    )
    yield Mail("notices.opted_out", "notices.opted_out", str(opt_out.pk))
    draft = make.trouble(hikari)
    yield Mail("console.try", "console.try", str(draft.pk), formats=BOTH)
    for kind, draft, formats in (("trouble", make.trouble(hikari), BOTH), ("work", make.work(hikari), ALL)):
        gone = draft.publish(by=None, at=NOW).notice
        withdraw(gone, by=None, reason_ja="試験用の内容を誤って掲載しました。", reason_en="It was a test.", notify=True)
        values = _thread(gone, {})
        yield Mail(f"notices.withdrawal.{kind}", "notices.withdrawal", str(gone.pk), formats=formats, values=values)


def _digest(*reports: Report) -> Iterator[Mail]:
    held = Mailing.objects.filter(renderer="notices.report", reference__in=[str(report.pk) for report in reports])
    made = Digest.objects.create(pk=7, mailings=[mailing.pk for mailing in held], created_at=NOW)
    yield Mail("notices.digest", "notices.digest", str(made.pk), formats=ALL)
