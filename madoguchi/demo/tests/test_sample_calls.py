"""The sample's calls: as many as promised, in every month, taken in without a complaint."""

from datetime import UTC, date, datetime
from random import Random

import pytest
from django.db.models import Count, Sum

from madoguchi.accounts.models import Account
from madoguchi.catalog.models import Category, Service
from madoguchi.contracts.models import Contract
from madoguchi.demo.sample import calls, contracts
from madoguchi.statements.models import Adjustment, Bill, Call, Conflict, RejectedRow

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def customers(settings, tmp_path):
    settings.VAR = tmp_path
    category = Category.objects.create(slug="voice", name_ja="電話", name_en="Voice")
    for slug in {service for _, service, _ in contracts.OFFERS}:
        Service.objects.create(slug=slug, category=category, kana=slug, for_individuals=True, for_companies=True)
    logins = ("hanako@example.jp", "jiro@example.jp", "saburo@example.com")
    for email in (*logins, *(email for email, *_ in contracts.HOUSEHOLDS)):
        Account.objects.create(email=email)
    contracts.load(now=NOW, random=Random(1))


@pytest.mark.usefixtures("customers")
def test_seven_months_of_calls_come_in_through_the_importer(monkeypatch):
    monkeypatch.setattr(calls, "CALLS", 6_000)
    calls.load(now=NOW, random=Random(1))
    assert RejectedRow.objects.count() == Conflict.objects.count() == 0
    assert 5_000 < Call.objects.count() < 7_000
    months = Call.objects.order_by("month").values_list("month", flat=True).distinct()
    assert list(months) == [date(2026, month, 1) for month in range(5, 12)]
    lively = Contract.objects.order_by("number")[0]
    of_month = Call.objects.of_month(lively, date(2026, 10, 1)).aggregate(n=Count("key"), yen=Sum("charge"))
    assert of_month["n"] > 20
    assert of_month["yen"] > 0
    assert Call.objects.of_month(lively, date(2026, 10, 1)).filter(earns=True).exists()
    assert Bill.objects.issued().filter(month=date(2026, 10, 1), contract=lively).exists()
    late = Adjustment.objects.of_month(lively, date(2026, 11, 1))
    assert {(one.for_month, one.reason) for one in late} == {(date(2026, 10, 1), "late")}
