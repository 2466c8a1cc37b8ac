"""``madoguchi import_calls``: good rows stored once with their price, bad ones listed by line and reason."""

import gzip
import json
from datetime import date, datetime
from io import StringIO
from pathlib import Path

import pyarrow as pa
import pytest
from django.core.management import CommandError, call_command

from madoguchi.accounts.tests.people import alice
from madoguchi.contracts.tests.household import household
from madoguchi.statements.load_tariff import SAMPLE, load_tariff
from madoguchi.statements.models import Call, Conflict, RejectedRow, UsageImport

SAMPLES = Path(__file__).parents[1] / "samples"
OURS, BRANCH = "05000000101", "05000000201"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(datetime.fromisoformat("2026-11-22T10:00:00+09:00"))


@pytest.fixture
def office():
    # The sample has a price for every number there is; here one is to have none.
    load_tariff(SAMPLE).rules.filter(prefix="870").delete()
    return household(holder=alice()).office


def row(src=OURS, dst="0312345678", start="2026-11-01 10:00:00", end="2026-11-01 10:03:05", *, talk="180", **more):
    """An Asterisk row; ``more``: disposition, duration, uniqueid (None leaves the column out)."""
    cells = ["", src, dst, "ctx", '"" <1>', "PJSIP/1", "PJSIP/2", "Dial", "x,60", start, start, end]
    cells += [more.get("duration", "185"), talk, more.get("disposition", "ANSWERED"), "3"]
    if (unique := more.get("uniqueid", f"1793494800.{abs(hash((src, dst, start, talk)))}")) is not None:
        cells += [unique, ""]
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\n"


def run(path, *, form="asterisk", language="en", commit=True, **options):
    out = StringIO()
    call_command("import_calls", path, format=form, language=language, commit=commit, stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def write(tmp_path):
    def to_file(text, name="calls.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return to_file


def test_a_good_row_is_stored_with_its_price_and_why(office, write):
    report = run(write(row()))
    call = Call.objects.get()
    assert (call.contract, call.month, call.outgoing) == (office, date(2026, 11, 1), True)
    assert (call.number, call.other, call.area_ja, call.area_en) == ("+815000000101", "+81312345678", "東京", "Tokyo")
    assert (call.kind, call.prefix, call.blocks, call.block_seconds, call.price) == ("fixed", "81", 1, 180, 8000)
    assert (call.charge, call.tax, call.tariff) == (8000, "standard", "見本 2022-01")
    assert "1  stored" in report


def test_without_commit_nothing_is_stored(office, write):
    report = run(write(row()), commit=False)
    assert "1  can be stored" in report
    assert "--commit" in report
    assert not Call.objects.exists()
    assert not UsageImport.objects.exists()


@pytest.mark.parametrize(("answer", "stored"), [("y", 1), ("はい", 1), ("n", 0), ("", 0)])
def test_at_a_terminal_it_asks_first(office, write, monkeypatch, answer, stored):
    asked: list[str] = []

    def at_the_prompt(question):
        asked.append(question)
        return answer

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", at_the_prompt)
    report = run(write(row() + row(dst="s")), commit=False)
    assert "Store the 1 good records?" in asked[0]
    assert Call.objects.count() == stored
    assert ("Nothing was stored" in report) == (not stored)


def test_a_file_of_nothing_but_bad_records_is_not_asked_about(office, write, monkeypatch):
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", pytest.fail)
    assert "There is nothing to store." in run(write(row(dst="s")), commit=False)


def test_the_same_file_twice_changes_nothing_and_says_so(office, write):
    path = write(row())
    run(path)
    assert "Nothing was changed" in run(path)
    assert "2026-11-22 10:00" in run(path)
    assert "変更していません" in run(path, language="ja")
    assert Call.objects.count() == UsageImport.objects.count() == 1


def test_a_call_told_again_is_left_as_it_is_and_a_different_one_kept_apart(office, write):
    first = row(uniqueid="1793494800.1")
    other = row(uniqueid="1793494800.2", dst="0612345678")
    run(write(first + other))
    report = run(write(first + row(uniqueid="1793494800.2", talk="60") + row(uniqueid="1793494800.3"), "next.csv"))
    assert Call.objects.count() == 3
    assert [report.count(f"1  stored before, {words}") for words in ("the same", "but different")] == [1, 1]
    conflict = Conflict.objects.get()
    assert (conflict.line, conflict.payload["talk_seconds"]) == (2, 60)
    assert Call.objects.get(call_id="1793494800.2").talk_seconds == 180


def test_the_same_holds_within_one_file(office, write):
    run(write(row(uniqueid="1793494800.1") * 2 + row(uniqueid="1793494800.1", talk="60")))
    imported = UsageImport.objects.get()
    assert (imported.read, imported.stored, imported.skipped, imported.conflicting) == (3, 1, 1, 1)


def test_without_call_ids_the_row_is_its_own_key(office, write):
    run(write(row(uniqueid=None) * 2 + row(uniqueid=None, talk="60")))
    imported = UsageImport.objects.get()
    assert (imported.stored, imported.skipped, imported.conflicting) == (2, 1, 0)


def test_two_switches_may_use_the_same_call_id(office, write):
    run(write(row(uniqueid="1793494800.1")), source="east")
    run(write(row(uniqueid="1793494800.1", talk="60"), "west.csv"), source="west")
    assert Call.objects.count() == 2


def test_a_call_between_two_of_our_numbers_is_a_line_for_each(office, write):
    run(write(row(dst=BRANCH)))
    out, back = Call.objects.order_by("-outgoing")
    assert (out.contract.number, back.contract.number) == ("C100000001", "C100000002")
    assert (out.kind, out.charge, back.charge, back.earns) == ("ip050_partner", 0, 0, False)


def test_an_incoming_call_counts_for_the_discount_by_the_callers_class(office, write):
    callers = ["0312345678", "09012345678", "05000011234", "anonymous", "0120123456"]
    run(write("".join(row(src=caller, dst=OURS, uniqueid=f"1793494800.{n}") for n, caller in enumerate(callers))))
    lines = Call.objects.order_by("call_id").values_list("kind", "earns", "charge")
    assert list(lines) == [
        ("fixed", True, 0),
        ("mobile", True, 0),
        ("ip050_partner", False, 0),
        ("withheld", False, 0),
        ("freedial", False, 0),
    ]


def test_a_call_belongs_to_the_month_in_which_it_ended_where_the_operator_is(office, write):
    run(write(row(start="2026-10-31 23:58:00", end="2026-11-01 00:01:05")))
    run(write(row(start="2026-10-31 14:58:00", end="2026-10-31 15:01:05"), "utc.csv"), zone="UTC", source="utc")
    assert set(Call.objects.values_list("month", flat=True)) == {date(2026, 11, 1)}
    assert len(set(Call.objects.values_list("started_at", flat=True))) == 1


BAD = {
    "columns": ('"a","b","c"\n', "3 columns"),
    "csv": (row().replace('"ctx"', '"ctx'), "quote is open"),
    "spreadsheet": (row(dst="5.41144E+11"), "A spreadsheet has rewritten the number as 5.41144E+11"),
    "not_a_number": (row(dst="s"), "“s” is not a telephone number"),
    "wrong_length": (row(dst="031234"), "too few or too many digits"),
    "withheld": (row(dst=""), "called number is empty or withheld"),
    "time": (row(start="01/11/2026 10:00"), "“01/11/2026 10:00” is not a time"),
    "future": (row(start="2027-01-01 10:00:00", end="2027-01-01 10:03:05"), "The end lies in the future"),
    "too_old": (row(start="1999-01-01 10:00:00", end="1999-01-01 10:03:05"), "more than ten years back"),
    "never_ended": (row(end=""), "There is no end"),
    "backwards": (row(start="2026-11-01 10:04:00"), "The end is before the beginning"),
    "whole_number": (row(talk="3.5"), "“3.5” is not a whole number"),
    "negative": (row(duration="-5"), "negative (-5)"),
    "too_long": (row(talk="9999"), "longer than the whole call"),
    "disposition": (row(disposition="174"), "“174” is no result of a call that Asterisk writes"),
    "spreadsheet seconds": (row(talk="1.8E+2"), "A spreadsheet has rewritten the number as 1.8E+2"),
    "missing": (row(disposition=""), "missing or empty"),
    "unknown_number": (row(src="0312345678", dst="0612345678"), "Neither number belongs to a contract"),
    "no_price": (row(dst="010870123456789"), "no price for the number"),
    "control": (row(dst="03\x0012345678"), "control characters"),
}


@pytest.mark.parametrize("reason", BAD)
def test_a_bad_row_is_listed_by_line_and_reason_and_the_good_ones_are_stored(office, write, reason):
    bad, words = BAD[reason]
    report = run(write(row() + bad + row(dst="0612345678")))
    assert words in report
    assert "  line 2" in report
    assert Call.objects.count() == 2
    rejected = RejectedRow.objects.get()
    assert (rejected.line, rejected.reason) == (2, reason.split()[0])


def test_a_number_is_a_contracts_only_while_it_is_held(office, write):
    office.telephone_numbers.filter(number="+815000000101").update(ended_on=date(2026, 10, 31))
    assert "Neither number" in run(write(row()))
    assert not Call.objects.exists()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp932"])
def test_encodings_are_recognised(office, write, encoding):
    run(write(row().replace("ctx", "事務所").replace("\n", "\r\n"), encoding=encoding))
    assert Call.objects.count() == 1


def test_a_file_that_cannot_be_read_is_a_sentence(office, write, tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        run(tmp_path / "absent.csv")
    binary = tmp_path / "picture.csv"
    binary.write_bytes(bytes(range(128, 256)))
    with pytest.raises(CommandError, match="not text"):
        run(binary)
    with pytest.raises(CommandError, match="time zone"):
        run(write(row()), zone="Tokyo")
    assert "no records" in run(write("", "empty.csv"))


@pytest.mark.parametrize(
    ("name", "form", "stored"),
    [
        ("asterisk-cdr.csv", "asterisk", 7),
        ("freeswitch-cdr.jsonl", "freeswitch-json", 5),
        ("freeswitch-cdr.xml", "freeswitch-xml", 3),
    ],
)
def test_the_shipped_samples_import(office, name, form, stored):
    for tail in ("1", "2", "3"):
        office.telephone_numbers.create(number=f"+81500000000{tail}", started_on=date(2024, 4, 1))
    run(SAMPLES / name, form=form)
    imported = UsageImport.objects.get()
    assert (imported.stored, imported.rejected) == (stored, 0)


def test_a_json_array_is_read_and_broken_records_spoil_no_other(office, write):
    office.telephone_numbers.create(number="+815000000001", started_on=date(2024, 4, 1))
    first = (SAMPLES / "freeswitch-cdr.jsonl").read_text().splitlines()[0]
    second = json.loads(first)
    second["variables"]["uuid"] = "another"
    third = json.loads(first)
    third["variables"].update(uuid="third", billsec="-1")
    objects = [json.dumps(json.loads(first), indent=1), '{"variables": {oops}}', json.dumps(second), json.dumps(third)]
    array = "[\n" + ",\n".join(objects) + "]"
    report = run(write(array), form="freeswitch-json")
    assert Call.objects.count() == 2
    assert "not a complete JSON object" in report
    assert "negative" in report


def test_xml_with_a_broken_record_or_an_entity_is_rejected_there_only(office, write):
    for tail in ("1", "2", "3"):
        office.telephone_numbers.create(number=f"+81500000000{tail}", started_on=date(2024, 4, 1))
    text = (SAMPLES / "freeswitch-cdr.xml").read_text()
    bomb = '<cdr core-uuid="x"><!DOCTYPE a [<!ENTITY b "c">]><variables>&b;</variables></cdr>'
    broken = '<cdr core-uuid="y"><variables><uuid>1</variables></cdr>'
    report = run(write(text.replace("<cdrs>", f"<cdrs>{bomb}\n{broken}\n")), form="freeswitch-xml")
    assert Call.objects.count() == 3
    assert report.count("not a complete XML record") == 2


def test_all_or_nothing(office, write, monkeypatch):
    from madoguchi.statements import import_calls
    from madoguchi.statements.formats import files

    monkeypatch.setattr(files, "BLOCK", 200)
    monkeypatch.setattr(import_calls, "_finish", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run(write(row() + row(dst="0612345678")))
    assert not Call.objects.exists()
    assert not UsageImport.objects.exists()


def test_the_reasons_are_said_in_japanese_too(office, write):
    report = run(write("".join(bad for bad, _ in BAD.values())), language="ja")
    assert "表計算ソフト" in report
    assert f"{len(BAD)}  " in report


PACKED = {"gzip": gzip.compress, "zstd": lambda data: pa.compress(data, codec="zstd", asbytes=True)}


@pytest.mark.parametrize("way", PACKED)
def test_a_packed_file_is_unpacked_while_it_is_read(office, tmp_path, way):
    path = tmp_path / "calls.csv"  # by its content, whatever it is called
    path.write_bytes(PACKED[way](row(dst="ソノタ").encode("cp932") + row().encode("cp932")))
    report = run(path)
    assert "1  stored" in report
    assert "1  rejected" in report
    assert Call.objects.get().charge == 8000


@pytest.mark.parametrize("way", PACKED)
@pytest.mark.parametrize("harm", [lambda data: data[: len(data) * 2 // 3], lambda data: data[:400] + b"?" * 99])
def test_of_a_packed_file_that_breaks_off_nothing_is_stored(office, tmp_path, way, harm):
    path = tmp_path / "calls.csv.packed"
    many = "".join(row(uniqueid=f"1793494800.{number}") for number in range(3000))
    path.write_bytes(harm(PACKED[way](many.encode())))
    with pytest.raises(CommandError, match="cannot be unpacked"):
        run(path)
    assert not Call.objects.exists()
    assert not UsageImport.objects.exists()
