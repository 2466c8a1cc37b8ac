"""What was due to me, and what became of it."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from madoguchi.accounts.tests import people
from madoguchi.delivery.models import Letter, Mailing
from madoguchi.notices import audience
from madoguchi.notices.destinations import remove
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
        "20:00 JST</time>まで保留中",
    ):
        assert said in page
    assert "outside the days and hours" in _page(alice, "/en")


def test_what_was_held_stands_where_it_was_published(hikari):
    alice = people.alice()
    make.follows(alice, hikari)
    make.reads(alice, hours=1 << 20, outside="hold")
    make.reads(alice, slot=2)
    for minutes in (0, 30):
        with time_machine.travel(NOW + timedelta(minutes=minutes), tick=False):
            _publish(make.trouble(hikari), at=NOW + timedelta(minutes=minutes))
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        page = _page(alice)
    assert list(dict.fromkeys(re.findall(r"T-2026-\d{6}", page))) == ["T-2026-000002", "T-2026-000001"]
    assert page.rindex("T-2026-000002") < page.index("T-2026-000001")


@time_machine.travel(NOW + timedelta(days=1), tick=False)
def test_ninety_days_and_only_mine(hikari):
    alice, bob, charlie = people.alice(), people.bob(), people.charlie()
    for person in (alice, bob):
        make.follows(person, hikari)
        make.reads(person)
    long_ago = NOW - timedelta(days=100)
    _publish(make.trouble(hikari, started_at=long_ago), at=long_ago)
    _publish(make.trouble(hikari), at=NOW)
    page = _page(alice)
    assert "T-2026-000002" in page
    assert "T-2026-000001" not in page
    assert "bob@example.jp" not in page
    assert "alice@example.jp" not in _page(bob)
    assert "配信対象のお知らせはまだありません" in _page(charlie)


OUTCOMES = [
    # (state, reason) of a letter, what the page says, and under which choice it is found
    ("sent", "", "配信済み", "sent"),
    ("skipped", "digest", "1通にまとめて", "sent"),
    ("queued", "", "送信中", "waiting"),
    ("queued", "refused", "送信中", "waiting"),
    ("held", "", "保留中", "waiting"),
    ("skipped", "outside_hours", "曜日・時間の設定により", "not_sent"),
    ("suppressed", "opted_out", "メール内のリンクから停止", "not_sent"),
    ("suppressed", "paused", "停止していました", "not_sent"),
    ("skipped", "removed", "削除または変更されました", "not_sent"),
    ("skipped", "expired", "対象期間が終わりました", "not_sent"),
    ("failed", "expired", "受信側のサーバー", "not_delivered"),
    ("skipped", "withdrawn", "取り下げられました", "not_sent"),
    ("skipped", "cancelled", "送信を取りやめました", "not_sent"),
    ("bounced", "5.1.1", "戻ってきました", "not_delivered"),
    ("failed", "refused", "受信側のサーバー", "not_delivered"),
]


@time_machine.travel(NOW + timedelta(hours=1), tick=False)
def test_every_outcome_has_its_words_and_is_found_by_them(hikari):
    alice = people.alice()
    make.follows(alice, hikari)
    make.reads(alice)
    _publish(make.trouble(hikari))
    client = Client()
    people.sign_in(client, alice)
    for state, reason, said, choice in OUTCOMES:
        Letter.objects.update(state=state, reason=reason)
        for chosen in ("", "sent", "waiting", "not_sent", "not_delivered"):
            page = client.get("/my/deliveries/", {"outcome": chosen})
            rows = page.text.partition("<tbody")[2]  # the words are also among the choices above
            assert (said in rows) == (chosen in {"", choice}), (state, reason, chosen)
            assert ("該当する配信履歴はありません" in page.text) == (chosen not in {"", choice})


@time_machine.travel(NOW + timedelta(hours=1), tick=False)
def test_by_address_also_one_that_was_removed_and_page_by_page(hikari, monkeypatch):
    monkeypatch.setattr("madoguchi.support.mynotices.views.deliveries.A_PAGE", 2)
    alice, bob = people.alice(), people.bob()
    make.follows(alice, hikari)
    make.follows(bob, hikari)
    bobs = make.reads(bob)
    first = make.reads(alice)
    make.reads(alice, slot=2, address="later@example.jp")
    for _ in range(2):
        _publish(make.trouble(hikari))
    remove(alice, slot=1)
    client = Client()
    people.sign_in(client, alice)
    assert client.get("/my/deliveries/").context["page_obj"].paginator.num_pages == 2
    page = client.get("/my/deliveries/", {"address": first.pk})
    assert "alice@example.jp （削除済み）" in page.text
    assert {each.letter.address for each in page.context["deliveries"]} == {"alice@example.jp"}
    # What is no address of hers chooses nothing.
    for wrong in (bobs.pk, "x", "0"):
        page = client.get("/my/deliveries/", {"address": wrong, "outcome": "x", "page": "x"})
        assert page.context["page_obj"].paginator.count == 4
        assert "bob@example.jp" not in page.text
