"""Rules as CSV: what is written is read back the same, and everything wrong is named at once."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.statements.rating import Rule
from madoguchi.statements.tariffs.money import MOST, NotMoney, milliyen_of, yen_text
from madoguchi.statements.tariffs.rules_csv import COLUMNS, numbered, read, written
from madoguchi.statements.tests.worked import table

HEAD = ",".join(COLUMNS)


def file(*lines: str) -> bytes:
    return "\n".join([HEAD, *lines]).encode()


@pytest.mark.parametrize("row", table("amounts", document="tariffs.md"), ids=lambda row: row["written"])
def test_amounts_are_exact(row):
    if row["m¥"] == "refused":
        with pytest.raises(NotMoney):
            milliyen_of(row["written"])
    else:
        assert milliyen_of(row["written"]) == int(row["m¥"])
        assert yen_text(int(row["m¥"])) == row["written again"]


@given(st.integers(0, MOST))
def test_every_amount_comes_back(amount):
    assert milliyen_of(yen_text(amount)) == amount


words = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=8)
rules = st.builds(
    Rule,
    prefix=st.text("123456789", min_size=1, max_size=15),
    kind=words,
    price=st.integers(0, MOST),
    block_seconds=st.integers(1, 86400),
    setup=st.integers(0, MOST),
    free_seconds=st.integers(0, 86400),
    tax=words,
    carried=st.booleans(),
    band=st.sampled_from(["", "night", "夜間", "=1+1", "-x", "@x", "a,b", 'a"b']),
)


@given(st.lists(rules, max_size=20))
def test_what_is_written_is_read_back(given_rules):
    back = read("".join(written(given_rules)).encode("utf-8-sig"))
    assert [row.rule for row in back.rows] == [row.rule for row in numbered(given_rules)]
    assert [row.line for row in back.rows] == [row.line for row in numbered(given_rules)]
    assert given_rules == [] or not back.findings


def test_a_spreadsheet_finds_no_formula():
    text = "".join(written([Rule("81", "fixed", band="=HYPERLINK(1)"), Rule("82", "fixed", band="+1")]))
    assert "'=HYPERLINK(1)" in text
    assert "'+1" in text


def test_everything_wrong_is_named_at_once():
    found = read(
        file(
            "0312345678,,fixed,8,180,,,,",
            "8.1E+11,,fixed,8,180,,,,",
            "81x,,Fixed Line,8.12345,0,-1,x,,maybe",
            "81,,fixed,8,180,,,,yes",
            "82,,fixed",
            "",
            "83,,fixed,1e3,60,,,,",
        )
    )
    assert [(one.line, one.code) for one in found.findings] == [
        (2, "domestic"),
        (3, "spreadsheet"),
        *[(4, code) for code in ("prefix", "word", "yen", "seconds", "yen", "seconds", "yes_no")],
        (6, "columns"),
        (8, "yen"),
    ]
    assert [row.rule.prefix for row in found.rows] == ["81"]


def test_each_is_a_sentence_in_the_readers_language_with_line_and_prefix():
    (found,) = read(file("81,,fixed,8.1234,180,,,,")).findings
    with translation.override("en"):
        assert str(found) == (
            "line 2, prefix 81: price_yen: “8.1234” is not an amount. "
            "Write yen such as 8 or 17.5, with up to three decimals."
        )
    with translation.override("ja"):
        assert str(found).startswith("2行目、番号の先頭 81：price_yen：")
        assert "小数" in str(found)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\r\n", "empty"),
        (b"\xff\xfe\x00", "not_text"),
        (b"\x81\x20\xff", "not_text"),
        (HEAD.replace(",kind,", ",").encode(), "header_missing"),
        (f"{HEAD},note\n".encode(), "header_unknown"),
        (b"band,prefix" + HEAD.encode()[11:], "header"),
        (HEAD.replace(",", ";").encode(), "separator"),
        (HEAD.encode(), "empty"),
        (file('"81'), "csv"),
        (file("81\0,,fixed,8,180,,,,"), "not_text"),
    ],
)
def test_what_is_no_file_of_rules_is_said(content, code):
    first, *order = [one.code for one in read(content).findings]
    assert first == code
    assert set(order) <= {"header"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932"])
def test_encodings_of_spreadsheets_are_read(encoding):
    content = f"{HEAD}\r\n81,夜間,fixed,８,180,,,,\r\n".encode(encoding)
    (row,) = read(content).rows
    assert (row.rule.band, row.rule.price) == ("夜間", 8000)
