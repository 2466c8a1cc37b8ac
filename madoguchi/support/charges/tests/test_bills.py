"""E6, bills: amounts by month, one bill line by line, and the invoice, which say the same."""

import re
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.utils import timezone, translation

from madoguchi.accounts.models import Account
from madoguchi.accounts.tests.people import alice, bob, charlie, sign_in
from madoguchi.contracts.models import Contract
from madoguchi.contracts.tests.household import Household, household
from madoguchi.shell.templatetags.shell import milliyen, yen
from madoguchi.statements.billing.invoice import invoice
from madoguchi.statements.billing.sheets import Sheet, sheet_of
from madoguchi.statements.closing.close import close_month
from madoguchi.statements.models import Adjustment, Bill, HidingChoice, Payment
from madoguchi.statements.reading.hiding import choose
from madoguchi.statements.tests.pdf import text_of

from .month import prove, row, take_in

pytestmark = pytest.mark.django_db
OCTOBER = date(2026, 10, 1)
NOW = datetime(2026, 11, 22, 12, tzinfo=ZoneInfo("Asia/Tokyo"))


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def home(tmp_path: Path) -> Household:
    """Calls of October to a fixed line, a mobile and abroad, closed; one of November."""
    charlie()
    home = household(holder=alice(), colleague=bob())
    take_in(
        tmp_path,
        *(row("05000000101", "0312345678", f"2026-10-{n:02} 09:00:00", 200, ordinal=n) for n in range(1, 31)),
        row("05000000101", "09012345678", "2026-10-05 10:00:00", 61, ordinal=41),
        row("05000000101", "010442079460123", "2026-10-06 10:00:00", 61, ordinal=42),
        row("05000000201", "0312345678", "2026-10-05 10:00:00", 10, ordinal=43),
        row("05000000101", "0312345678", "2026-11-02 09:00:00", 10, ordinal=44),
    )
    close_month(OCTOBER, now=timezone.now())
    return home


def browser(name: str, home: Household, *, proven: bool = True) -> Client:
    client = Client()
    account = Account.objects.get(email__startswith=f"{name}@")
    sign_in(client, account)
    if proven:
        prove(client, account, home.office)
    return client


def sheet(home: Household) -> Sheet:
    return sheet_of(Bill.objects.get(contract=home.office, month=OCTOBER))


def url(home: Household, rest: str = "2026-10/") -> str:
    return f"/my/charges/bills/{home.office.number}/{rest}"


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_the_bill_shows_its_lines_and_they_make_its_total(home: Household):
    page = browser("alice", home).get(url(home)).text
    shown = sheet(home)
    with translation.override("ja"):
        for line in shown.lines:
            assert line.words in page
            assert milliyen(line.amount) in page
    assert sum(line.amount for line in shown.lines) + shown.tax * 1000 - shown.cut == shown.total * 1000
    assert yen(shown.total) in page
    assert shown.number in page
    assert "2026年11月30日" in page, "due on the 10th and 20 days"
    assert "請求済み" in page
    assert "no-store" in browser("alice", home).get(url(home))["Cache-Control"]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_invoice_says_what_the_page_says(home: Household, language: str):
    prefix = "/en" if language == "en" else ""
    answer = browser("alice", home).get(f"{prefix}{url(home)}invoice.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="bill-202610-0000001.pdf"'
    assert "no-store" in answer["Cache-Control"]
    shown = sheet(home)
    text = squeezed(text_of(b"".join(answer)))
    with translation.override(language):
        for line in shown.lines:
            assert squeezed(f"{line.words}{milliyen(line.amount)}") in text
        for each in shown.sums:
            assert squeezed(f"{each.words}{milliyen(each.base)}") in text
    told = ("T9000000000000", home.customer.name, home.customer.number, shown.number, yen(shown.total))
    for said in told:
        assert squeezed(said) in text
    issuer = "AobaTelecomCo.,Ltd." if language == "en" else "あおば通信株式会社"
    assert issuer in text
    assert ("適格請求書" in text) == (language == "ja")


def test_without_a_registration_it_is_a_bill_and_no_qualified_invoice(home: Household, settings):
    settings.INVOICE_NUMBER = ""
    text = text_of(b"".join(browser("alice", home).get(f"{url(home)}invoice.pdf")))
    assert "適格請求書" not in text
    assert "登録番号" not in text


def test_the_same_bill_is_the_same_file(home: Household):
    hers = browser("alice", home)
    assert b"".join(hers.get(f"{url(home)}invoice.pdf")) == b"".join(hers.get(f"{url(home)}invoice.pdf"))


def test_the_list_of_a_month_adds_up_what_is_open_to_the_session(home: Household):
    page = browser("alice", home).get("/my/charges/bills/").text
    whole = sum(Bill.objects.issued().filter(month=OCTOBER).values_list("total", flat=True))
    assert yen(whole) in page
    hidden = browser("alice", home, proven=False).get("/my/charges/bills/").text
    assert home.office.number in hidden
    assert yen(whole) not in hidden
    assert yen(sheet(home).total) not in hidden


def test_the_running_month_says_so(home: Household):
    hers = browser("alice", home)
    page = hers.get(url(home, "2026-11/")).text
    assert "暫定" in page
    assert "2026年12月10日" in page
    assert "invoice.pdf" not in page
    assert hers.get(f"{url(home, '2026-11/')}invoice.pdf").status_code == 404
    assert "暫定" in hers.get("/my/charges/bills/?month=2026-11").text
    for shown in (page, hers.get(url(home, "")).text, hers.get("/my/charges/bills/?month=2026-11").text):
        assert "2026年12月30日" in shown, "due on the 10th and 20 days, wherever the month is shown"


def test_a_contract_of_which_nothing_was_ever_billed_says_so(home: Household):
    contract = home.office
    contract.pk, contract.number = None, "C100000099"
    contract.save()
    hers = browser("alice", home)
    assert "このご契約の請求はまだありません" in hers.get("/my/charges/bills/C100000099/").text
    running = hers.get("/my/charges/bills/C100000099/2026-11/").text
    assert "この月のご請求はありません" in running
    assert "2026年12月30日" not in running
    Contract.objects.filter(number="C100000099").update(ended_on=date(2026, 11, 10))
    assert "まだ" not in hers.get("/my/charges/bills/C100000099/").text


def test_months_of_a_contract(home: Household):
    page = browser("alice", home).get(url(home, "")).text
    assert "2026年10月" in page
    assert "2026年11月" in page
    assert f"{url(home)}invoice.pdf" in page


@pytest.mark.parametrize("month", ["2019-01", "2027-03", "2026-13", "x"])
def test_a_month_without_a_bill_is_not_found(home: Household, month: str):
    assert browser("alice", home).get(url(home, f"{month}/")).status_code == 404


def test_a_month_that_is_not_offered_is_said_beside_the_field(home: Household):
    page = browser("alice", home).get("/my/charges/bills/?month=1999-01&q=%00C1")
    assert page.status_code == 422
    assert "1999-01" not in page.text or "error" in page.text


def test_contracts_are_found_by_a_part_of_their_number(home: Household):
    page = browser("alice", home).get("/my/charges/bills/", {"q": home.branch.number[-4:]}).text
    assert home.branch.number in page
    assert home.office.number not in page
    assert "該当するご契約" in browser("alice", home).get("/my/charges/bills/", {"q": "無い"}).text


def test_what_the_books_say_of_a_payment_is_shown(home: Household):
    bill = Bill.objects.get(contract=home.office, month=OCTOBER)
    Payment.objects.create(bill=bill, state=Payment.State.UNPAID, on=date(2026, 11, 20))
    hers = browser("alice", home)
    assert "お支払いを確認できていません" in hers.get(url(home)).text
    Payment.objects.create(bill=bill, state=Payment.State.PAID, on=date(2026, 11, 21))
    page = hers.get(url(home)).text
    assert "お支払い済み" in page
    assert "お支払いを確認できていません" not in page
    assert "お支払い済み" in hers.get("/my/charges/bills/").text


def test_a_late_call_stands_beside_what_was_billed(home: Household, tmp_path: Path):
    take_in(tmp_path, row("05000000101", "0312345678", "2026-10-20 09:00:00", 200, ordinal=50))
    hers = browser("alice", home)
    page = hers.get(url(home, "2026-11/")).text
    assert "確定済みの月の訂正" in page
    assert "03-1234-****" in page
    statement = f"/my/charges/usage/{home.office.number}/ip050/?month=2026-11"
    hers.post(statement, {"act": "whole"})
    assert "03-1234-5678" in hers.get(url(home, "2026-11/")).text
    assert "確定済みの月の訂正" in hers.get(statement).text


def test_lines_put_right_stand_as_they_began_and_say_what_they_are(home: Household, tmp_path: Path):
    later, earlier = (
        row("05000000101", "0312345678", f"2026-10-{day} 09:00:00", 200, ordinal=day + 80) for day in (20, 12)
    )
    take_in(tmp_path, later)
    take_in(tmp_path, earlier)
    hers = browser("alice", home)
    page = hers.get(url(home, "2026-11/")).text
    assert page.index("2026年10月12日") < page.index("2026年10月20日")
    assert "SMS" not in page
    Adjustment.objects.filter(contract=home.office).update(records="messages")
    assert "SMS" in hers.get(url(home, "2026-11/")).text


def test_more_lines_put_right_than_a_page_holds(home: Household, tmp_path: Path):
    starts = (f"2026-10-20 09:{n // 60:02}:{n % 60:02}" for n in range(101))
    late = [row("05000000101", "0312345678", start, 20, ordinal=100 + n) for n, start in enumerate(starts)]
    take_in(tmp_path, *late)
    hers = browser("alice", home)
    assert hers.get(url(home, "2026-11/")).text.count("2026年10月20日") == 100
    assert hers.get(url(home, "2026-11/?page=2")).text.count("2026年10月20日") == 1
    statement = hers.get(f"/my/charges/usage/{home.office.number}/ip050/?month=2026-11").text
    assert statement.count("2026年10月20日") == 20
    assert f'<a href="{url(home, "2026-11/")}#adjustments">101件すべて' in statement


def test_a_late_call_to_a_help_line_is_not_listed_where_they_are_hidden(home: Household, tmp_path: Path):
    late = [("0312345678", "2026-10-20 09:00:00", 50), ("0120279889", "2026-10-20 10:00:00", 51)]
    take_in(tmp_path, *(row("05000000101", other, start, 200, ordinal=ordinal) for other, start, ordinal in late))
    hers = browser("alice", home)
    assert "10:00 JST" in hers.get(url(home, "2026-11/")).text
    holder = Account.objects.get(email__startswith="alice@")
    choose(home.office, HidingChoice.From.EVERYBODY, by=holder)
    for page in (url(home, "2026-11/"), f"/my/charges/usage/{home.office.number}/ip050/?month=2026-11"):
        text = hers.get(page).text
        assert "2026年10月20日（火）09:00 JST" in text
        assert "10:00 JST" not in text


def test_a_bill_of_nothing_has_no_day_to_pay_by(tmp_path: Path):
    home = household(holder=alice(), colleague=bob())
    home.office.telephone_numbers.update(ended_on=date(2026, 10, 20))  # no fee is for a number that is gone
    take_in(tmp_path, row("05000000101", "0120444444", "2026-10-05 10:00:00", 10, ordinal=1))
    close_month(OCTOBER, now=timezone.now())
    hers = browser("alice", home)
    for page in (f"/my/charges/bills/?q={home.office.number}", url(home, ""), url(home)):
        text = hers.get(page).text
        assert "お支払いなし" in text
        assert "2026年11月30日" not in text
    file = squeezed(text_of(b"".join(hers.get(f"{url(home)}invoice.pdf"))))
    assert "お支払い期限–" in file
    assert "2026年11月30日" not in file


def test_each_sheet_of_a_bill_says_which_bill_it_is(home: Household):
    shown = sheet(home)
    many = replace(shown, lines=shown.lines * 20)
    text = squeezed(text_of(b"".join(invoice(many, "ja"))))
    sheets = int(re.findall(rf"{shown.number}\d/(\d)", text)[-1])
    assert sheets > 1
    assert [f"{shown.number}{n}/{sheets}" in text for n in range(1, sheets + 1)] == [True] * sheets


@pytest.mark.parametrize("rest", ["", "2026-10/", "2026-11/", "2026-10/invoice.pdf"])
def test_who_may_open_them(home: Household, rest: str):
    assert browser("alice", home).get(url(home, rest)).status_code == 200
    unproven = browser("alice", home, proven=False).get(url(home, rest))
    assert unproven.status_code == 302
    assert unproven["Location"] == "/my/verify/"
    for name in ("bob", "charlie"):
        assert browser(name, home).get(url(home, rest)).status_code == 404, name
    assert Client().get(url(home, rest))["Location"].startswith("/id/login/")
    his = f"/my/charges/bills/{home.branch.number}/{rest}"
    assert browser("bob", home).get(his).status_code == 200, "the branch is Bob's too"


def test_the_plan_is_in_the_readers_language_where_the_operator_gives_it(home: Household):
    hers = browser("alice", home)
    pages = (f"/my/?contract={home.office.number}", "/my/charges/", "/my/charges/bills/", url(home, ""), url(home))
    for page in pages:
        text = hers.get(f"/en{page}").text
        assert f'<span lang="ja">{home.office.plan}</span>' in text, page
    Contract.objects.filter(pk=home.office.pk).update(plan_en="Office 10")
    for page in pages:
        assert "Office 10" in hers.get(f"/en{page}").text, page
        assert "Office 10" not in hers.get(page).text, page
    assert "Office10" in squeezed(text_of(b"".join(hers.get(f"/en{url(home)}invoice.pdf"))))
    assert home.office.number in hers.post("/en/my/charges/", {"q": "office 10"}, follow=True).text


@pytest.mark.parametrize("tab", ["", "bills/", "usage/"])
def test_without_a_contract_each_tab_leads_to_linking_one(home: Household, tab: str):
    page = browser("charlie", home, proven=False).get(f"/my/charges/{tab}").text
    assert "C10000000" not in page
    assert 'href="/my/contracts/add/"' in page


def test_who_sees_one_contract_is_offered_no_other(home: Household):
    bills = f"/my/charges/bills/{home.branch.number}/"
    offered = {
        "/my/charges/": 'id="contracts-q"',
        "/my/charges/bills/": 'id="id_q"',
        bills: "ほかの契約を見る",
        f"/my/charges/usage/{home.branch.number}/ip050/": "ほかの契約を見る",
    }
    hers, his = browser("alice", home), browser("bob", home)
    prove(hers, Account.objects.get(email__startswith="alice@"), home.branch)
    prove(his, Account.objects.get(email__startswith="bob@"), home.branch)
    for page, words in offered.items():
        assert words in hers.get(page).text, page
        assert words not in his.get(page).text, page
    assert 'id="id_q"' in his.get("/my/charges/bills/?q=C1").text, "what was asked for can be taken back"
