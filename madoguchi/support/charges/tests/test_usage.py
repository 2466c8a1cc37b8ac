"""E8 for what is no call: messages, mobile data and internet access, their charges told and their files."""

import csv
import re
from io import StringIO

import openpyxl
import pytest
from django.utils import timezone

from madoguchi.statements.formats.mapping import read_mapping
from madoguchi.statements.import_calls import CallFile, import_calls
from madoguchi.statements.tests import mobile as lines
from madoguchi.statements.tests.pdf import text_of

pytestmark = pytest.mark.django_db
SMS, DATA = "C000000201/mobile-messages", "C000000201/mobile-data"
NET = f"{lines.HOME}/internet"


@pytest.fixture
def _usage(home, tmp_path):
    """September, which is open: 4.4 GB of 3 GB included, two messages; and sessions that say only how much it was."""
    lines.prices()
    lines.mobile(home.branch.customer)
    lines.home(home.branch.customer)
    lines.take_in(
        tmp_path,
        "data",
        f"d1,{lines.MOBILE},2026-09-01 09:00:00,2026-09-01 10:00:00,2400000000",
        f"d2,{lines.MOBILE},2026-09-02 09:00:00,2026-09-02 10:00:00,2000000001",
    )
    lines.take_in(
        tmp_path,
        "messages",
        f"m1,{lines.MOBILE},09000000301,2026-09-03 09:00:00,3",
        f"m2,AOBA INFO,{lines.MOBILE},2026-09-04 09:00:00,1",
    )
    lines.take_in(tmp_path, "sessions", f"s1,{lines.HOME},2026-09-01 09:00:00,2026-09-02 10:00:00,7000000000")


def page(browser, statement, query="month=2026-09"):
    answer = browser.get(f"/en/my/charges/usage/{statement}/?{query}")
    assert answer.status_code == 200
    return answer


def said(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def why(answer):
    return [dict(row.why) for row in answer.context["rows"]]


@pytest.mark.usefixtures("_usage")
def test_a_message_says_why_it_costs_what_it_costs(hers):
    sent, received = why(page(hers, SMS))
    assert sent["Parts it was sent in"] == "3"
    assert sent["For the parts"] == "3 × ¥3 = ¥9"
    assert sent["Charge"] == "¥9 before tax"
    assert sent["Tariff"].startswith("Prices of messages from ")
    assert sent["Prefix"].startswith("+81")
    assert received["Charge"] == "Nothing: messages received are free of charge."


@pytest.mark.usefixtures("_usage")
def test_data_says_what_the_line_adds_and_how_the_month_comes_to_its_price(hers):
    answer = page(hers, DATA)
    first, second = why(answer)
    assert (first["This line counts"], second["This line counts"]) == ("2,400,000,000 B", "2,000,000,001 B")
    for one in (first, second):
        assert (one["Used in the month"], one["Included"], one["Beyond what is included"]) == (
            "4.40 GB",
            "3 GB",
            "1.40 GB",
        )
        assert one["Blocks begun"] == "2 × 1 GB"
        assert one["Charge of the month"] == f"¥{answer.context['statement'].data.charge // 1000:,} before tax"
    assert 'href="#why-2"' in answer.content.decode()


@pytest.mark.usefixtures("_usage")
def test_without_calls_nothing_is_told_in_calls(hers):
    answer = page(hers, NET)
    assert "Talk time" not in said(answer)
    assert [one["Used in the month"] for one in why(answer)] == ["7.00 GB"]


@pytest.mark.usefixtures("_usage")
def test_what_no_line_says_has_no_sum_on_the_page_or_in_a_file(hers):
    answer = page(hers, NET)
    assert {column.code: value for column, value in answer.context["sums"]} == {"bytes": 7_000_000_000}
    sums = next(line for line in table(hers, NET) if line[0].startswith("Sum of"))
    assert sums[-1:] == ["7000000000"]
    assert "0 B" not in text_of(b"".join(hers.get(f"/en/my/charges/usage/{NET}/statement.pdf?month=2026-09")))


@pytest.mark.usefixtures("_usage")
def test_a_column_of_which_no_line_of_the_month_says_anything_is_left_out(hers, tmp_path):
    assert codes(page(hers, NET)) == ["date", "start", "end_date", "end", "connected", "bytes"]
    assert codes(page(hers, DATA)) == ["date", "start", "end", "bytes"]
    assert page(hers, NET, "month=2026-09&order=-bytes").status_code == 200
    told = lines.MAPPINGS["sessions"].replace('bytes = "bytes"', 'up_bytes = "up"\ndown_bytes = "down"')
    (tmp_path / "told.toml").write_text(told)
    (tmp_path / "told.csv").write_text(
        f"id,line,start,end,up,down\ns2,{lines.HOME},2026-09-05 09:00,2026-09-05 10:00,1,2\n"
    )
    path, mapping = tmp_path / "told.csv", read_mapping(tmp_path / "told.toml")
    assert not import_calls(CallFile(path, "mapped", "test", mapping=mapping), now=timezone.now(), commit=True).problems
    assert codes(page(hers, NET))[-3:] == ["up", "down", "bytes"]
    # Also where the lines asked for do not have it, so that columns stay where they are.
    assert codes(page(hers, NET, "month=2026-09&day=1"))[-3:] == ["up", "down", "bytes"]


def codes(answer):
    return [column.code for column in answer.context["columns"]]


@pytest.mark.usefixtures("_usage")
@pytest.mark.parametrize("statement", [SMS, DATA, NET])
def test_files_have_the_lines_and_sums_of_the_page(hers, statement, tmp_path):
    answer = page(hers, statement)
    whole = table(hers, statement)
    heads, shown = whole[0], answer.context["rows"]
    assert len(heads) == len(answer.context["columns"])
    assert len(whole[1 : 1 + len(shown)]) == len(shown)
    assert whole[1 + len(shown)][0] == f"Sum of {len(shown)} lines"
    file = tmp_path / "statement.xlsx"
    file.write_bytes(b"".join(hers.get(f"/en/my/charges/usage/{statement}/statement.xlsx?month=2026-09")))
    rows = list(openpyxl.load_workbook(file)["Lines"].iter_rows(values_only=True))
    for n, line in enumerate(whole[: 2 + len(shown)]):
        for cell, read in zip(line, rows[n], strict=True):
            if cell.isdigit():
                assert int(cell) == read
            elif n in {0, 1 + len(shown)}:
                assert cell == (read or "")


def table(browser, statement):
    content = b"".join(browser.get(f"/en/my/charges/usage/{statement}/statement.csv?month=2026-09"))
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.usefixtures("_usage")
def test_a_month_of_a_mobile_that_is_not_open_says_when_and_leads_to_the_newest_that_is(hers):
    for query in ("", "month=2026-10"):
        answer = page(hers, DATA, query)
        assert not answer.context.get("statement")
        assert "opens on 28 " in said(answer)
        assert f'href="/en/my/charges/usage/{DATA}/?month=2026-09"' in answer.content.decode()
    assert page(hers, DATA).context["statement"]


@pytest.mark.usefixtures("_usage")
def test_months_without_a_charge_are_no_drawing_but_a_sentence_and_the_table(hers):
    answer = page(hers, NET)
    assert '<svg class="bars"' not in answer.content.decode()
    assert "Nothing was charged in these months." in said(answer)
    assert "September 2026 ¥0" in said(answer)


@pytest.mark.usefixtures("_usage")
def test_a_message_to_a_hidden_number_is_neither_listed_nor_counted(hers, settings, tmp_path):
    own = tmp_path / "own.txt"
    own.write_text("number,since,until,name_ja,name_en\n09000000301,,,相談,Advice\n")
    settings.SENSITIVE_NUMBERS = str(own)
    before = page(hers, SMS).context["statement"]
    assert hers.post("/en/my/charges/usage/C000000201/privacy/", {"hidden_from": "everybody"}).status_code == 302
    answer = page(hers, SMS)
    after = answer.context["statement"]
    assert (before.sent, after.sent, len(answer.context["rows"])) == (1, 0, 1)
    # What it costs stays in the sums, under no class that tells.
    assert [each.kind for each in after.messages] == ["unlisted"]
    assert (after.total, after.lines) == (before.total, before.lines)


@pytest.mark.usefixtures("_usage")
def test_a_statement_is_called_by_the_contracts_kind_once(hers):
    told = said(hers.get("/en/my/charges/usage/"))
    assert "Mobile: Calls" in told
    assert "Mobile data" in told
    assert "Mobile: Mobile" not in told
