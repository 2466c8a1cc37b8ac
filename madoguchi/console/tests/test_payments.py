"""``/console/payments/``: a file of payments is checked, then stored or given up; bad rows come back mended."""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from madoguchi.accounts.models import StaffRole
from madoguchi.accounts.tests.people import alice, sign_in, staff
from madoguchi.console.models import AuditEntry
from madoguchi.contracts.tests.household import household
from madoguchi.statements.billing import payment_files, payment_work
from madoguchi.statements.models import Bill, ClosingRun, Payment, PaymentFile

pytestmark = pytest.mark.django_db(transaction=True)
PLACE = "/en/console/payments/"
GOOD = "bill_number,state,on\n202610-0000001,paid,2026-11-30\n"
BAD = "202610-0000009,paid,2026-11-30\n202610-0000001,paid,2027-01-01\n"


@pytest.fixture
def billing(settings: Any, tmp_path: Path) -> Iterator[Client]:
    settings.RECEIVED = tmp_path / "received"
    with time_machine.travel("2026-12-02T10:00:00+09:00", tick=False):
        home = household(holder=alice())
        sums = ("lines", "discount", "fees", "adjustments", "brought", "carried", "tax", "cut", "total")
        month = date(2026, 10, 1)
        Bill.objects.create(
            run=ClosingRun.objects.create(month=month),
            contract=home.office,
            customer=home.customer,
            month=month,
            number="202610-0000001",
            due_on=date(2026, 11, 30),
            **dict.fromkeys(sums, 0),
        )
        client = Client()
        sign_in(client, staff(StaffRole.BILLING), second_factor=True)
        yield client


def sent(client: Client, content: str | bytes, name: str = "books.csv") -> PaymentFile:
    content = content.encode() if isinstance(content, str) else content
    answer: Any = client.post(PLACE, {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302, answer.content.decode()
    return PaymentFile.objects.latest("pk")


def worked(file: PaymentFile) -> str:
    payment_work.go_on(file.pk)
    file.refresh_from_db()
    return file.state


def page(client: Client, file: PaymentFile) -> str:
    return client.get(f"{PLACE}{file.pk}/").content.decode()


def test_a_file_is_checked_shown_confirmed_and_stored(billing: Client) -> None:
    file = sent(billing, GOOD + BAD)
    assert 'http-equiv="refresh"' in page(billing, file)
    assert worked(file) == "checked"
    shown = page(billing, file)
    assert "Nothing is stored yet." in shown
    assert "Store 1 row<" in shown
    assert "There is no bill with this number." in shown
    assert "2027-01-01 is yet to come." in shown
    assert not Payment.objects.exists()
    for _twice in range(2):
        assert billing.post(f"{PLACE}{file.pk}/confirm/").status_code == 302
    assert worked(file) == "done"
    assert worked(file) == "done"
    told = Payment.objects.get()
    assert (told.state, told.file_name, told.told_by) == ("paid", "books.csv", file.decided_by)
    assert told.told_by is not None
    assert "What came of it" in page(billing, file)
    assert not file.path.exists()
    acts = AuditEntry.objects.order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["payments.upload", "payments.confirm"]
    again = sent(billing, GOOD)
    worked(again)
    assert "There is nothing new to store." in page(billing, again)
    billing.post(f"{PLACE}{again.pk}/confirm/")
    assert worked(again) == "checked"


def test_rejected_rows_are_fetched_mended_and_sent_again(billing: Client) -> None:
    file = sent(billing, GOOD + BAD)
    worked(file)
    fetch = f"{PLACE}{file.pk}/rejected.csv"
    answer: Any = billing.get(fetch)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(StringIO(text)))
    assert rows[0] == ["line", "reason", "bill_number", "state", "on"]
    assert rows[2] == ["4", "on: 2027-01-01 is yet to come.", "202610-0000001", "paid", "2027-01-01"]
    japanese: Any = billing.get(fetch.removeprefix("/en"))
    assert "まだ来ていない日付です" in b"".join(japanese.streaming_content).decode("utf-8-sig")
    again = sent(billing, text.replace("paid,2027-01-01", "unpaid,2026-12-01"))
    worked(again)
    billing.post(f"{PLACE}{again.pk}/confirm/")
    assert worked(again) == "done"
    assert Payment.objects.get().state == "unpaid"
    assert again.rejected == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "The file is empty."),
        ("bill_number,on\n1,2\n", "It has: bill_number, on."),
        ("bill_number,state,on,amount\n", "It has: bill_number, state, on, amount."),
        (GOOD + '"open', "Line 3 is not complete CSV"),
        (b"\x81\xff\x00\x80", "not text in UTF-8, UTF-16 or CP932"),
        (b"\x1f\x8b\x08\x00", "cannot be unpacked"),
    ],
)
def test_a_file_that_is_none_is_refused(billing: Client, content: str | bytes, words: str) -> None:
    file = sent(billing, content)
    assert worked(file) == "refused"
    assert words in page(billing, file)
    assert not file.path.exists()
    assert not Payment.objects.exists()


def test_what_is_sent_wrong_is_said_beside_the_field(billing: Client) -> None:
    answer = billing.post(PLACE, {})
    assert answer.status_code == 422
    assert answer.content.decode().count("Please choose a file.") == 2
    assert not PaymentFile.objects.exists()


def test_files_given_up_leave_nothing_behind_nor_do_those_nobody_decides_about(billing: Client) -> None:
    file, waiting = sent(billing, GOOD + BAD), sent(billing, GOOD + BAD)
    worked(file)
    worked(waiting)
    billing.post(f"{PLACE}{file.pk}/give-up/")
    assert not file.folder.exists()
    billing.post(f"{PLACE}{file.pk}/confirm/")
    assert worked(file) == "dropped"
    payment_files.tidy(now=timezone.now() + timedelta(days=8))
    assert worked(waiting) == "dropped"
    assert not waiting.folder.exists()
    assert not Payment.objects.exists()


def test_a_worker_that_died_is_followed_by_another_three_times(
    billing: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = sent(billing, GOOD)

    def dies(*_args: Any, **_options: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(payment_work, "take_payments", dies)
        for _try in range(3):
            with pytest.raises(KeyboardInterrupt):
                payment_work.go_on(file.pk)
    payment_files.take_up()
    assert worked(file) == "refused"
    assert "interrupted each time" in page(billing, file)
