"""Ready-made services, notices and people's wishes for the tests of every room above."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from madoguchi.accounts.models import Account
from madoguchi.catalog.models import Category, Service
from madoguchi.notices import write
from madoguchi.notices.content import NoticeContent, Period, ReportContent
from madoguchi.notices.models import Destination, Report, Subscription

TOKYO = ZoneInfo("Asia/Tokyo")
# A Sunday afternoon.
NOW = datetime(2026, 11, 22, 14, 5, tzinfo=TOKYO)


def service(slug: str = "hikari", **fields) -> Service:
    category, _ = Category.objects.get_or_create(
        slug="internet", defaults={"name_ja": "法人向けインターネット", "name_en": "Business internet"}
    )
    names = {"name_ja": f"あおば光（{slug}）", "name_en": f"Aoba Hikari ({slug})", "kana": "アオバヒカリ"}
    texts = {"description_ja": "光回線です。", "description_en": "Optical access."}
    audience = {"for_individuals": True, "for_companies": True}
    return Service.objects.create(slug=slug, category=category, **{**names, **texts, **audience, **fields})


def trouble(*services: Service, by: Account | None = None, notice=None, **report) -> Report:
    """A draft of a trouble notice with its first report, ready to be published."""
    about = {"title_ja": "通信しづらい状況", "title_en": "Connections are failing", **(notice or {})}
    says = {
        "state_after": "investigating",
        "body_ja": "現在、原因を調査しています。",
        "body_en": "We are investigating.",
        "impact": "outage",
        # Trouble still to come cannot be published, whatever the clock of the machine says.
        "started_at": min(NOW, timezone.now()) - timedelta(minutes=20),
        **report,
    }
    return write.start(
        kind="trouble", notice=NoticeContent(services=services, **about), report=ReportContent(**says), by=by
    )


def work(*services: Service, by: Account | None = None, notice=None, **report) -> Report:
    """A draft of a work notice with its first report, ready to be published: tomorrow from 1:00 to 5:00."""
    night = (NOW + timedelta(days=1)).replace(hour=1, minute=0)
    about = {"title_ja": "設備の更新工事", "title_en": "Equipment renewal", **(notice or {})}
    says = {
        "state_after": "confirmed",
        "body_ja": "設備を更新します。",
        "body_en": "We are renewing equipment.",
        "impact": "degraded",
        "windows": (Period(starts_at=night, ends_at=night + timedelta(hours=4)),),
        **report,
    }
    return write.start(
        kind="work", notice=NoticeContent(services=services, **about), report=ReportContent(**says), by=by
    )


def account(name: str, **fields) -> Account:
    """An ID without any proof of who it is: for what looks at rows only. People who act are accounts/tests/people."""
    return Account.objects.create(email=f"{name}@example.jp", password="!", **fields)


def follows(account: Account, service: Service, **wishes) -> Subscription:
    return Subscription.objects.create(account=account, service=service, **wishes)


def reads(account: Account, *, slot: int = 1, **fields) -> Destination:
    address = fields.pop("address", account.email if slot == 1 else f"slot{slot}.{account.email}")
    return Destination.objects.create(account=account, slot=slot, address=address, **fields)
