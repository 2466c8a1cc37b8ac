"""What was due to me, and what became of it."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from madoguchi.accounts.tests import people
from madoguchi.delivery.models import Letter, Mailing
from madoguchi.notices import audience
from madoguchi.notices.tests import make
from madoguchi.notices.tests.make import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def hikari():
    return make.service("hikari")


def _publish(report, *, at=NOW):
    report.publish(by=None, at=at)
    audience.write_letters(mailing_id=Mailing.objects.latest("pk").pk)


def _page(account, prefix=""):
    client = Client()
    people.sign_in(client, account)
    return client.get(f"{prefix}/my/deliveries/").text


@time_machine.travel(NOW + timedelta(hours=1), tick=False)
def test_sent_held_and_skipped_with_the_reason(hikari):
    alice = people.alice()
    make.follows(alice, hikari)
    make.reads(alice)
    make.reads(alice, slot=2, hours=1 << 20)
    make.reads(alice, slot=3, hours=1 << 20, outside="hold")
    _publish(make.trouble(hikari))
    Letter.objects.filter(address="alice@example.jp").update(state="sent")
    page = _page(alice)
    for said in (
        "T-2026-000001",
        "通信しづらい状況",
        "第1報",
        "配信済み",
        "曜日・時間の設定により",
        "20:00 JSTまで保留中",
    ):
        assert said in page
    assert "outside the days and hours" in _page(alice, "/en")


@time_machine.travel(NOW + timedelta(days=1), tick=False)
def test_ninety_days_and_only_mine(hikari):
    alice, bob, charlie = people.alice(), people.bob(), people.charlie()
    for person in (alice, bob):
        make.follows(person, hikari)
        make.reads(person)
    _publish(make.trouble(hikari), at=NOW - timedelta(days=100))
    _publish(make.trouble(hikari), at=NOW)
    page = _page(alice)
    assert "T-2026-000002" in page
    assert "T-2026-000001" not in page
    assert "bob@example.jp" not in page
    assert "alice@example.jp" not in _page(bob)
    assert "配信対象のお知らせはまだありません" in _page(charlie)
