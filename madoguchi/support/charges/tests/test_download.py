"""Statements as files: they say what the page says, line by line and in sum, and run nothing."""

import csv
from datetime import datetime, time
from io import BytesIO, StringIO
from uuid import UUID

import openpyxl
import pytest

from madoguchi.accounts.models import AuthEvent
from madoguchi.accounts.tests.people import sign_in
from madoguchi.statements.downloads import paper, workbook
from madoguchi.statements.models import Call
from madoguchi.statements.tests.pdf import read
from madoguchi.support.charges.tests.month import prove, row, take_in

KIND = "/my/charges/usage/C100000001/ip050/"
OFFICE = f"/en{KIND}"
OURS, SECOND = "05000000101", "05000000102"
ENDINGS = [".csv", "-cp932.csv", ".xlsx", ".pdf"]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _month(home, tmp_path):
    take_in(
        tmp_path,
        row(OURS, "0300001234", "2026-10-01 09:00:00", 200, ordinal=1),
        row(OURS, "09000001234", "2026-10-02 09:00:00", 61, ordinal=2),
        row(SECOND, "010442079460123", "2026-10-02 10:00:00", 60, ordinal=3),
        row("0300005678", OURS, "2026-10-03 10:00:00", 90, ordinal=4),
        row("anonymous", OURS, "2026-10-03 11:00:00", 0, ordinal=5),
    )


def sent(browser, ending, query="month=2026-10", at=OFFICE):
    answer = browser.get(f"{at}statement{ending}?{query}")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def on_page(browser, query="month=2026-10", at=OFFICE):
    """Each line of the page, and its values without their words."""
    page = browser.get(f"{at}?{query}")
    rows = page.context["rows"]
    return page, [[cell.words or ", ".join(mark.words for mark in cell.marks) for cell in row.cells] for row in rows]


QUERIES = ["month=2026-10", "month=2026-10&order=-charge", "month=2026-10&direction=in", "month=2026-10&paid=on&day=2"]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize(("ending", "encoding"), [(".csv", "utf-8-sig"), ("-cp932.csv", "cp932")])
def test_a_csv_file_has_the_lines_and_sums_of_the_page(hers, query, ending, encoding):
    page, shown = on_page(hers, query)
    content = sent(hers, ending, query)
    assert content.startswith(b"\xef\xbb\xbf") == (ending == ".csv")
    table = list(csv.reader(StringIO(content.decode(encoding), newline="")))
    columns = page.context["columns"]
    lines = table[1 : 1 + len(shown)]
    calls = list(page.context["page_obj"])
    for cells, words, call in zip(lines, shown, calls, strict=True):
        said = dict(zip([column.code for column in columns], cells, strict=True))
        read = dict(zip([column.code for column in columns], words, strict=True))
        assert said["other"].removeprefix("'") == read["other"]
        assert (said["direction"], said["number"]) == (read["direction"], read["number"])
        assert said["class"] == read["class"]
        assert said["marks"] == read["marks"]
        assert said["start"] == read["start"]
        assert said["charge"] == (f"{call.charge / 1000:g}" if call.outgoing else "")
        assert said["talk"] == (str(call.talk_seconds) if call.answered else "")
    sums = dict(zip([column.code for column in columns], table[1 + len(shown)], strict=True))
    for column, value in page.context["sums"]:
        assert sums[column.code] == (f"{value / 1000:g}" if column.code == "charge" else str(value))
    assert table[1 + len(shown)][0].startswith(f"Sum of {len(shown)} line")
    amounts = {cells[0]: cells[1] for cells in table if len(cells) == 4}
    assert amounts["Total, tax included"] == str(page.context["statement"].total)


@pytest.mark.parametrize("query", QUERIES)
def test_a_workbook_has_the_lines_and_sums_of_the_page(hers, query):
    page, shown = on_page(hers, query)
    book = openpyxl.load_workbook(BytesIO(sent(hers, ".xlsx", query)))
    assert book.sheetnames == ["Lines", "Charges", "About this file"]
    # Each sheet begins with the heads of its columns, and they stay in sight.
    assert [sheet["A1"].value for sheet in book] == ["Date", "Item", "Item"]
    assert {(sheet.freeze_panes, sheet["A1"].font.bold, sheet.print_title_rows) for sheet in book} == {
        ("A2", True, "$1:$1")
    }
    about = dict(book["About this file"].iter_rows(min_row=2, values_only=True))
    assert about["Contract number"] == "C100000001"
    rows = list(book["Lines"].iter_rows(values_only=True))
    calls = list(page.context["page_obj"])
    for cells, words, call in zip(rows[1:-1], shown, calls, strict=True):
        said = dict(zip([column.code for column in page.context["columns"]], cells, strict=True))
        read = dict(zip([column.code for column in page.context["columns"]], words, strict=True))
        assert isinstance(said["date"], datetime)
        assert isinstance(said["start"], time)
        assert f"{said['start']:%H:%M:%S}" == read["start"]
        assert said["other"] == read["other"]
        assert said["charge"] == (call.charge / 1000 if call.outgoing else None)
        assert said["talk"] == (call.talk_seconds if call.answered else None)
    added = dict(zip([column.code for column in page.context["columns"]], rows[-1], strict=True))
    for column, value in page.context["sums"]:
        assert added[column.code] == (value / 1000 if column.code == "charge" else value)
    charges = {cells[0]: cells[1] for cells in book["Charges"].iter_rows(values_only=True)}
    assert charges["Total, tax included"] == page.context["statement"].total
    # Text stays text, whatever it begins with.
    assert {cell.data_type for row in book["Lines"].iter_rows() for cell in row} <= {"s", "n", "d", "inlineStr"}


def test_a_pdf_has_the_lines_and_sums_of_the_page(hers):
    page, shown = on_page(hers)
    document = sent(hers, ".pdf")
    said = read(document, "pdftotext", "-layout", "-", "-")
    flat = " ".join(said.split())
    for words in shown:
        for cell in words[:3]:
            assert cell in flat
    assert f"¥{page.context['statement'].total}" in flat
    assert "Sum of 5 lines" in flat
    assert "03-0000-1234" not in flat
    fonts = read(document, "pdffonts", "-")
    assert all("yes yes yes" in line for line in fonts.splitlines()[2:])  # embedded, a part, readable as text


@pytest.mark.parametrize(
    ("at", "usual"), [(KIND, "10月22日（木） 09:00:00 03-0000"), (OFFICE, "22 Oct 09:00:00 03-0000")]
)
def test_a_usual_line_is_one_line_on_paper(hers, tmp_path, at, usual):
    """Whether days of two digits, the narrow heads and the sums are broken decides how many sheets there are."""
    take_in(tmp_path, row(OURS, "0300001234", "2026-10-22 09:00:00", 3_600, ordinal=6))
    lines = [
        " ".join(line.split())
        for line in read(sent(hers, ".pdf", at=at), "pdftotext", "-layout", "-", "-").splitlines()
    ]
    assert any(line.replace("(", "（").replace(")", "）").startswith(usual) for line in lines), lines
    sums = next(line for line in lines if line.startswith(("6件の合計", "Sum of 6 lines")))
    assert sums.endswith("¥228"), "with its figures beside it"
    assert not any(line in {"ion", "s"} for line in lines)


def test_the_heads_of_a_workbook_stand_above_their_figures(hers):
    book = openpyxl.load_workbook(BytesIO(sent(hers, ".xlsx")))
    lines = book["Lines"]
    aligned = {
        cell.value: (cell.alignment.horizontal, lines.cell(2, cell.column).alignment.horizontal) for cell in lines[1]
    }
    assert aligned["Charge (yen)"] == aligned["Talk time (seconds)"] == ("right", "right")
    assert aligned["Date"] == (None, "left")
    for sheet in book:
        for head in sheet[1]:
            assert sheet.column_dimensions[head.column_letter].width > len(head.value)


@pytest.mark.parametrize("ending", ENDINGS)
def test_each_download_is_in_the_ledger_and_in_no_cache(hers, home, people, ending):
    answer = hers.get(f"{OFFICE}statement{ending}?month=2026-10")
    b"".join(answer.streaming_content)
    assert "no-store" in answer["Cache-Control"]
    name = answer["Content-Disposition"]
    assert "C100000001" not in name
    assert f"statement-2026-10-calls{ending}" in name
    note = AuthEvent.objects.get(method=AuthEvent.Method.CALL_RECORDS)
    assert (note.account, note.contract_number) == (people[0], "C100000001")
    assert note.detail.startswith("2026-10 calls ")


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_digits_searched_for_and_the_asterisks_are_those_of_the_page(hers, settings, ending):
    settings.WHOLE_NUMBERS = "holder"
    hers.post(OFFICE, {"act": "search", "digits": "090"})
    if ending.endswith(".csv"):
        said = sent(hers, ending).decode("cp932" if "cp932" in ending else "utf-8-sig")
        assert "090-0000-****" in said
        assert "1234" not in said
        assert "Sum of 1 line" in said
        hers.post(OFFICE, {"act": "whole"})
        assert "090-0000-1234" in sent(hers, ending).decode("cp932" if "cp932" in ending else "utf-8-sig")


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_colleague_downloads_the_contract_shared_and_the_stranger_nothing(client, people, home, ending):
    sign_in(client, people[1])
    prove(client, people[1], home.branch)
    assert sent(client, ending, at="/my/charges/usage/C100000002/ip050/")
    assert client.get(f"{KIND}statement{ending}").status_code == 404
    client.logout()
    sign_in(client, people[2])
    prove(client, people[2], home.office)
    for contract in ("C100000001", "C100000002"):
        assert client.get(f"/my/charges/usage/{contract}/ip050/statement{ending}").status_code == 404


@pytest.mark.parametrize("ending", ENDINGS)
def test_without_the_contact_phone_there_is_no_file(client, people, home, ending):
    assert client.get(f"{KIND}statement{ending}")["Location"].startswith("/id/login/")
    sign_in(client, people[0])
    assert client.get(f"{KIND}statement{ending}")["Location"] == "/my/verify/"
    assert not AuthEvent.objects.filter(method=AuthEvent.Method.CALL_RECORDS).exists()


@pytest.mark.parametrize("query", ["month=2026-04", "month=x", "month=2026-10&day=40", "month=%00"])
def test_a_file_of_what_is_not_there_is_the_page_that_says_so(hers, query):
    page = hers.get(f"{OFFICE}statement.csv?{query}", follow=True)
    assert (page.status_code, page.request["PATH_INFO"]) == (422, OFFICE)
    assert "statement of" not in page.headers.get("Content-Disposition", "")


def test_nothing_in_a_file_is_a_formula(hers, home):
    home.office.plan = "=cmd|' /C calc'!A0 髙😀"
    home.office.save()
    table = list(csv.reader(StringIO(sent(hers, ".csv").decode("utf-8-sig"), newline="")))
    # A number abroad begins with a plus sign.
    assert any(cell.startswith("'+44") for cells in table for cell in cells)
    assert not [cell for cells in table for cell in cells if cell[:1] in "=+@\t\r" and cell]
    assert "〓" in sent(hers, "-cp932.csv").decode("cp932")


def test_the_sign_of_the_yen_is_a_letter_of_cp932_too(hers):
    said = sent(hers, "-cp932.csv", at=KIND).decode("cp932")
    assert "￥" in said
    assert "〓" not in said
    assert said.replace("￥", "¥").splitlines()[8:] == sent(hers, ".csv", at=KIND).decode("utf-8-sig").splitlines()[8:]


def test_text_of_a_workbook_is_no_formula(hers, home):
    home.office.plan = "=cmd|' /C calc'!A0 髙😀"
    home.office.save()
    book = openpyxl.load_workbook(BytesIO(sent(hers, ".xlsx")))
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_what_is_too_long_for_a_pdf_is_said_and_what_to_do(hers, monkeypatch):
    for view in ("download", "statement"):
        monkeypatch.setattr(f"madoguchi.support.charges.views.{view}.FILES", _with_a_short_pdf())
    page = hers.get(f"{OFFICE}statement.pdf?month=2026-10", follow=True)
    # The page's own address, so that its search and its form lead to itself.
    assert (page.status_code, page.request["PATH_INFO"]) == (422, OFFICE)
    assert "too many for a PDF" in page.content.decode()


def _with_a_short_pdf():
    from dataclasses import replace

    from madoguchi.statements.downloads.files import FILES

    return FILES | {".pdf": replace(FILES[".pdf"], most=4)}


def test_lines_go_out_before_the_last_is_read(hers, home, tmp_path, monkeypatch):
    """However many lines there are: pieces are small, and a sheet that is full is followed by another."""
    first = Call.objects.filter(contract=home.office)[0]
    names = [field.name for field in Call._meta.concrete_fields if field.name != "key"]
    same = {name: getattr(first, name) for name in names}
    Call.objects.bulk_create(Call(**same, key=UUID(int=n + 1)) for n in range(3000))
    for ending in (".csv", ".xlsx", ".pdf"):
        answer = hers.get(f"{OFFICE}statement{ending}?month=2026-10")
        pieces = [len(piece) for piece in answer.streaming_content]
        assert len(pieces) > 3, ending
        assert max(pieces) < 200_000, ending
    monkeypatch.setattr(workbook, "LINES_A_SHEET", 2000)
    book = openpyxl.load_workbook(BytesIO(sent(hers, ".xlsx")), read_only=True)
    assert book.sheetnames == ["Lines", "Lines 2", "Charges", "About this file"]
    assert paper.MOST_LINES > 3000


def test_in_japanese_too(hers):
    table = list(csv.reader(StringIO(sent(hers, ".csv", at=KIND).decode("utf-8-sig"), newline="")))
    assert table[0][:2] == ["日付", "開始時刻"]
    assert "通話料（円）" in table[0]
    assert any(cells[:1] == ["合計（税込）"] for cells in table)
