"""What mail a customer got, as staff see it: notices and letters about the ID, addresses masked."""

import pytest
from django.test import Client
from django.utils import timezone

from madoguchi.accounts.models import Account
from madoguchi.console.templatetags.mailings import about_word
from madoguchi.console.tests.test_customers import do, look, page
from madoguchi.delivery import renderers
from madoguchi.delivery.models import Letter, Mailing, Suppression
from madoguchi.delivery.returns import suppression
from madoguchi.notices import mailings
from madoguchi.notices.models import Destination
from madoguchi.notices.tests import make

pytestmark = pytest.mark.django_db


def test_what_was_sent_about_the_id_is_told_by_its_kind(support: Client, alice: Account) -> None:
    look(support, alice)
    assert "過去90日間に、IDに関するメールはありません。" in support.get(page(alice)).content.decode()
    do(support, alice, "password")
    letter = Letter.objects.get()
    Letter.objects.update(state="bounced", reason="hard")
    Letter.objects.create(mailing=letter.mailing, recipient_key="of another", address="bob@example.jp", language="ja")
    said = support.get(page(alice)).content.decode().partition('<caption id="own">')[2].partition("</table>")[0]
    assert said.count("<tr") == 2
    for told in ("パスワードの再設定", "a•••@example.jp", "宛先が存在しないか、メールを受け取らない"):
        assert told in said
    assert "/id/password/reset/" not in said


@pytest.mark.parametrize("room", ["accounts", "contracts", "notices", "alerts", "inquiries"])
def test_every_kind_of_letter_has_a_word(room: str) -> None:
    names = [name for name in renderers._renderers if name.startswith(f"{room}.")]
    assert names
    assert not [name for name in names if about_word(name) == name]


def test_what_was_sent_to_alice_and_why_some_did_not_arrive(support: Client, alice: Account) -> None:
    first = Destination.objects.create(account=alice, slot=1, address="alice@example.jp")
    second = Destination.objects.create(
        account=alice, slot=2, address="work@example.co.jp", state="paused", paused_at=timezone.now()
    )
    report = make.trouble(make.service()).publish(by=None)
    mailing = Mailing.objects.get(renderer=mailings.REPORT)
    for destination, state, reason in ((first, "skipped", "outside_hours"), (second, "suppressed", "paused")):
        Letter.objects.create(
            mailing=mailing,
            recipient_key=destination.recipient_key,
            address=destination.address,
            language="ja",
            state=state,
            reason=reason,
        )
    suppression.add("alice@example.jp", Suppression.Reason.HARD)
    look(support, alice)
    text = support.get(f"/en{page(alice)}").content.decode()
    assert "Mail to the ID&#x27;s own address is stopped" in text or "Mail to the ID's own address is stopped" in text
    assert str(report.notice.number) in text
    assert "Skipped: outside the days and hours of the address" in text
    assert "Suppressed: the address is paused" in text
    assert "w•••@example.co.jp" in text
    assert "work@" not in text
