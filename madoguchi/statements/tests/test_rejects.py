"""``import_calls --rejects``: the bad records as a file of their own, mended and taken in."""

import csv
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from madoguchi.accounts.tests.people import alice
from madoguchi.contracts.tests.household import household
from madoguchi.statements import import_calls
from madoguchi.statements.load_tariff import SAMPLE, load_tariff
from madoguchi.statements.models import Call, RejectedRow, UsageImport
from madoguchi.statements.tests.test_import_calls import SAMPLES, row, run
from madoguchi.statements.tests.test_import_mapped import HEADER, MAPPING, line

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _office(time_machine):
    time_machine.move_to(datetime.fromisoformat("2026-11-22T10:00:00+09:00"))
    load_tariff(SAMPLE)
    household(holder=alice())


def test_bad_rows_are_mended_and_taken_in_alone(tmp_path):
    path, bad = tmp_path / "calls.csv", tmp_path / "bad.csv"
    path.write_text(row(dst="ソノタ") + row() + row(talk="-1", disposition="ANSWERED"), encoding="cp932")
    report = run(path, rejects=bad)
    assert "Mend them and import that file." in report
    assert bad.read_text() == row(dst="ソノタ") + row(talk="-1", disposition="ANSWERED")
    with Path(f"{bad}.reasons.csv").open(encoding="utf-8-sig") as file:
        reasons = list(csv.DictReader(file))
    assert [(r["line"], r["line_in_file"], r["column"]) for r in reasons] == [("1", "1", "dst"), ("2", "3", "billsec")]
    assert "“ソノタ” is not a telephone number." in reasons[0]["reason"]
    bad.write_text(bad.read_text().replace("ソノタ", "0612345678").replace('"-1"', '"100"'))
    assert "2  stored" in run(bad)
    assert Call.objects.count() == 3


def test_a_mapped_files_header_comes_with_them(tmp_path):
    path, by, bad = tmp_path / "calls.csv", tmp_path / "pbx.toml", tmp_path / "bad.csv"
    path.write_text(HEADER + line() + line(2, end=""))
    by.write_text(MAPPING)
    call_command("import_calls", path, mapping=by, rejects=bad, commit=True, stdout=StringIO())
    assert bad.read_text() == HEADER + line(2, end="")
    assert Path(f"{bad}.reasons.csv").read_text(encoding="utf-8-sig").splitlines()[1].startswith("2,3,end,")


def test_not_where_a_record_is_no_line_and_nothing_is_overwritten(tmp_path):
    bad = tmp_path / "bad.xml"
    with pytest.raises(CommandError, match="not lines of the file"):
        run(SAMPLES / "freeswitch-cdr.xml", form="freeswitch-xml", rejects=bad)
    path, bad = tmp_path / "calls.csv", tmp_path / "there.csv"
    path.write_text(row(dst="x"))
    bad.write_text("precious")
    with pytest.raises(CommandError, match=r"there\.csv cannot be written"):
        run(path, rejects=bad)
    assert bad.read_text() == "precious"


def test_a_file_that_is_wrong_throughout_is_told_by_its_beginning(tmp_path, monkeypatch):
    monkeypatch.setattr(import_calls, "KEPT", 3)
    path = tmp_path / "calls.csv"
    path.write_text("a,b\n" * 10)
    assert "and 8 more" in run(path, show=2)
    assert RejectedRow.objects.count() == UsageImport.objects.get().rejected == 10
    assert list(RejectedRow.objects.order_by("line").values_list("line", flat=True)) == list(range(1, 11))
