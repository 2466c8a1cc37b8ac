"""Which lines of a statement are shown, in which order, why they cost what they cost, and what no address says."""

import re
from datetime import date

import pytest

from madoguchi.contracts.models import TelephoneNumber
from madoguchi.statements.models import Call, IncomingCallDiscount
from madoguchi.statements.reading.half_year import MonthTotal
from madoguchi.support.charges.chart import chart
from madoguchi.support.charges.tests.month import row, take_in

OFFICE = "/my/charges/usage/C100000001/ip050/"
OCTOBER = f"/en{OFFICE}?month=2026-10"
FIRST, SECOND = "05000000101", "05000000102"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _month(home, tmp_path):
    """Six calls of October, by both numbers of the office, of four classes."""
    take_in(
        tmp_path,
        row(FIRST, "0300001234", "2026-10-01 09:00:00", 200, ordinal=1),
        row(FIRST, "09000001234", "2026-10-02 09:00:00", 61, ordinal=2),
        row(SECOND, "010442079460123", "2026-10-02 10:00:00", 60, ordinal=3),
        row(SECOND, "05000011234", "2026-10-03 09:00:00", 600, ordinal=4),
        row("0300005678", FIRST, "2026-10-03 10:00:00", 90, ordinal=5),
        row(FIRST, "117", "2026-10-04 00:00:00", 30, ordinal=6),
    )


def talks(page):
    """The lines shown, known by their talk time."""
    return [next(cell.words for cell in row.cells if cell.column.code == "talk") for row in page.context["rows"]]


def flat(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


ALL = ["3 min 20 s", "1 min 1 s", "1 min", "10 min", "1 min 30 s", "30 s"]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ALL),
        ("order=-date", ALL[::-1]),
        ("order=-talk", ["10 min", "3 min 20 s", "1 min 30 s", "1 min 1 s", "1 min", "30 s"]),
        ("order=-charge&paid=on", ["1 min 1 s", "1 min", "3 min 20 s", "30 s"]),
        ("direction=in", ["1 min 30 s"]),
        ("direction=out&class=fixed", ["3 min 20 s"]),
        ("day=2", ["1 min 1 s", "1 min"]),
        ("day=4", ["30 s"]),  # the day of the operator's clock
        ("class=mobile&day=1", []),
    ],
)
def test_lines_are_narrowed_and_ordered_by_the_address(hers, query, shown):
    page = hers.get(f"{OCTOBER}&{query}")
    assert talks(page) == shown
    # The charges above are of the whole month, whatever is asked for.
    assert page.context["statement"].calls.calls == 6


def test_the_sums_are_of_the_lines_asked_for(hers):
    page = hers.get(f"{OCTOBER}&direction=out&paid=on")
    assert {column.code: value for column, value in page.context["sums"]} == {
        "talk": 200 + 61 + 60 + 30,
        "charge": sum(line.charge for line in page.context["page_obj"]),
    }
    assert page.context["page_obj"].paginator.count == 4


def test_an_own_number_stands_in_the_address_as_a_key(hers, home):
    key = TelephoneNumber.objects.get(number="+815000000102").pk
    page = hers.get(f"{OCTOBER}&own={key}")
    assert talks(page) == ["1 min", "10 min"]
    assert f"own={key}" in page.content.decode()
    both = {each["number"]: each["both"] for each in page.context["own_numbers"]}
    assert both["+815000000102"].outgoing.calls == 2
    assert both["+815000000101"].incoming.calls == 1
    everything = page.context["statement"].calls.all
    assert sum(each.outgoing.charge for each in both.values()) == everything.outgoing.charge
    stranger = TelephoneNumber.objects.get(number="+815000000201").pk
    assert hers.get(f"{OCTOBER}&own={stranger}").status_code == 422


@pytest.mark.parametrize("query", ["direction=up", "class=nothing", "day=32", "order=other", "lines=1000", "own=x"])
def test_what_is_not_offered_is_said_beside_its_field(hers, query):
    page = hers.get(f"{OCTOBER}&{query}")
    assert page.status_code == 422
    assert "This is not one of the choices" in flat(page)
    # The summary leads to the field, which is there to be seen and not within what is folded.
    [target] = re.findall(r'error-summary__list"><li><a href="#([^"]+)"', page.content.decode())
    shown = re.sub(r"<details.*?</details>", "", page.content.decode(), flags=re.DOTALL)
    assert re.search(rf'<select[^>]* id="{target}"', shown)
    assert f'href="{OCTOBER}#lines"' in shown


def test_a_search_by_digits_never_enters_an_address(hers):
    answer = hers.post(f"{OCTOBER}&order=-date", {"act": "search", "digits": "090-0000"})
    assert answer["Location"].endswith("month=2026-10&order=-date#lines")
    page = hers.get(f"{OCTOBER}&order=-date")
    assert talks(page) == ["1 min 1 s"]
    assert "Only numbers with 0900000 are shown" in flat(page)
    assert "0900000" not in "".join(re.findall(r'(?:href|action)="[^"]*"', page.content.decode()))
    hers.post(OCTOBER, {"act": "forget"})
    assert len(talks(hers.get(OCTOBER))) == 6


def test_the_last_four_digits_are_hidden_however_a_number_is_grouped(hers, tmp_path):
    """0120 numbers end in three: an asterisk for each hidden digit, and no digit in the place of one."""
    take_in(tmp_path, row(FIRST, "0120783556", "2026-10-05 09:00:00", 60, ordinal=7))
    said = flat(hers.get(OCTOBER))
    assert "0120-78*-***" in said
    assert "03-0000-****" in said
    assert "+44 20 7946 ****" in said


def test_all_lines_are_those_without_a_search_too(hers):
    """What the link promises: no restriction is left, whether it stood in the address or not."""
    everything = "Show all lines as they began"
    hers.post(OCTOBER, {"act": "search", "digits": "03"})
    assert everything not in flat(hers.get(OCTOBER)), "nothing in the address: to end the search is all there is"
    page = hers.get(f"{OCTOBER}&direction=out").content.decode()
    there = re.search(rf'action="([^"]*)">(?:(?!</form>).)*{everything}', page, re.DOTALL)
    assert there
    shown = hers.post(f"/en{OFFICE}{there[1]}", {"act": "forget"}, follow=True)
    assert talks(shown) == ALL
    assert f'<a href="?month=2026-10#lines">{everything}' in hers.get(f"{OCTOBER}&direction=out").content.decode()


@pytest.mark.parametrize(
    ("typed", "hidden", "whole"),
    [
        ("03", 2, 2),
        ("０３－００００", 2, 2),
        ("1234", 0, 3),  # the last four digits
        ("0300001", 0, 1),
        ("+81 90", 1, 1),
        ("4420", 1, 1),
        ("117", 1, 1),
    ],
)
def test_hidden_digits_are_not_found_out_by_searching(hers, settings, typed, hidden, whole):
    settings.WHOLE_NUMBERS = "holder"
    hers.post(OCTOBER, {"act": "search", "digits": typed})
    assert len(talks(hers.get(OCTOBER))) == hidden
    hers.post(OCTOBER, {"act": "whole"})
    assert len(talks(hers.get(OCTOBER))) == whole


@pytest.mark.parametrize("typed", ["", "x", "1", "%%", "0" * 31, "１２ab", "\0"])
def test_what_cannot_be_searched_for_is_said_and_kept(hers, typed):
    page = hers.post(OCTOBER, {"act": "search", "digits": typed})
    assert page.status_code == 422
    assert page.context["search"].errors["digits"]
    assert len(talks(page)) == 6


def test_a_tariff_named_in_japanese_says_so_on_an_english_page(hers):
    english, japanese = (hers.get(at).content.decode() for at in (OCTOBER, OCTOBER.removeprefix("/en")))
    assert '<dd lang="ja">見本 2022-01</dd>' in english
    assert "<dd>見本 2022-01</dd>" in japanese
    assert '<dd lang="ja">' not in japanese


def test_a_line_says_why_it_costs_what_it_costs(hers):
    page = hers.get(OCTOBER)
    said = flat(page)
    tariff = page.context["page_obj"][0].tariff
    for words in (
        tariff,
        "Prefix +81",
        "2 × 3 min = 6 min",
        "2 × ¥8 = ¥16",
        "¥16 before tax",
        "Standard rate",
        "Outside the tax base",
        "1 min 30 s count towards it.",
        "calls received are free of charge",
    ):
        assert words in said
    assert 'href="#why-1"' in page.content.decode()


def test_a_call_received_says_nothing_of_a_discount_the_contract_has_not(hers):
    assert "Incoming-call discount" in flat(hers.get(f"{OCTOBER}&direction=in"))
    IncomingCallDiscount.objects.all().delete()
    Call.objects.update(earns=False)
    said = flat(hers.get(f"{OCTOBER}&direction=in"))
    assert "calls received are free of charge" in said
    assert "Incoming-call discount" not in said


def test_the_chart_says_what_the_months_cost_and_so_does_a_table(hers):
    page = hers.get(OCTOBER)
    bars = page.context["chart"].bars
    assert [bar.month.month for bar in bars] == [date(2026, month, 1) for month in range(5, 12)]
    october = bars[5]
    assert october.shown
    assert october.month.total == page.context["statement"].total
    # The bars are of the same measure, the highest as high as the drawing lets it.
    assert max(bar.height for bar in bars) == october.height == 150
    november = hers.get(f"/en{OFFICE}?month=2026-11")
    assert bars[6].month.total == november.context["statement"].total
    assert flat(page).count(f"¥{october.month.total}") >= 3  # on the bar, in the table, as the total


@pytest.mark.parametrize(
    ("totals", "crowded"),
    [([5_169, 3_884, 775_996], False), ([5_169, 775_996, 12_345], True), ([123, None, None], False)],
)
def test_a_chart_says_when_its_amounts_need_more_room_than_a_phone_has(totals, crowded):
    months = [MonthTotal(date(2026, 9 + n, 1), total, provisional=False) for n, total in enumerate(totals)]
    assert chart(months, shown=months[-1].month).crowded == crowded


def test_thousands_of_lines_are_counted_as_people_read_them(hers, tmp_path):
    calls = (
        row(FIRST, "0300001234", f"2026-10-05 {n // 60:02}:{n % 60:02}:00", 60, ordinal=100 + n) for n in range(1200)
    )
    take_in(tmp_path, *calls)
    said = flat(hers.get(f"{OCTOBER}&page=21"))
    assert "1,001–1,050 of 1,206 lines" in said
    assert "1,205 calls" in said
    assert "1206" not in said


def test_the_number_of_queries_does_not_depend_on_the_number_of_calls(hers, tmp_path, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    hers.get(OCTOBER)
    with CaptureQueriesContext(connection) as few:
        hers.get(OCTOBER)
    calls = (row(FIRST, "0300001234", f"2026-10-05 {n // 60:02}:{n % 60:02}:00", 60, ordinal=n + 10) for n in range(60))
    take_in(tmp_path, *calls)
    with django_assert_num_queries(len(few)):
        hers.get(OCTOBER)
