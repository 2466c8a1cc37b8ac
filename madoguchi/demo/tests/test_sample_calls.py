"""The sample's calls: as many as promised, in every month, taken in without a complaint."""

import shlex
from contextlib import suppress
from datetime import UTC, date, datetime
from io import StringIO
from random import Random

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import Count, Sum

from madoguchi.accounts.models import Account
from madoguchi.catalog.models import Category, Service
from madoguchi.contracts.models import Contract
from madoguchi.demo.sample import calls, commands, contracts
from madoguchi.demo.sample.logins import HOUSEHOLDS
from madoguchi.statements.models import Adjustment, Bill, BillItem, Call, Conflict, Payment, RejectedRow

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def customers(settings, tmp_path, time_machine):
    time_machine.move_to(NOW)
    settings.VAR = tmp_path
    category = Category.objects.create(slug="voice", name_ja="電話", name_en="Voice")
    for slug in {service for _, service, _ in contracts.OFFERS}:
        Service.objects.create(slug=slug, category=category, kana=slug, for_individuals=True, for_companies=True)
    logins = ("hanako@example.jp", "jiro@example.jp", "saburo@example.com")
    for email in (*logins, *(email for email, *_ in HOUSEHOLDS)):
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
    given = commands.script().read_text(encoding="utf-8").splitlines()
    assert (given[0], len([line for line in given if " close_month 2026-" in line])) == (
        "madoguchi load_tariff --commit",
        6,
    )
    assert Payment.objects.filter(state="paid").count() == Bill.objects.issued().filter(due_on__lt=NOW.date()).count()


@pytest.mark.usefixtures("customers")
def test_the_commands_it_gave_make_the_same_bills_of_the_same_files(monkeypatch):
    monkeypatch.setattr(calls, "CALLS", 150)
    monkeypatch.setattr(calls, "PAST_MONTHS", 1)
    with suppress(_Enough), transaction.atomic():
        calls.load(now=NOW, random=Random(1))
        sample = _bills()
        raise _Enough
    assert sample
    assert not _bills()
    for line in commands.script().read_text(encoding="utf-8").splitlines():
        call_command(*shlex.split(line)[1:], stdout=StringIO())
    assert _bills() == sample


class _Enough(Exception):
    """What was made is taken back."""


def _bills():
    items = BillItem.objects.filter(bill__in=Bill.objects.issued()).order_by("bill__number", "ordinal")
    return list(items.values_list("bill__number", "bill__total", "kind", "name_ja", "count", "amount", "tax_yen"))
