"""``import_payments``: checked first, stored once, bad rows told by line."""

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from madoguchi.accounts.tests.people import alice
from madoguchi.contracts.tests.household import household
from madoguchi.statements.models import Bill, ClosingRun, Payment

pytestmark = pytest.mark.django_db
OCTOBER = date(2026, 10, 1)
GOOD = "bill_number,state,on\n202610-0000001,paid,2026/11/30\n"


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
    bad = GOOD + "202610-9999999,paid,2026-11-30\n202610-0000001,gone,2026-11-30\n202610-0000001,paid,30.11.\n"
    said = run(tmp_path, bad.encode("utf-8-sig"), "--commit")
    assert "line 3: There is no bill 202610-9999999." in said
    assert "line 4: “gone” is neither paid nor unpaid." in said
    assert "line 5: “30.11.” is not a day" in said
    assert Payment.objects.count() == 1


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", b"\x00\x01", 'bill_number,state,on\n"x', b"\xff\xfe\xfd"])
def test_what_is_no_such_file_is_refused(tmp_path: Path, text: str | bytes) -> None:
    with pytest.raises(CommandError, match=r".+"):
        run(tmp_path, text, "--commit")
    assert not Payment.objects.exists()
