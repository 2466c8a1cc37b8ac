"""The sample operator for tests that go through all of its pages: loaded once for a file of tests."""

from collections.abc import Iterator
from datetime import datetime
from random import Random
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.utils import timezone

from madoguchi.accounts.models import Account
from madoguchi.accounts.tests.people import sign_in
from madoguchi.catalog.models import Category, Guide, Question, Service
from madoguchi.contracts.models import Contract, Upload
from madoguchi.contracts.models.operator_tokens import issue
from madoguchi.delivery.models import Mailing
from madoguchi.demo.sample import accounts, catalog, contracts, deliveries, inquiries, notices, questions
from madoguchi.inquiries.models import Inquiry
from madoguchi.notices.models import Notice, ReportTemplate
from madoguchi.statements.load_tariff import load_tariff
from madoguchi.statements.models import ImportRun

NOW = datetime(2026, 11, 22, 14, 5, tzinfo=timezone.get_default_timezone())


@pytest.fixture(scope="module")
def places(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, object]]:
    """What stands in the addresses of the sample operator's pages.

    It is in a transaction around the file's tests, each of which gives back what it changes. None of them may commit.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        with time_machine.travel(NOW, tick=False):
            for room in (catalog, questions, accounts, contracts, notices, deliveries, inquiries):
                room.load(now=NOW, random=Random(1))
            found = _places()
        yield found
        transaction.set_rollback(True)


def _places() -> dict[str, object]:
    draft = Notice.objects.filter(first_published_at=None).order_by("pk")[0]
    posted = Notice.objects.published().filter(kind="trouble").order_by("-pk")[0]
    hanako = account("hanako@example.jp")
    hers = set(Contract.objects.visible_to(hanako).filter(usage_kind="ip050").values_list("number", flat=True))
    shared = set(Contract.objects.visible_to(account("jiro@example.jp")).values_list("number", flat=True))
    return {
        "notice": posted.number,
        "posted": posted.pk,
        "draft": draft.pk,
        "report": draft.reports.get().pk,
        "question": Question.objects.published()[0].pk,
        "template": ReportTemplate.objects.all()[0].pk,
        "guide": Guide.objects.all()[0].pk,
        "service": Service.objects.all()[0].pk,
        "category": Category.objects.all()[0].pk,
        "inquiry": Inquiry.objects.order_by("pk")[0].pk,
        "mailing": Mailing.objects.create(renderer="x", reference="1", lane=1, expires_at=NOW).pk,
        "customer": hanako.public_id,
        "contract": sorted(hers - shared)[0],
        "held": 1,  # whether there is such a number is told after the contact phone
        "shared": sorted(shared)[0],
        "link": hanako.customer_links.get().pk,
        "webhook": hanako.webhooks.get().pk,
        "tariff": load_tariff().pk,
        "token": issue(name="billing", scopes=["contracts:read"], by=hanako)[0].pk,
        "upload": Upload.objects.create(received_by=hanako).pk,
        "usage": ImportRun.objects.create(size=0, way="console").pk,
    }


def account(email: str) -> Account:
    return Account.objects.get(email=email)


def browser(email: str = "", *, second_factor: bool | None = None) -> Client:
    client = Client(raise_request_exception=True)
    if email:
        sign_in(client, account(email), second_factor=second_factor)
    return client
