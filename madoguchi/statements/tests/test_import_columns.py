"""Reading by columns finds what reading a record at a time finds: the slow readers here are the reference."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madoguchi.statements import numbers
from madoguchi.statements.book import Book
from madoguchi.statements.formats import FORMATS, asterisk, files
from madoguchi.statements.formats.batch import gathered
from madoguchi.statements.holders import HELD
from madoguchi.statements.keys import Seen, with_keys
from madoguchi.statements.lines import Operator, to_lines
from madoguchi.statements.rating import Rule, Tariff, compile_tariff
from madoguchi.statements.reasons import Unreadable

NOW = datetime(2026, 11, 22, 1, tzinfo=UTC)
TOKYO = ZoneInfo("Asia/Tokyo")

OCTOBER = datetime.fromisoformat("2026-09-28"), datetime.fromisoformat("2026-10-18")
recent = st.datetimes(datetime.fromisoformat("2025-03-01"), datetime.fromisoformat("2026-11-22T12:00"))
moments = recent.map(lambda moment: moment.replace(microsecond=0))
usual = st.sampled_from(["", "x", "05000000101", "0312345678", "東京", 'a "b" c', "a,b"])
odd = st.sampled_from([" ", "NUL\0", "é\u3000", "a\tb", "'", '"', "１２"])


@st.composite
def rows(draw):
    """A row as a switch writes it, mostly; some fields, quotes or the whole of it are not."""
    start = draw(moments)
    talk = draw(st.integers(0, 400))
    end = start + timedelta(seconds=talk + draw(st.integers(-3, 20)))
    cells = [draw(usual) for _ in range(9)]
    cells += [str(start), "", str(end), str(talk + 5), str(talk), draw(st.sampled_from(["ANSWERED", "NO ANSWER"])), "3"]
    cells += draw(st.sampled_from([[], ["1793494800.7"], ["pbx-1793494800.7", ""], ["user field"], ["1793494800.7x"]]))
    if draw(st.integers(0, 3)) == 0:
        place = draw(st.integers(0, len(cells) - 1))
        cells[place] = draw(
            st.one_of(
                odd,
                st.sampled_from(
                    ["", "-5", "+7", "1_0", "3.5", "９", "2026-11-01T10:00:00+09:00", "2026-02-30 10:00:00"]
                ),
                st.sampled_from([" ANSWERED ", "answered", "2026-11-01 10:00:60", "2026-11-01 10:00", "99999999999"]),
            )
        )
    if draw(st.integers(0, 20)) == 0:
        cells = cells[: draw(st.integers(0, 15))] or cells * 2
    quoted = draw(st.sampled_from([True, True, False]))
    text = ",".join(_cell(cell, quoted=quoted) for cell in cells)
    return text if draw(st.integers(0, 9)) else draw(st.sampled_from([text + '"', '"' + text, text + " ", "", "  "]))


def _cell(cell, *, quoted):
    return '"' + cell.replace('"', '""') + '"' if quoted or any(c in cell for c in ',"') else cell


@settings(max_examples=60)
@given(st.lists(rows(), max_size=12), st.sampled_from(["Asia/Tokyo", "UTC", "America/New_York"]), st.data())
def test_asterisk_by_columns_is_asterisk_row_by_row(tmp_path, texts, zone, data):
    path = tmp_path / "calls.csv"
    path.write_bytes("\n".join(texts).encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "BLOCK", data.draw(st.sampled_from([60, 500, 1 << 20])))
        found = list(asterisk.read(path, zone=ZoneInfo(zone), now=NOW))
    expected = gathered(asterisk.read_lines(enumerate(texts, start=1), zone=ZoneInfo(zone), now=NOW))
    records = [row for batch in found for row in batch.records.rows()]
    assert records == expected.records.rows()
    assert [problem for batch in found for problem in batch.problems] == expected.problems


def test_rows_as_a_switch_writes_them_take_the_fast_way(monkeypatch, tmp_path):
    slow = []
    monkeypatch.setattr(asterisk, "_record", lambda row, **_: slow.append(row))
    path = tmp_path / "calls.csv"
    sample = (Path(__file__).parents[1] / "samples" / "asterisk-cdr.csv").read_text()
    path.write_text(sample)
    (batch,) = asterisk.read(path, zone=TOKYO, now=NOW)
    assert not slow
    assert batch.records.height == len(sample.splitlines())


@settings(max_examples=60)
@given(st.text(st.sampled_from("ab\n\r，,"), max_size=60), st.integers(1, 9), st.sampled_from(["utf-8", "utf-16"]))
def test_lines_are_those_python_reads(tmp_path, text, size, encoding):
    path = tmp_path / "text"
    path.write_bytes(text.encode(encoding))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "BLOCK", size)
        found = [row for block in files.blocks_of(path) for row in block.rows()]
    with files.lines_of(path) as lines:
        expected = [line.removesuffix("\n") for line in lines]
    assert found == list(enumerate(expected, start=1))


def test_of_a_line_without_end_only_the_beginning_is_held(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "BLOCK", 100)
    monkeypatch.setattr(files, "LONGEST", 150)
    path = tmp_path / "text"
    path.write_text("x" * 5000 + "\ny\n")
    first, second = (row for block in files.blocks_of(path) for row in block.rows())
    assert len(first[1]) <= 250
    assert second == (2, "y")


def test_keys_and_digests_are_those_of_the_rule():
    records = pl.DataFrame({"call_id": ["1.2", ""], "raw": ["a\x1fb", "c\x1f東"]})
    keyed = with_keys(records, source="east")
    assert keyed["key"].to_list() == [_digest("east\x1f1.2"), _digest("east\x1f\x1fc\x1f東")]
    assert keyed["record"].to_list() == [_digest("a\x1fb"), _digest("c\x1f東")]


def _digest(text):
    return blake2b(text.encode(), digest_size=16).hexdigest()


@given(st.lists(st.lists(st.integers(0, 60), max_size=8), max_size=20))
def test_seen_is_a_set(batches):
    seen, expected = Seen(), set()
    for batch in batches:
        keys = pl.Series(batch, dtype=pl.UInt64)
        assert seen.among(keys).to_list() == [key in expected for key in batch]
        seen.add(keys)
        expected |= set(batch)


NUMBERS = ["05000000101", "0312345678", "５０ー", "anonymous", "5.4E+11", "05000000201", "184-05000000101", "117", "12"]
TABLE = compile_tariff(Tariff("t", date(2020, 1, 1), (Rule("813", "fixed", 8000, 180), Rule("8150", "ip", 0))))
HOLDINGS = [  # number, contract, kind, first and last day
    ("+815000000101", 1, "ip050", date(2026, 10, 1), date(2026, 10, 15)),
    ("+815000000101", 2, "ip050", date(2026, 10, 16), date.max),
    ("+815000000201", 3, "phone", date(2026, 10, 1), date.max),
]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(NUMBERS),
            st.sampled_from(NUMBERS),
            st.datetimes(*OCTOBER, timezones=st.just(UTC)),
        ),
        max_size=8,
    )
)
def test_lines_by_columns_are_lines_record_by_record(calls):
    records = pl.DataFrame(
        [
            (line, "", caller, called, start, start + timedelta(seconds=181), 180, f"{line}")
            for line, (caller, called, start) in enumerate(calls, start=1)
        ],
        schema=gathered([]).records.schema,
        orient="row",
    )
    operator = Operator(Book({"ip050": [TABLE]}, {}), pl.DataFrame(HOLDINGS, schema=HELD, orient="row"), TOKYO)
    found = to_lines(records, first=100, form=FORMATS["asterisk"], source="s", operator=operator)
    lines, problems = _record_by_record(calls)
    columns = ("line", "contract_id", "outgoing", "number", "other", "charge", "month")
    rated = found.rated.select(columns).rows() if found.rated.height else []
    assert sorted(rated) == sorted(lines)
    assert sorted((p.line, p.column, p.reason) for p in found.problems) == sorted(problems)


def _record_by_record(calls):
    lines, problems = [], []
    for line, (caller, called, start) in enumerate(calls, start=1):
        try:
            column = "src"
            ours = numbers.normalise(caller).e164
            column = "dst"
            theirs = numbers.normalise(called).e164
            if not theirs:
                raise Unreadable("withheld")
        except Unreadable as error:
            problems.append((line, column, error.reason))
            continue
        held = {
            number: (contract, kind)
            for number, contract, kind, since, until in HOLDINGS
            if since <= start.astimezone(TOKYO).date() <= until
        }
        month = (start + timedelta(seconds=181)).astimezone(TOKYO).date().replace(day=1)
        of_the_record = []
        for number, other, outgoing in ((ours, theirs, True), (theirs, ours, False)):
            if number in held:
                contract, kind = held[number]
                priced = other.startswith(("+813", "+8150")) and kind == "ip050"
                charge = 8000 if outgoing and other.startswith("+813") else 0
                of_the_record.append(((line, contract, outgoing, number, other, charge, month), priced, kind))
        wrong = [kind for row, priced, kind in of_the_record if row[2] and not priced]
        if not of_the_record:
            problems.append((line, "src", "unknown_number"))
        elif wrong:
            problems.append((line, "dst", "no_tariff" if wrong[0] == "phone" else "no_price"))
        else:
            lines += [row for row, _priced, _kind in of_the_record]
    return lines, problems


def test_two_records_that_begin_in_one_line_are_two():
    record = gathered([]).records
    row = (1, "a", "05000000201", "0312345678", NOW, NOW, 0, "r")
    records = pl.DataFrame([row, (*row[:1], "b", *row[2:])], schema=record.schema, orient="row")
    held = pl.DataFrame(HOLDINGS, schema=HELD, orient="row")
    operator = Operator(Book({"phone": [replace(TABLE)]}, {}), held, TOKYO)
    assert to_lines(records, first=0, form=FORMATS["asterisk"], source="s", operator=operator).rated.height == 2
