"""What a mail that came back is taken for, whatever its shape; and that nothing anybody sends breaks it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madoguchi.delivery.models import Return
from madoguchi.delivery.returns import reading, rules
from madoguchi.delivery.tests import returned
from madoguchi.delivery.tests.test_rules import table

Kind = Return.Kind


@pytest.mark.parametrize(("action", "status", "words", "kind"), table("action"))
def test_the_kind_is_the_tables(action, status, words, kind):
    assert rules.kind_of(action, status.strip("–"), words) == kind
    # And the same out of a whole report.
    fields = f"Final-Recipient: rfc822; {returned.TO}\nAction: {action}\nDiagnostic-Code: smtp; {words}\n"
    fields += f"Status: {status}\n" if status != "–" else ""
    (finding,) = reading.read(returned.dsn(fields=fields)).findings
    assert (finding.kind, finding.recipient) == (kind, returned.TO)
    assert finding.failed == (action == "failed")


@pytest.mark.parametrize(
    ("raw", "kind", "status"),
    [
        (returned.dsn(), Kind.HARD, "5.1.1"),
        (returned.dsn(subtype="global-delivery-status"), Kind.HARD, "5.1.1"),
        (returned.dsn(words="", status="4.2.2 (mailbox full)"), Kind.SOFT, "4.2.2"),
        (returned.exchange(), Kind.HARD, "5.1.10"),
        (returned.gmail(), Kind.SOFT, "5.2.2"),
        (returned.exim(), Kind.HARD, "5.1.1"),
        (returned.old_exim(), Kind.HARD, "5.1.1"),
        (returned.qmail(), Kind.HARD, "5.1.1"),
        (returned.carrier(), Kind.HARD, "5.0.0"),
        (returned.complaint(), Kind.COMPLAINT, ""),
        (returned.complaint("not-spam"), Kind.OTHER, ""),
    ],
)
def test_every_shape_is_understood(raw, kind, status):
    finding = reading.read(raw).findings[0]
    assert (finding.kind, finding.status) == (kind, status)
    assert "@" not in finding.words


def test_the_machines_part_may_be_encoded():
    (finding,) = reading.read(returned.dsn(base64=True)).findings
    assert (finding.kind, finding.recipient) == (Kind.HARD, returned.TO)


@pytest.mark.parametrize(
    "raw",
    [
        returned.out_of_office(),
        returned.out_of_office(marked=False),
        returned.out_of_office(marked=False, subject="自動返信: 工事のお知らせ"),
        returned.read_receipt(),
    ],
)
def test_what_nobody_wrote_is_no_bounce(raw):
    read = reading.read(raw)
    assert read.automatic
    assert read.findings == ()


def test_a_letter_by_a_person_says_nothing():
    assert reading.read(b"From: taro@example.jp\nSubject: Thank you\n\nCall me at 550, not 404.\n") == reading.Reading()


def test_words_carry_no_address_and_no_number():
    (finding,) = reading.read(returned.dsn(words=f"smtp; 550 5.1.1 <{returned.TO}> 090-1234-5678 unknown")).findings
    assert finding.words == "550 5.1.1 <•••> ••• unknown"


def test_words_can_be_stored_whatever_bytes_they_were():
    (finding,) = reading.read(returned.dsn().replace(b"User unknown", b"\xff\xfe\x00 \x1b$B")).findings
    assert finding.words.encode("utf-8")
    assert "\x00" not in finding.words


PIECES = st.sampled_from(
    [
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\n",
        b"Content-Type: multipart/mixed; boundary=x\n",
        b"Content-Type: message/delivery-status\n",
        b"Content-Type: message/feedback-report\n",
        b"Content-Type: message/rfc822\n",
        b'Content-Type: text/plain; charset="\0no-such"\n',
        b"Content-Type: text/html; charset=iso-2022-jp\n",
        b"Content-Transfer-Encoding: base64\n",
        b"Content-Transfer-Encoding: quoted-printable\n",
        b"Subject: =?utf-8?b?////?= =?x?q?=?=\n",
        b"From: MAILER-DAEMON@x\n",
        b"Auto-Submitted: auto-replied\n",
        b"Action: failed\nStatus: 5.1.1\n",
        b"Status: 9.9.9\nStatus: 5\nAction:\n",
        b"Final-Recipient: rfc822;\xff\x1b$B@\n",
        b"550 5.1.1 unknown <a@b>\n",
        b"\n",
        b"--x\n",
        b"--x--\n",
        b"=\xe5\x00\r\r\n",
    ]
)


@settings(max_examples=150)
@given(st.lists(PIECES | st.binary(max_size=40), max_size=25))
def test_nothing_that_can_be_sent_raises(pieces):
    for finding in reading.read(b"".join(pieces)).findings:
        assert len(finding.words.encode()) <= 1200
        assert finding.kind in Kind


@settings(max_examples=60)
@given(st.integers(0, 2000), st.binary(min_size=1, max_size=4))
def test_a_damaged_report_never_raises(place, damage):
    raw = returned.dsn()
    reading.read(raw[:place] + damage + raw[place + len(damage) :])
    reading.read(raw[:place])


@pytest.mark.parametrize(
    "raw",
    [
        b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (depth, depth) for depth in range(3000)),
        b"".join(b"Content-Type: message/rfc822\n\n" for depth in range(3000)),
        b"Content-Type: multipart/report; boundary=x\n\n" + b"--x\nContent-Type: text/plain\n\n.\n" * 4_000,
        returned.dsn(fields="Action: failed\nStatus: 5.1.1\n\n" * 4_000),
        returned.dsn(words="a@" * 200_000),
        b"From: mailer-daemon@x\n\n" + b"550 " * 120_000,
        b"From: mailer-daemon@x\n\n" + b"<a" * 250_000,
    ],
    ids=["nested", "nested-messages", "many-parts", "many-recipients", "long-words", "many-replies", "html"],
)
def test_what_is_huge_or_nested_comes_to_an_end(raw):
    reading.read(raw)
