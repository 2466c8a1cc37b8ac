"""A letter to nobody, through a real relay: Postfix's own report comes back to our receiver and pauses the address."""

import smtplib

import pytest

from madoguchi.delivery.models import Letter, Mailing, Return, ReturnTally
from madoguchi.delivery.returns import path, suppression
from madoguchi.delivery.tests.conftest import work  # noqa: F401 - a fixture
from madoguchi.delivery.tests.receiving import receiving
from madoguchi.lib.ports import free_port
from madoguchi.notices import audience
from madoguchi.notices.tests import make
from tests.postfix import postfix
from tests.running_demo import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

GONE, FULL, FINE, SLOW = (f"hanako@{name}.example" for name in ("gone", "full", "fine", "slow"))


def test_what_postfix_sends_back_is_understood_and_acted_on(work, settings):  # noqa: F811
    port, service, hanako = free_port(), make.service(), make.account("hanako", language="ja")
    transports = {
        "gone.example": "error:5.1.1 user unknown",
        "full.example": "error:5.2.2 mailbox full",
        "slow.example": "retry:4.4.1 out of reach",
        "fine.example": "discard:",
        # Where the owners read that an address of theirs was paused.
        "example.jp": "discard:",
        settings.RETURN_DOMAIN: f"lmtp:inet:127.0.0.1:{port}",
    }
    make.follows(hanako, service)
    for slot, address in enumerate((GONE, FULL, FINE), start=1):
        make.reads(hanako, slot=slot, address=address)
    jiro = make.account("jiro")
    make.follows(jiro, service)
    make.reads(jiro, address=SLOW)
    # A word to the sender about what takes longer than a moment.
    hasty = {"delay_warning_time": "1s", "queue_run_delay": "1s"}
    with receiving(f"lmtp://127.0.0.1:{port}"), postfix(transports, settings=hasty) as relay:
        mailing = _published(service)
        work(relay.url, lambda: Mailing.objects.get(pk=mailing.pk).finished_at is not None)
        wait_until(lambda: Return.objects.count() >= 3)
        _forge(relay.port, Letter.objects.get(address=FINE))
    kinds = {Letter.objects.get(pk=row.letter).address: (row.kind, row.status) for row in Return.objects.all()}
    assert kinds == {GONE: ("hard", "5.1.1"), FULL: ("soft", "5.2.2"), SLOW: ("delayed", "4.4.1")}
    assert dict(mailing.letters.values_list("address", "state")) == {
        GONE: "bounced",
        FULL: "bounced",
        FINE: "sent",
        SLOW: "sent",
    }
    assert dict(hanako.destinations.values_list("address", "state")) == {
        GONE: "paused",
        FULL: "verified",
        FINE: "verified",
    }
    assert suppression.suppressed([GONE, FULL, FINE]) == {GONE}
    assert ReturnTally.objects.get().why == "forged"


def _published(service) -> Mailing:
    report = make.trouble(service)
    report.publish(by=None)
    mailing = Mailing.objects.get(renderer="notices.report", reference=str(report.pk))
    audience.write_letters(mailing_id=mailing.pk)
    return mailing


def _forge(port: int, letter: Letter) -> None:
    """A bounce that somebody else wrote, with a mark that is not ours: the relay learns at RCPT that there is no such
    address."""
    to = path.return_path(letter.pk).decode()
    wrong = to[: to.index("@") - 1] + ("0" if to[to.index("@") - 1] != "0" else "1") + to[to.index("@") :]
    before = _refused()
    with smtplib.SMTP("127.0.0.1", port) as relay:
        relay.sendmail("", [wrong], b"Subject: Undelivered\r\n\r\n550 5.1.1 unknown\r\n")
    wait_until(lambda: _refused() > before)


def _refused() -> int:
    return sum(ReturnTally.objects.values_list("number", flat=True))
