"""E8: the call statement of a month: who sees it, what it says, and that it adds up."""

import re
from datetime import date

import pytest
from django.utils import timezone

from madoguchi.accounts.models import AuthEvent
from madoguchi.accounts.tests.people import sign_in
from madoguchi.contracts.models import UsageKind
from madoguchi.statements.closing.close import close_month
from madoguchi.support.charges.tests.month import prove, row, take_in

OURS = "05000000101"
OFFICE = "/my/charges/usage/C100000001/ip050/"
BRANCH = "/my/charges/usage/C100000002/ip050/"

pytestmark = pytest.mark.django_db


def minutes(n):
    return f"2026-10-01 {9 + n // 60:02}:{n % 60:02}:00"


@pytest.fixture
def worked_month(home, tmp_path):
    """The worked example of docs/rating.md in October: 30 × 180 s out, 30 × 180 s in."""
    out = [row(OURS, "0300001234", minutes(n), 180, ordinal=n) for n in range(30)]
    into = [row("0300001234", OURS, minutes(100 + n), 180, ordinal=100 + n) for n in range(30)]
    take_in(tmp_path, *out, *into)


def text(response):
    """What a reader sees, in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.mark.usefixtures("worked_month")
def test_the_worked_month_adds_up_on_the_page(hers):
    page = hers.get(f"/en{OFFICE}?month=2026-10")
    assert page.status_code == 200
    statement = page.context["statement"]
    # Lines ¥240, discount ¥45, two numbers at ¥2 + ¥1, tax 10 % of ¥201, floor.
    assert (statement.lines, statement.discount.amount, statement.subtotal) == (240_000, 45_000, 201_000)
    assert [(fee.numbers, fee.charge) for fee in statement.fees] == [(2, 2000), (2, 4000)]
    assert [(tax.base, tax.amount) for tax in statement.taxes] == [(201_000, 20)]
    assert statement.total == 221
    shares = [p.tax_share for p in (*statement.classes, statement.discount, *statement.fees)]
    assert sum(shares) == 20
    said = text(page)
    assert "5,400 s, 90 units of 60 s at ¥0.5 = ¥45" in said
    assert "Limited" not in said
    assert "October 2026" in said
    assert "Provisional The month is closed on 10 Nov 2026. Amounts may change until then." in said
    close_month(date(2026, 10, 1), now=timezone.now())
    closed = hers.get(f"/en{OFFICE}?month=2026-10")
    assert closed.context["statement"].total == 221
    assert "The month is closed on" not in text(closed)


@pytest.mark.usefixtures("home")
def test_a_line_says_when_who_where_how_long_and_how_much(hers, tmp_path):
    take_in(tmp_path, row(OURS, "1840300001234", "2026-11-20 09:00:05", 200, ordinal=1))
    said = text(hers.get(OFFICE))
    for words in (
        "11月20日（金）",
        "09:00:05",
        "03-0000-****",
        "発信",
        "固定電話",
        "東京",
        "3分20秒",
        "2 × 180秒",
        "¥16",
        "184",
    ):
        assert words in said
    assert "03-0000-1234" not in said
    assert "暫定" in said


@pytest.mark.usefixtures("home")
def test_the_discount_is_limited_to_the_charges_and_says_so(hers, tmp_path):
    take_in(
        tmp_path,
        row(OURS, "0300001234", "2026-10-01 09:00:00", 60, ordinal=1),
        row(OURS, "010442079460123", "2026-10-01 09:30:00", 60, ordinal=2),
        *(row("09000001234", OURS, minutes(70 * n), 3600, ordinal=n + 10) for n in range(5)),
    )
    page = hers.get(f"/en{OFFICE}?month=2026-10")
    statement = page.context["statement"]
    assert (statement.discount.earned, statement.discount.amount, statement.discount.limited) == (150_000, 8_000, True)
    assert "Limited to the call charges" in text(page)
    # The international call is charged and outside the tax base: tax on the fees alone.
    assert [(tax.base, tax.amount) for tax in statement.taxes] == [(6_000, 0)]
    assert statement.total == 26
    assert "No consumption tax" in text(page)


@pytest.mark.usefixtures("home")
def test_marks_say_what_the_charge_does_not(hers, tmp_path):
    take_in(
        tmp_path,
        row(OURS, "05000011234", "2026-10-01 09:00:00", 60, ordinal=1),
        row(OURS, "0570000123", "2026-10-01 09:10:00", 60, ordinal=2),
        row(OURS, "0300001234", "2026-10-01 09:20:00", 0, ordinal=3),
        row("anonymous", OURS, "2026-10-01 09:30:00", 60, ordinal=4),
    )
    said = text(hers.get(f"/en{OFFICE}?month=2026-10"))
    for words in ("Free", "Billed by another carrier", "No answer", "withheld"):
        assert words in said


@pytest.mark.usefixtures("home")
def test_fifty_or_a_hundred_lines_a_page_and_totals_over_all(hers, tmp_path):
    take_in(tmp_path, *(row(OURS, "0300001234", minutes(n), 60, ordinal=n) for n in range(230)))
    assert len(hers.get(f"{OFFICE}?month=2026-10").context["rows"]) == 50
    first, second = (hers.get(f"{OFFICE}?month=2026-10&lines=100&page={n}") for n in (1, 3))
    assert [len(page.context["rows"]) for page in (first, second)] == [100, 30]
    assert first.context["statement"].lines == second.context["statement"].lines == 230 * 8000
    assert hers.get(f"{OFFICE}?month=2026-10&page=oops").status_code == 200


@pytest.mark.usefixtures("home")
def test_a_month_without_calls_has_its_fees_and_says_it_is_empty(hers):
    page = hers.get(f"{OFFICE}?month=2026-06")
    assert page.status_code == 200
    assert "この月の明細はありません" in text(page)


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("month", ["2026-04", "2026-12", "2026-13", "oops", "2026-11-01", "\0", "９９９９"])
def test_a_month_that_is_not_offered_is_a_clear_page(hers, month):
    page = hers.get(f"/en{OFFICE}", {"month": month})
    assert page.status_code == 422
    assert "There is no statement for that month" in text(page)
    assert not AuthEvent.objects.filter(method=AuthEvent.Method.CALL_RECORDS).exists()


@pytest.mark.usefixtures("home")
def test_the_running_month_and_six_before_it_are_offered(hers):
    page = hers.get(f"/en{OFFICE}")
    values = [value for value, _ in page.context["month_form"].fields["month"].choices]
    assert values == ["2026-11", "2026-10", "2026-09", "2026-08", "2026-07", "2026-06", "2026-05"]
    assert "November 2026 (so far)" in text(page)


def test_every_look_is_in_the_ledger_and_no_cache_keeps_it(hers, home, people):
    page = hers.get(f"{OFFICE}?month=2026-10")
    assert "no-store" in page["Cache-Control"]
    look = AuthEvent.objects.get(method=AuthEvent.Method.CALL_RECORDS)
    assert (look.account, look.contract_number, look.detail) == (people[0], home.office.number, "2026-10 calls page")


def test_without_the_contact_phone_the_way_leads_to_verification(client, people, home):
    sign_in(client, people[0])
    assert client.get(OFFICE)["Location"] == "/my/verify/"
    assert not AuthEvent.objects.filter(method=AuthEvent.Method.CALL_RECORDS).exists()


def test_the_colleague_sees_the_contract_shared_and_no_other(client, people, home):
    sign_in(client, people[1])
    prove(client, people[1], home.branch)
    assert client.get(BRANCH).status_code == 200
    assert client.get(OFFICE).status_code == 404


def test_the_stranger_finds_nothing(client, people, home):
    sign_in(client, people[2])
    prove(client, people[2], home.office)
    for path in (OFFICE, BRANCH, "/my/charges/usage/C999999999/ip050/"):
        assert client.get(path).status_code == 404
    for path in ("/my/charges/", "/my/charges/usage/"):
        page = client.get(path)
        assert page.status_code == 200
        assert "C10000000" not in text(page)


@pytest.mark.parametrize("path", [OFFICE, "/my/charges/", "/my/charges/usage/"])
def test_who_is_not_signed_in_is_asked_to(client, home, path):
    assert client.get(path)["Location"].startswith("/id/login/?next=")


def test_a_kind_the_contract_is_not_of_is_not_found(hers):
    assert hers.get("/my/charges/usage/C100000001/optical/").status_code == 404
    assert hers.get("/my/charges/usage/C100000001/internet/").status_code == 404


@pytest.mark.usefixtures("worked_month")
def test_the_operator_may_let_the_holder_see_whole_numbers(hers, settings):
    settings.WHOLE_NUMBERS = "holder"
    page = f"{OFFICE}?month=2026-10"
    assert "03-0000-1234" not in text(hers.get(page))  # until asked for
    assert hers.post(page, {"act": "whole"}).status_code == 302
    assert "03-0000-1234" in text(hers.get(page))
    assert AuthEvent.objects.filter(detail="whole_numbers").count() == 1
    hers.post(page, {"act": "masked"})
    assert "03-0000-1234" not in text(hers.get(page))
    settings.WHOLE_NUMBERS = "nobody"
    hers.post(page, {"act": "whole"})
    assert "03-0000-1234" not in text(hers.get(page))


def test_whole_numbers_are_never_the_colleagues(client, people, home, settings, tmp_path):
    settings.WHOLE_NUMBERS = "holder"
    take_in(tmp_path, row("05000000201", "0300001234", "2026-10-01 09:00:00", 60, ordinal=1))
    sign_in(client, people[1])
    prove(client, people[1], home.branch)
    client.post(f"{BRANCH}?month=2026-10", {"act": "whole"})
    said = text(client.get(f"{BRANCH}?month=2026-10"))
    assert "03-0000-****" in said
    assert "03-0000-1234" not in said


def test_choosing_shows_each_contract_and_its_kind(hers, home):
    home.branch.usage_kind = UsageKind.INTERNET
    home.branch.save()
    said = hers.get("/en/my/charges/usage/").content.decode()
    assert f'href="/en{OFFICE}"' in said
    assert f'href="/en/my/charges/usage/{home.branch.number}/internet/"' in said
    assert "C100000002" in text(hers.get("/my/charges/"))
