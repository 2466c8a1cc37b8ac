"""``/console/imports/``: upload a file, see what its check found, confirm, undo; mend what was rejected."""

import gzip
import re
from datetime import datetime
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone, translation
from procrastinate.contrib.django.models import ProcrastinateJob

from madoguchi.accounts.models import StaffRole
from madoguchi.accounts.tests.people import alice, sign_in, staff
from madoguchi.console.models import AuditEntry
from madoguchi.console.templatetags.imports import why
from madoguchi.contracts.tests.household import household
from madoguchi.statements import jobs
from madoguchi.statements.imports import decide
from madoguchi.statements.load_tariff import SAMPLE, load_tariff
from madoguchi.statements.models import Call, ImportRun, RejectedRow, UsageImport
from madoguchi.statements.tests.test_import_calls import row

pytestmark = pytest.mark.django_db
IMPORTS = "/en/console/imports/"
GOOD = row(uniqueid="1793494800.1") + row(uniqueid="1793494800.2")


@pytest.fixture(autouse=True)
def _office(time_machine, settings, tmp_path):
    time_machine.move_to(datetime.fromisoformat("2026-11-22T10:00:00+09:00"))
    settings.RECEIVED = tmp_path / "received"
    load_tariff(SAMPLE)
    household(holder=alice())


@pytest.fixture
def biller(client):
    sign_in(client, staff(StaffRole.BILLING))
    return client


def text(response):
    once = re.sub(r"<span class=\"stacked__label\".*?</span>", "", response.content.decode())  # what a head says too
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", once))


def work():
    """What the workers would do."""
    for job in ProcrastinateJob.objects.filter(task_name="statements.go_on_with_import").order_by("pk"):
        jobs.go_on_with_import(**job.args)


def send(client, content, name="calls.csv", **more):
    if isinstance(content, str):
        content = content.encode()
    fields = {"format": "asterisk", "source": "east", "zone": "Asia/Tokyo", **more}
    return client.post(f"{IMPORTS}new/", {"file": SimpleUploadedFile(name, content), **fields})


def uploaded(client, content, **more):
    response = send(client, content, **more)
    assert response.status_code == 302, text(response)
    work()
    return ImportRun.objects.latest("pk")


def page(client, run, language="en"):
    return text(client.get(f"{IMPORTS if language == 'en' else '/console/imports/'}{run.pk}/"))


def test_a_file_is_checked_and_nothing_stored_before_it_is_confirmed(biller, settings):
    response = send(biller, GOOD + "bad\n")
    run = ImportRun.objects.get()
    assert response["Location"] == f"{IMPORTS}{run.pk}/"
    assert "Waits for its check" in page(biller, run)
    work()
    said = page(biller, run)
    assert "Nothing is stored yet" in said
    assert "Store 2 records" in said
    assert "3 – The row has 1 columns; this format has 16 to 21." in said
    assert "まだ何も保存していません" in page(biller, run, "ja")
    assert not Call.objects.exists()
    assert not UsageImport.objects.exists()

    assert biller.post(f"{IMPORTS}{run.pk}/confirm/").status_code == 302
    work()
    run.refresh_from_db()
    assert (run.state, run.stored, run.rejected, Call.objects.count()) == ("done", 2, 1, 2)
    assert RejectedRow.objects.filter(usage_import=run.usage_import).count() == 1
    assert not RejectedRow.objects.filter(run=run).exists()
    said = page(biller, run)
    assert "What came of it" in said
    acts = list(AuditEntry.objects.order_by("pk").values_list("act", flat=True))
    assert acts == ["import.upload", "import.confirm"]
    assert "calls.csv" in text(biller.get(IMPORTS))


def test_a_check_behind_another_import_says_that_it_waits(biller, monkeypatch):
    send(biller, GOOD)
    run = ImportRun.objects.get()
    run.state, run.tries, run.told_at = "checking", 1, timezone.now()
    run.save()
    assert "0 % read" in page(biller, run)
    monkeypatch.setattr("madoguchi.console.imports.page.stands", lambda run_id: run_id == run.pk)
    said = page(biller, run)
    assert "It waits until another import, a closing or a change of tariffs has ended" in said
    assert "0 %" not in said
    assert "last heard of" not in said
    assert "別の取り込み、月の締め、または料金表の変更が終わるのを待っています" in page(biller, run, "ja")


def test_what_was_uploaded_is_deleted_once_it_is_stored(biller, settings, django_capture_on_commit_callbacks):
    run = uploaded(biller, GOOD + "bad\n")
    with django_capture_on_commit_callbacks(execute=True):
        decide.confirm(run, by=staff(StaffRole.ADMINISTRATOR), now=timezone.now())
        work()
    assert [path.name for path in settings.RECEIVED.iterdir()] == [f"{run.pk}.rejects"]
    assert (settings.RECEIVED / f"{run.pk}.rejects").stat().st_mode & 0o077 == 0


def test_who_presses_second_changes_nothing(biller):
    run = uploaded(biller, GOOD)
    for _ in range(2):
        biller.post(f"{IMPORTS}{run.pk}/confirm/")
    work()
    work()
    biller.post(f"{IMPORTS}{run.pk}/give-up/")
    run.refresh_from_db()
    assert (run.state, UsageImport.objects.count(), Call.objects.count()) == ("done", 1, 2)
    assert AuditEntry.objects.filter(act="import.confirm").count() == 1


def test_the_same_file_twice_says_when_it_was_imported(biller):
    first, second = uploaded(biller, GOOD), uploaded(biller, GOOD)
    for run in (first, second):
        biller.post(f"{IMPORTS}{run.pk}/confirm/")
    work()
    said = page(biller, second)
    assert "This very file was imported on 22 Nov 2026, 10:00 JST" in said
    assert Call.objects.count() == 2
    assert "This very file" in page(biller, uploaded(biller, GOOD))


def test_rejected_records_are_downloaded_with_a_reason_mended_and_uploaded(biller):
    run = uploaded(biller, GOOD + row(dst="5.41144E+11", uniqueid="1793494800.3"))
    where = f"{IMPORTS}{run.pk}/"
    assert biller.get(f"{where}rejected/")["Location"] == f"{where}look/"
    assert biller.post(f"{where}look/", {"reason": "no"}).status_code == 422
    biller.post(f"{where}look/", {"reason": "To mend three records"})
    answer = biller.get(f"{where}rejected/")
    assert 'filename="import-' in answer["Content-Disposition"]
    bad = b"".join(answer.streaming_content).decode()
    assert "5.41144E+11" in bad
    why = b"".join(biller.get(f"{where}reasons.csv").streaming_content).decode("utf-8-sig")
    assert "A spreadsheet has rewritten the number as 5.41144E+11." in why
    assert "no-store" in biller.get(f"{where}reasons.csv")["Cache-Control"]

    assert "east" in biller.get(f"{IMPORTS}new/?mends={run.pk}").content.decode()
    mended = uploaded(biller, bad.replace("5.41144E+11", "0300001234"), mends=run.pk)
    assert (mended.mends, mended.stored, mended.rejected) == (run, 1, 0)
    assert "calls.csv" in page(biller, run)


def test_an_import_is_undone_or_says_what_stands_against_it(biller):
    first = uploaded(biller, GOOD)
    biller.post(f"{IMPORTS}{first.pk}/confirm/")
    work()
    second = uploaded(biller, GOOD + row(uniqueid="1793494800.9"))
    biller.post(f"{IMPORTS}{second.pk}/confirm/")
    work()
    assert "left out calls because this one had stored them" in text(biller.get(f"{IMPORTS}{first.pk}/undo/"))
    assert "cannot be undone" in text(biller.post(f"{IMPORTS}{first.pk}/undo/"))
    assert "1 line of a statement" in text(biller.get(f"{IMPORTS}{second.pk}/undo/"))
    biller.post(f"{IMPORTS}{second.pk}/undo/")
    biller.post(f"{IMPORTS}{first.pk}/undo/")
    assert not Call.objects.exists()
    assert "Undone" in page(biller, first)
    assert uploaded(biller, GOOD).stored == 2


def test_a_file_is_given_up(biller, settings, django_capture_on_commit_callbacks):
    run = uploaded(biller, GOOD + "bad\n")
    with django_capture_on_commit_callbacks(execute=True):
        biller.post(f"{IMPORTS}{run.pk}/give-up/")
    assert "Given up" in page(biller, run)
    assert not list(settings.RECEIVED.iterdir())
    biller.post(f"{IMPORTS}{run.pk}/confirm/")
    work()
    assert not Call.objects.exists()


def test_nobody_decides_for_a_week(biller, time_machine):
    run = uploaded(biller, GOOD)
    time_machine.move_to(datetime.fromisoformat("2026-11-30T10:00:00+09:00"))
    decide.tidy(now=timezone.now())
    run.refresh_from_db()
    with translation.override("ja"):
        assert (run.state, why(run)) == ("dropped", "だれも決定しなかったため、ファイルを削除しました。")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file holds no records."),
        (b"\xff\xfe\xfd\x00\x81", None),
        (b"\x81\xff\x00\x80", "not text in UTF-8, UTF-16 or CP932"),
        (gzip.compress(GOOD.encode())[:-20], "cannot be unpacked"),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(biller, content, words):
    run = uploaded(biller, content)
    assert (words or "") in page(biller, run)
    assert not Call.objects.exists()


def test_packed_files_are_read(biller):
    assert uploaded(biller, gzip.compress(GOOD.encode()), name="calls.csv.gz").stored == 2


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"format": ""}, "Please choose the format of the file."),
        ({"format": "word"}, "Select a valid choice."),
        ({"source": ""}, "Please enter the source."),
        ({"zone": "Mars/Base"}, "Select a valid choice."),
        ({"format": "mapped"}, "Please choose the mapping file."),
        ({"format": "mapped", "mapping": BytesIO(b"a = ")}, "not TOML"),
        ({"format": "mapped", "mapping": BytesIO(b"\xff\xfe")}, "not TOML"),
    ],
)
def test_a_form_that_cannot_be_meant_is_refused(biller, fields, words):
    response = send(biller, GOOD, **fields)
    assert response.status_code == 422
    assert words in text(response)
    assert not ImportRun.objects.exists()


def test_without_a_file(biller):
    response = biller.post(f"{IMPORTS}new/", {"format": "asterisk", "source": "east", "zone": "UTC"})
    assert (response.status_code, "Please choose a file." in text(response)) == (422, True)


def test_a_file_larger_than_the_limit_is_left_out_and_the_page_says_so(biller, settings, monkeypatch):
    monkeypatch.setattr("madoguchi.shell.uploads.SMALL", 1000)
    settings.UPLOAD_MB = 0
    response = send(biller, GOOD * 10)
    assert response.status_code == 422
    assert "The file is larger than 0 MB." in text(response)
    assert "Please choose a file." not in text(response)


def test_a_large_file_goes_to_its_folder_at_once(biller, settings):
    settings.FILE_UPLOAD_HANDLERS = ["madoguchi.shell.uploads.Bounded", "madoguchi.shell.uploads.ToFolder"]
    run = uploaded(biller, GOOD)
    assert run.stored == 2
    assert [path.name for path in settings.RECEIVED.iterdir()] == [str(run.pk)]


def test_a_mapping_describes_the_file(biller):
    mapping = b"""
format = "csv"
[columns]
caller = "from"
called = "to"
started_at = "at"
talk_seconds = "s"
"""
    run = uploaded(
        biller,
        "from,to,at,s\n05000000101,0300001234,2026-11-10 10:00:00,60\n",
        format="mapped",
        mapping=BytesIO(mapping),
    )
    assert (run.state, run.stored) == ("checked", 1)
    other = uploaded(biller, "from,at\n1,2\n", format="mapped", mapping=BytesIO(mapping))
    assert "must have each of these columns once: to, s. It has: from, at." in page(biller, other)


def test_progress_is_fetched_until_it_ends(biller):
    run = uploaded(biller, GOOD)
    assert biller.get(f"{IMPORTS}{run.pk}/progress/")["HX-Refresh"] == "true"
    ImportRun.objects.update(
        state="importing", bytes_read=run.size // 2 + 1, records_read=1, tries=2, told_at=timezone.now()
    )
    answer = biller.get(f"{IMPORTS}{run.pk}/progress/")
    assert "HX-Refresh" not in answer
    assert "50 % read" in text(answer)
    assert "interrupted and began anew" in text(answer)
    assert "console/imports" in biller.get(IMPORTS).content.decode()
