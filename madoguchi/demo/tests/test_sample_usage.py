"""The sample's data, messages and internet access: in every month, taken in without a complaint."""

from datetime import UTC, date, datetime
from random import Random

import pytest
from django.db.models import Sum

from madoguchi.accounts.models import Account
from madoguchi.catalog.models import Category, Service
from madoguchi.contracts.models import Contract, UsageKind
from madoguchi.demo.sample import contracts, usage
from madoguchi.demo.sample.logins import HOUSEHOLDS
from madoguchi.statements.models import Call, Conflict, RejectedRow, UsageImport, UsageLine
from madoguchi.statements.statement import statement_of

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
OCTOBER = date(2026, 10, 1)


@pytest.mark.django_db
def test_seven_months_of_usage_come_in_through_the_importer(settings, tmp_path, time_machine):
    time_machine.move_to(NOW)
    settings.VAR, settings.DEMO_VOLUME = tmp_path, "small"
    category = Category.objects.create(slug="voice", name_ja="電話", name_en="Voice")
    for slug in {service for _, service, _ in contracts.OFFERS}:
        Service.objects.create(slug=slug, category=category, kana=slug, for_individuals=True, for_companies=True)
    for email in ("hanako@example.jp", "jiro@example.jp", "saburo@example.com", *(h[0] for h in HOUSEHOLDS)):
        Account.objects.create(email=email)
    contracts.load(now=NOW, random=Random(1))
    usage.load(now=NOW, random=Random(1))
    assert not list(RejectedRow.objects.values_list("reason", "value"))
    assert not Conflict.objects.exists()
    assert UsageImport.objects.filter(run__way="command", run__state="done").count() == 28
    hers = Contract.objects.filter(customer__links__account__email="hanako@example.jp")
    mobile = hers.filter(usage_kind=UsageKind.MOBILE)[0]
    months = [date(2026, month, 1) for month in range(5, 12)]
    for records in ("data", "messages"):
        found = UsageLine.objects.filter(contract=mobile, records=records).order_by("month")
        assert list(found.values_list("month", flat=True).distinct()) == months
    assert Call.objects.filter(contract=mobile, month=OCTOBER, outgoing=True).aggregate(n=Sum("charge"))["n"] > 0
    shown = statement_of(mobile, OCTOBER, today=date(2026, 11, 22))
    assert shown.data is not None
    assert 10 * 10**9 < shown.data.used < 40 * 10**9
    assert shown.messages
    home = hers.filter(usage_kind=UsageKind.INTERNET)[0]
    assert UsageLine.objects.filter(contract=home, month=OCTOBER, records="sessions").count() > 25
