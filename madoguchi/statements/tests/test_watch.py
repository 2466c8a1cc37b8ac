"""Watched folders: files at rest are imported once and moved with a report, whatever dies in between."""

import os
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from madoguchi.accounts.tests.people import alice
from madoguchi.contracts.tests.household import household
from madoguchi.lib.environment import Environment, WrongSetting
from madoguchi.statements import jobs
from madoguchi.statements.formats import FORMATS
from madoguchi.statements.imports import folders, watch
from madoguchi.statements.imports.folders import Folder
from madoguchi.statements.load_tariff import SAMPLE, load_tariff
from madoguchi.statements.models import Call, ImportRun, UsageImport
from madoguchi.statements.tests.test_import_calls import row

pytestmark = pytest.mark.django_db
GOOD = row(uniqueid="1793494800.1") + row(uniqueid="1793494800.2")


@pytest.fixture
def folder(time_machine, settings, tmp_path):
    time_machine.move_to(datetime.fromisoformat("2026-11-22T10:00:00+09:00"), tick=False)
    settings.RECEIVED = tmp_path / "received"
    watched = tmp_path / "east"
    watched.mkdir()
    settings.WATCHED = (Folder(watched, "asterisk", "east", "Asia/Tokyo"),)
    load_tariff(SAMPLE)
    household(holder=alice())
    return watched


def put(folder, content, name="calls.csv", *, ago=60):
    path = folder / name
    path.write_text(content)
    written = (timezone.now() - timedelta(seconds=ago)).timestamp()
    os.utime(path, (written, written))
    return path


def minute():
    """What a worker does in one."""
    jobs.take_up_imports(timestamp=int(timezone.now().timestamp()))
    work()


def work():
    for job in ProcrastinateJob.objects.filter(task_name="statements.go_on_with_import").order_by("pk"):
        jobs.go_on_with_import(**job.args)


def names(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_file_is_imported_and_moved_with_its_report(folder):
    put(folder, GOOD + "bad\n")
    minute()
    assert Call.objects.count() == 2
    assert names(folder) == ["done/calls.csv", "done/calls.csv.rejected", "done/calls.csv.report.txt"]
    report = (folder / "done/calls.csv.report.txt").read_text()
    assert "3行目" in report
    assert "取り込み番号は" in report
    run = ImportRun.objects.get()
    assert (run.way, run.state, run.path, run.source) == ("folder", "done", "", "east")
    assert (folder / "done/calls.csv.rejected").read_text() == "bad\n"


def test_the_same_file_again_does_nothing(folder):
    put(folder, GOOD)
    minute()
    put(folder, GOOD, "again.csv")
    put(folder, GOOD)
    minute()
    assert Call.objects.count() == 2
    assert "取り込み済み" in (folder / "done/again.csv.report.txt").read_text()
    assert sum(name.startswith("done/") and name.endswith("calls.csv") for name in names(folder)) == 2


def test_what_cannot_be_read_is_in_failed(folder):
    path = put(folder, "")
    path.write_bytes(b"\x81\xff\x00\x80")
    os.utime(path, (0, 0))
    minute()
    assert names(folder) == ["failed/calls.csv", "failed/calls.csv.report.txt"]


def test_a_file_without_a_good_record_is_in_failed(folder):
    put(folder, "日付,金額\n2026-11-01,300\n")
    minute()
    assert names(folder) == ["failed/calls.csv", "failed/calls.csv.rejected", "failed/calls.csv.report.txt"]
    assert "0  件 対象外の記録" in (folder / "failed/calls.csv.report.txt").read_text()


def test_an_empty_file_is_no_import(folder):
    put(folder, "")
    minute()
    assert "ファイルに記録がありません。" in (folder / "done/calls.csv.report.txt").read_text()
    assert not UsageImport.objects.exists()


def test_a_report_is_in_the_language_of_its_folder(folder, settings):
    settings.WATCHED = (Folder(folder, "asterisk", "east", "Asia/Tokyo", language="en"),)
    put(folder, GOOD)
    minute()
    assert "2  records in the file" in (folder / "done/calls.csv.report.txt").read_text()


def test_a_wrong_mapping_is_said(folder, settings, tmp_path):
    (mapping := tmp_path / "map.toml").write_text('format = "csv"\nrecords = "nothing"\n')
    settings.WATCHED = (Folder(folder, "mapped", "east", "Asia/Tokyo", mapping),)
    put(folder, "a,b\n")
    minute()
    assert "マッピングの記録の種類（records）は" in (folder / "failed/calls.csv.report.txt").read_text()


def test_a_name_that_is_no_text_stands_in_nobodys_way(folder):
    odd = os.fsdecode(b"\xb1\xb2.csv")
    put(folder, GOOD, odd)
    put(folder, GOOD, "~.csv")  # read after it
    minute()
    assert Call.objects.count() == 2
    assert names(folder) == ["done/~.csv", "done/~.csv.report.txt", "failed/??.csv.report.txt", f"failed/{odd}"]
    assert "UTF-8" in (folder / "failed/??.csv.report.txt").read_text()


def test_a_file_that_is_gone_again_stands_in_nobodys_way(folder, monkeypatch):
    gone, there = put(folder, GOOD, "a.csv"), put(folder, GOOD, "b.csv")
    gone.unlink()
    monkeypatch.setattr(watch, "_at_rest", lambda *_: iter([gone, there]))
    watch.look(now=timezone.now())
    put(folder, row(uniqueid="1793494800.9"), "c.csv")
    monkeypatch.undo()
    watch.look(now=timezone.now())
    (folder / "c.csv").unlink()
    work()
    watch.settle()
    runs = ImportRun.objects.order_by("pk").values_list("file_name", "state", "reason", "path")
    assert list(runs) == [("b.csv", "done", "", ""), ("c.csv", "refused", "gone", "")]


def test_what_is_still_written_to_is_left_alone(folder):
    put(folder, GOOD, ago=5)
    put(folder, GOOD, "upload.csv.part")
    put(folder, GOOD, ".hidden.csv")
    (folder / "link.csv").symlink_to(folder / "upload.csv.part")
    minute()
    assert not ImportRun.objects.exists()
    put(folder, GOOD, ago=31)
    minute()
    assert Call.objects.count() == 2


def test_a_crash_after_the_import_moves_the_file_later(folder, monkeypatch):
    put(folder, GOOD)
    monkeypatch.setattr(watch, "settle", lambda: None)
    minute()
    minute()
    assert (names(folder), Call.objects.count()) == (["calls.csv"], 2)
    monkeypatch.undo()
    minute()
    assert (len(names(folder)), ImportRun.objects.count()) == (2, 1)


def test_a_crash_after_the_move_takes_no_other_file_along(folder):
    put(folder, GOOD)
    minute()
    ImportRun.objects.update(path=str(folder / "calls.csv"))  # died before this was emptied
    put(folder, row(uniqueid="1793494800.7"))
    minute()
    minute()
    assert Call.objects.count() == 3
    assert ImportRun.objects.count() == 2


def test_a_folder_that_is_away_harms_no_other(folder, settings):
    settings.WATCHED = (Folder(Path("/nowhere/at/all"), "asterisk", "west", "UTC"), *settings.WATCHED)
    put(folder, GOOD)
    minute()
    assert Call.objects.count() == 2


def test_the_command_does_it_without_a_worker(folder, settings):
    put(folder, GOOD)
    out = StringIO()
    call_command("watch_usage", stdout=out)
    assert "calls.csv" in out.getvalue()
    assert "done/calls.csv" in names(folder)
    put(folder, GOOD, "again.csv")
    call_command("watch_usage", stdout=out, language="en")
    assert "again.csv: Not imported – This very file was imported on" in out.getvalue()
    settings.WATCHED = ()
    with pytest.raises(CommandError, match="MADOGUCHI_WATCHED"):
        call_command("watch_usage")


def test_folders_are_read_from_the_environment():
    given = {"MADOGUCHI_WATCHED": "east", "MADOGUCHI_WATCHED_EAST_FOLDER": "/srv/cdr"}
    given["MADOGUCHI_WATCHED_EAST_FORMAT"] = "asterisk"
    (found,) = folders.folders(Environment(given), zone="Asia/Tokyo")
    assert found == Folder(Path("/srv/cdr"), "asterisk", "east", "Asia/Tokyo")
    for name, value in (("FORMAT", "word"), ("FORMAT", "mapped"), ("ZONE", "Mars/Base"), ("FOLDER", "")):
        wrong = Environment({**given, f"MADOGUCHI_WATCHED_EAST_{name}": value})
        with pytest.raises(WrongSetting, match="MADOGUCHI_WATCHED_EAST"):
            folders.folders(wrong, zone="Asia/Tokyo")
    with pytest.raises(WrongSetting, match="MADOGUCHI_WATCHED "):
        folders.folders(Environment({"MADOGUCHI_WATCHED": "Ost/west"}), zone="UTC")
    assert set(folders.FORMATS) == {*FORMATS, folders.MAPPED}
