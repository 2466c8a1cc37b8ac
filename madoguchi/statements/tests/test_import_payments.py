"""``import_payments``: checked first, stored once, bad rows told by line."""

from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command

from madoguchi.accounts.tests.people import alice
from madoguchi.contracts.tests.household import household
from madoguchi.statements.models import Bill, ClosingRun, Payment, PaymentFile

pytestmark = pytest.mark.django_db
OCTOBER = date(2026, 10, 1)
GOOD = "bill_number,state,on\n202610-0000001,paid,2026/11/30\n"


@pytest.fixture(autouse=True)
def december() -> Iterator[None]:
    with time_machine.travel("2026-12-02T10:00:00+09:00", tick=False):
        yield


@pytest.fixture(autouse=True)
def bill() -> Bill:
    home = household(holder=alice())
    sums = dict.fromkeys(("lines", "discount", "fees", "adjustments", "brought", "carried", "tax", "cut", "total"), 0)
    run = ClosingRun.objects.create(month=OCTOBER)
    named = {"month": OCTOBER, "number": "202610-0000001", "due_on": date(2026, 11, 30)}
    return Bill.objects.create(run=run, contract=home.office, customer=home.customer, **named, **sums)


def run(folder: Path, text: str | bytes, *options: str) -> str:
    path = folder / "payments.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    out = StringIO()
    call_command("import_payments", str(path), "--language", "en", *options, stdout=out)
    return out.getvalue()


def test_it_is_checked_first_and_stored_when_told_to(tmp_path: Path, bill: Bill) -> None:
    assert "1  rows new" in run(tmp_path, GOOD)
    assert not Payment.objects.exists()
    assert "Stored." in run(tmp_path, GOOD, "--commit")
    told = Payment.objects.get()
    assert (told.bill, told.state, told.on, told.file_name) == (bill, "paid", date(2026, 11, 30), "payments.csv")


def test_the_same_file_again_changes_nothing_and_news_do(tmp_path: Path, bill: Bill) -> None:
    run(tmp_path, GOOD, "--commit")
    assert "1  rows the same" in run(tmp_path, GOOD, "--commit")
    run(tmp_path, GOOD.replace("paid,2026/11/30", "unpaid,2026-12-01"), "--commit")
    assert [told.state for told in Payment.objects.order_by("pk")] == ["paid", "unpaid"]
    assert Payment.objects.latest_of(Bill.objects.all())[bill.pk].state == "unpaid"


def test_bad_rows_are_told_and_the_good_ones_stored(tmp_path: Path) -> None:
    bad = (
        "202610-9999999,paid,2026-11-30\n202610-0000001,gone,2026-11-30\n202610-0000001,paid,30.11.\n"
        "202610-0000001,paid,2026-12-03\n,paid,2026-12-01\n202610-0000001,paid,2026-12-01,x\n"
    )
    said = run(tmp_path, (GOOD + bad).encode("utf-8-sig"), "--commit")
    assert "line 3, bill_number: There is no bill with this number." in said
    assert "line 4, state: “gone” is neither paid nor unpaid." in said
    assert "line 5, on: “30.11.” is not a day" in said
    assert "line 6, on: 2026-12-03 is yet to come." in said
    assert "line 7, bill_number: This column must not be empty." in said
    assert "line 8: The row has more cells" in said
    assert "6  rows rejected" in said
    assert Payment.objects.count() == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932"])
def test_files_come_as_spreadsheets_write_them(tmp_path: Path, encoding: str) -> None:
    text = "on,bill_number,state\r\n2026/12/1,２０２６１０-0000001,PAID\r\n\r\n"
    run(tmp_path, text.encode(encoding, errors="replace"), "--commit")
    assert Payment.objects.get().on == date(2026, 12, 1)


def test_what_the_command_stored_stands_among_the_files(tmp_path: Path) -> None:
    run(tmp_path, GOOD)
    assert not PaymentFile.objects.exists()
    run(tmp_path, GOOD, "--commit")
    file = PaymentFile.objects.get()
    assert (file.state, file.name, file.new, file.received_by) == ("done", "payments.csv", 1, None)


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", b"\x00\x01", 'bill_number,state,on\n"x', b"\xff\xfe\xfd"])
def test_what_is_no_such_file_is_refused(tmp_path: Path, text: str | bytes) -> None:
    with pytest.raises(CommandError, match=r".+"):
        run(tmp_path, text, "--commit")
    assert not Payment.objects.exists()
