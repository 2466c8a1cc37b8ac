"""Letters through a real relay: Postfix takes them over, pipelined, and what is behind it gets them whole."""

from collections import Counter

import pytest

from madoguchi.delivery.models import Mailing
from madoguchi.delivery.tests.conftest import _renderer, mailing, receiver, work  # noqa: F401 - fixtures
from madoguchi.delivery.tests.test_international import HANAKO
from madoguchi.delivery.tests.test_international import relay as international
from madoguchi.demo import certificates
from tests.postfix import postfix
from tests.running_demo import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

LETTERS = 120


def test_addresses_beyond_ascii_arrive_behind_postfix(mailing, work):  # noqa: F811
    with (
        international(takes_utf8=True) as (url, taken),
        postfix({"*": f"smtp:[127.0.0.1]:{url.rsplit(':')[-1]}"}) as it,
    ):
        letters = mailing(1, address=HANAKO)
        work(it.url, lambda: Mailing.objects.get(pk=letters.pk).finished_at is not None)
        assert "queued as" in letters.letters.get().reply
        wait_until(lambda: bool(taken.letters))
    [(options, recipient, mail)] = taken.letters
    assert (recipient, "SMTPUTF8" in options) == (HANAKO, True)
    assert HANAKO in str(mail["To"])


def test_letters_arrive_whole_behind_postfix(receiver, mailing, work, tmp_path, monkeypatch):  # noqa: F811
    made = certificates.make(tmp_path / "certificates")
    monkeypatch.setenv("SSL_CERT_FILE", str(made.authority))
    behind = {"*": f"smtp:[127.0.0.1]:{receiver.port}"}
    with postfix(behind, certificates=made) as relay:
        for url in (relay.url, f"smtp+starttls://127.0.0.1:{relay.port}"):
            letters = mailing(LETTERS)
            work(url, lambda it=letters: Mailing.objects.get(pk=it.pk).finished_at is not None, connections=3)
            replies = set(letters.letters.values_list("reply", flat=True))
            assert letters.progress() == {"sent": LETTERS}
            assert all("queued as" in reply for reply in replies)
        wait_until(lambda: len(receiver.accepted()) >= 2 * LETTERS)
        assert "improper command pipelining" not in relay.log()
    assert set(Counter(receiver.counted()).values()) == {2}
    # The strict parser finds nothing amiss, and the relay had nothing to mend.
    assert all(mail["Message-ID"].count("@") == 1 and mail["Subject"] for mail in receiver.mails())
