"""``import_calls --mapping``: any CSV, JSON lines or Parquet, as a TOML file says what its columns are."""

import gzip
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pyarrow as pa
import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from madoguchi.accounts.tests.people import alice
from madoguchi.contracts.tests.household import household
from madoguchi.statements.formats import mapped
from madoguchi.statements.formats.batch import gathered
from madoguchi.statements.formats.mapping import Mapping, read_mapping
from madoguchi.statements.load_tariff import SAMPLE, load_tariff
from madoguchi.statements.models import Call, UsageImport

SAMPLES = Path(__file__).parents[1] / "samples"
NOW = datetime(2026, 11, 22, 1, tzinfo=UTC)
HEADER = "id,from,to,start,end,talk\n"
MAPPING = """
format = "csv"
[columns]
call_id = "id"
caller = "from"
called = "to"
started_at = "start"
ended_at = "end"
talk_seconds = "talk"
"""


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOW)


@pytest.fixture
def office(db):
    load_tariff(SAMPLE)
    office = household(holder=alice()).office
    for tail in ("1", "2"):
        office.telephone_numbers.create(number=f"+81500000000{tail}", started_on=office.started_on)
    return office


@pytest.fixture
def take(tmp_path):
    def taken(text, mapping=MAPPING, *, name="calls.csv", language="en", encoding="utf-8"):
        path, by = tmp_path / name, tmp_path / "pbx.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        by.write_text(mapping)
        return run(path, by, language=language)

    return taken


def run(path, mapping, *, language="en"):
    out = StringIO()
    call_command("import_calls", path, mapping=mapping, language=language, commit=True, stdout=out)
    return out.getvalue()


def line(n=1, **more):
    """A row; ``more``: caller, called, start, end, talk."""
    cells: dict[str, object] = {"caller": "05000000101", "called": "0312345678", "start": "2026-11-01 10:00:00"}
    cells |= {"end": "2026-11-01 10:03:05", "talk": 180, **more}
    return ",".join(map(str, [n, *cells.values()])) + "\n"


def test_a_mapped_row_is_stored_with_its_price(office, take):
    assert "1  stored" in take(HEADER + line())
    call = Call.objects.get()
    assert (call.contract, call.call_id, call.talk_seconds, call.charge) == (office, "1", 180, 8000)
    imported = UsageImport.objects.get()
    assert (imported.format, imported.source) == ("mapped", "pbx")


@pytest.mark.parametrize(
    ("calls", "mapping", "expected"),
    [
        ("mapped-calls.csv", "mapped-calls.toml", [("A-1", True, 210), ("A-2", False, 15), ("A-3", True, 720)]),
        ("mapped-calls.jsonl", "mapped-jsonl.toml", [("7001", True, 330), ("7003", False, 65)]),
    ],
)
def test_the_shipped_samples_import(office, calls, mapping, expected):
    run(SAMPLES / calls, SAMPLES / mapping)
    assert list(Call.objects.order_by("call_id").values_list("call_id", "outgoing", "talk_seconds")) == expected


def test_parquet_with_types_of_its_own(office, take, tmp_path):
    moments = pl.Series([datetime(2026, 11, 1, 1, 0, 0, tzinfo=UTC)]).dt.replace_time_zone("UTC")
    table = pl.DataFrame({"id": [7], "from": ["05000000101"], "to": ["0312345678"], "start": moments})
    table = table.with_columns(end=pl.col("start") + pl.duration(seconds=185), talk=180.0, more=pl.lit("x"))
    path = tmp_path / "calls"
    table.write_parquet(path)
    take(path.read_bytes(), MAPPING.replace('"csv"', '"parquet"'), name="calls.parquet")
    call = Call.objects.get()
    assert (call.call_id, call.talk_seconds, call.started_at) == ("7", 180, moments[0])
    with pytest.raises(CommandError, match="not a complete Parquet file"):
        take(b"PAR1" + bytes(99), MAPPING.replace('"csv"', '"parquet"'), name="broken.parquet")


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: pa.Codec("zstd").compress(data, asbytes=True)])
def test_parquet_that_was_packed_as_a_file(office, take, tmp_path, pack):
    path = tmp_path / "calls"
    start = datetime(2026, 11, 1, 1, 0, 0, tzinfo=UTC)
    row = {"id": ["7"], "from": ["05000000101"], "to": ["0312345678"], "start": [start], "end": [start], "talk": [0]}
    pl.DataFrame(row).write_parquet(path)
    take(pack(path.read_bytes()), MAPPING.replace('"csv"', '"parquet"'), name="calls.parquet.packed")
    assert Call.objects.get().call_id == "7"
    with pytest.raises(CommandError, match="cannot be unpacked"):
        take(pack(path.read_bytes())[:-40], MAPPING.replace('"csv"', '"parquet"'), name="broken")


def test_columns_that_are_missing_are_named_with_those_found(office, take):
    with pytest.raises(CommandError, match=r"once: from, end\. It has: id, von, to, start, ende, talk\."):
        take("id,von,to,start,ende,talk\n" + line())
    assert not UsageImport.objects.exists()


BAD = {
    "spreadsheet": (line(called="5.41144E+11"), "A spreadsheet has rewritten the number"),
    "rewritten": (line(talk="1.8E+2"), "talk: A spreadsheet has rewritten the number as 1.8E+2"),
    "no end": (line(end=""), "There is no end"),
    "negative": (line(talk=-1), "negative (-1)"),
    "future": (line(start="2026-12-01 10:00:00", end="2026-12-01 10:03:05"), "The end lies in the future"),
    "duration": (line(talk="3 min"), "not a duration"),
    "time": (line(start="1 Nov"), "“1 Nov” is not a time"),
    "width": ("1,2,3\n", "another number of columns"),
    "quote": ('9,"050', "quote is open"),
    "unknown": (line(caller="0612345678"), "Neither number belongs"),
    "empty": (line(called=""), "called number is empty or withheld"),
}


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp932"])
def test_bad_rows_are_told_by_line_in_whatever_encoding(office, take, bad, encoding):
    row, words = BAD[bad]
    report = take(HEADER + "\n" + line() + line(2, called="非通知") + row, encoding=encoding)
    assert f"line 5{',' if bad not in {'width', 'quote'} else ':'}" in report
    assert words in report
    assert Call.objects.count() == 1


def test_an_empty_file_and_a_header_alone_hold_no_records(office, take):
    assert "no records" in take("")
    assert "no records" in take(HEADER, name="header.csv")


def test_the_same_id_with_other_content_is_kept_apart(office, take):
    report = take(HEADER + line() + line() + line(talk=60))
    assert [report.count(f"1  stored before, {words}") for words in ("the same", "but different")] == [1, 1]


def test_each_row_may_have_a_zone_of_its_own(office, take):
    mapping = MAPPING + 'zone = "tz"\n'
    rows = line()[:-1] + ",Asia/Tokyo\n" + line(2)[:-1] + ",Europe/Paris\n" + line(3)[:-1] + ",Mars\n"
    report = take(HEADER[:-1] + ",tz\n" + rows, mapping)
    assert "line 4, tz: “Mars” is not a time zone." in report
    tokyo, paris = Call.objects.order_by("call_id")
    assert (paris.started_at - tokyo.started_at).total_seconds() == 8 * 3600


def test_a_file_without_header_answered_values_and_constants(office, take):
    mapping = """
    format = "csv"
    names = ["from", "to", "start", "talk", "state"]
    unit = "h:m:s"
    [constants]
    caller = "05000000101"
    [columns]
    called = "to"
    started_at = "start"
    talk_seconds = "talk"
    [answered]
    column = "state"
    values = ["OK"]
    """
    take("x,0312345678,2026-11-01 10:00:00,1:02:03,OK\nx,0312345678,2026-11-01 12:00:00,5:00,BUSY\n", mapping)
    assert list(Call.objects.order_by("started_at").values_list("talk_seconds", flat=True)) == [3723, 0]


WRONG = {
    "format = 1": "format must be one",
    'format = "xls"': "xls (csv, jsonl, parquet)",
    "format =": "is not TOML",
    'format = "csv"\ncolour = "red"': "“colour”",
    'format = "csv"\n[columns]\nprice = "p"': "“price”",
    'format = "csv"\n[columns]\ncaller = "a"\ncalled = "b"': "“started_at”",
    MAPPING.replace('"csv"', '"csv"\ndelimiter = "::"'): "delimiter",
    MAPPING.replace('"csv"', '"csv"\nzone = "Tokyo"'): "time zone",
    MAPPING.replace('"csv"', '"csv"\ntime = "normal"'): "time must be",
    MAPPING + 'own = "a"\nother = "b"\ndirection = "c"': "incoming and outgoing",
    MAPPING + "[answered]\ncolumn = 1": "answered",
}


@pytest.mark.parametrize("mapping", WRONG)
def test_what_is_wrong_with_a_mapping_is_a_sentence(office, take, mapping):
    with pytest.raises(CommandError) as error:
        take(HEADER + line(), mapping)
    assert WRONG[mapping] in str(error.value)
    with pytest.raises(CommandError) as error:
        take(HEADER + line(), mapping, language="ja")
    assert "マッピング" in str(error.value)


texts = st.sampled_from(["", "1", "0312345678", "05000000101", " 7 ", "é", "1.5", "-3", "x" * 9])
times = st.sampled_from(
    [
        "2026-11-01 10:00:00",
        "2026-11-01 10:03:05",
        "2026-11-01T10:00",
        "1793494800",
        "1793494985",
        "",
        "9",
        "2026-02-30",
    ]
)


@settings(max_examples=80)
@given(
    st.lists(st.tuples(texts, texts, texts, times, times, texts), max_size=6),
    st.sampled_from(["iso", "epoch"]),
    st.booleans(),
)
def test_mapped_by_columns_is_mapped_row_by_row(tmp_path, rows, time, ended):
    columns = {"call_id": "id", "caller": "from", "called": "to", "started_at": "start", "talk_seconds": "talk"}
    columns |= {"ended_at": "end"} if ended else {"duration": "end"}
    mapping = Mapping("csv", columns, time=time, only={"from": frozenset({"05000000101", "1"})})
    path = tmp_path / "calls.csv"
    path.write_text(HEADER + "".join(",".join(row) + "\n" for row in rows))
    found = []
    for usual in (mapped.usual, lambda *_, **__: gathered([]).records):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(mapped, "usual", usual)
            (batch,) = mapped.read(path, mapping=mapping, zone=ZoneInfo("Asia/Tokyo"), now=NOW)
        found.append((batch.records.rows(), batch.problems, batch.legs))
    assert found[0] == found[1]


def test_the_samples_rows_take_the_fast_way(tmp_path, monkeypatch):
    monkeypatch.setattr(mapped, "record_of", lambda *_, **__: 1 / 0)
    path, by = tmp_path / "calls.csv", tmp_path / "mapping.toml"
    path.write_text(HEADER + line() * 3)
    by.write_text(MAPPING)
    (batch,) = mapped.read(path, mapping=read_mapping(by), zone=ZoneInfo("UTC"), now=NOW)
    assert batch.records.height == 3
