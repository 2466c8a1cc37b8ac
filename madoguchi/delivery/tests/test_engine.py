"""The engine against a real receiver: what it sends, when it does not, and how it recovers."""

import pytest

from madoguchi.delivery.models import Mailing

pytestmark = pytest.mark.django_db(transaction=True)


def finished(mailing: Mailing):
    return lambda: Mailing.objects.get(pk=mailing.pk).finished_at is not None


def test_every_letter_of_a_mailing_arrives_once(receiver, mailing, work):
    made = mailing(120)
    work(receiver.url, finished(made), batch=50)
    assert made.progress() == {"sent": 120}
    assert set(receiver.counted().values()) == {1}
    assert len(receiver.counted()) == 120
    for mail in receiver.mails():
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    letter = made.letters.get(recipient_key="7")
    assert (letter.tries, letter.reply, letter.leased_until) == (1, "250 kept", None)
