"""``/console/contracts/import/``: files are checked, then stored or given up; what is rejected comes back mended."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from madoguchi.accounts.models import StaffRole
from madoguchi.accounts.tests.people import sign_in, staff
from madoguchi.console.contracts import page as contracts_page
from madoguchi.console.models import AuditEntry
from madoguchi.contracts.imports import uploads, work
from madoguchi.contracts.models import Contract, Customer, Upload, UploadFile
from madoguchi.contracts.tests.household import service

pytestmark = pytest.mark.django_db(transaction=True)
PLACE = "/en/console/contracts/import/"
CUSTOMERS = "customer_number,name\nN200000001,株式会社見本\nN2,だれか\n"
CONTRACTS = (
    "contract_number,customer_number,service,usage_kind,contact_phone,started_on\n"
    "S200000001,N200000001,ip-phone-office,ip050,0300000017,2026-04-01\n"
    "S200000002,N200000001,ip-phone-office,ip050,0300001234567890123,2026-04-01\n"
)


@pytest.fixture
def billing(settings, tmp_path):
    settings.RECEIVED = tmp_path / "received"
    service()
    client = Client()
    sign_in(client, staff(StaffRole.BILLING), second_factor=True)
    return client


def sent(client, **texts):
    files = [SimpleUploadedFile(f"{name}.csv", text.encode(), content_type="text/csv") for name, text in texts.items()]
    answer = client.post(PLACE, {"file": files})
    assert answer.status_code == 302, answer.content.decode()
    upload = Upload.objects.latest("pk")
    assert answer["Location"] == f"{PLACE}{upload.pk}/"
    return upload


def worked(upload):
    work.go_on(upload.pk)
    upload.refresh_from_db()
    return upload.state


def page(client, upload):
    return client.get(f"{PLACE}{upload.pk}/").content.decode()


def test_files_are_checked_shown_confirmed_and_stored(billing):
    upload = sent(billing, contracts=CONTRACTS, customers=CUSTOMERS)
    assert 'http-equiv="refresh"' in page(billing, upload)
    assert worked(upload) == "checked"
    shown = page(billing, upload)
    assert "Nothing is stored yet." in shown
    assert "Store 2 rows" in shown
    assert "“N2” is not a customer number" in shown
    assert "0300001234567890123" not in shown
    assert not Customer.objects.exists()
    for _twice in range(2):
        assert billing.post(f"{PLACE}{upload.pk}/confirm/").status_code == 302
    assert worked(upload) == "done"
    assert Contract.objects.get().number == "S200000001"
    assert "What came of it" in page(billing, upload)
    assert not any(file.path.exists() for file in upload.files.all())
    acts = AuditEntry.objects.order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["contracts.upload", "contracts.confirm"]


def test_rejected_rows_are_fetched_mended_and_sent_again(billing):
    upload = sent(billing, customers=CUSTOMERS)
    worked(upload)
    fetch = f"{PLACE}{upload.pk}/{upload.files.get().pk}/rejected.csv"
    text = b"".join(billing.get(fetch).streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(StringIO(text)))
    assert rows[0] == ["line", "reason", "customer_number", "name"]
    assert rows[1][0] == "3"
    assert rows[1][1].startswith("customer_number: “N2” is not a customer number")
    japanese = b"".join(billing.get(fetch.removeprefix("/en")).streaming_content).decode("utf-8-sig")
    assert "お客さま番号ではありません" in japanese
    again = sent(billing, mended=text.replace(",N2,", ",N200000002,"))
    worked(again)
    billing.post(f"{PLACE}{again.pk}/confirm/")
    assert worked(again) == "done"
    assert Customer.objects.get().number == "N200000002"


def test_files_given_up_leave_nothing_behind(billing):
    upload = sent(billing, customers=CUSTOMERS)
    worked(upload)
    billing.post(f"{PLACE}{upload.pk}/give-up/")
    assert not upload.folder.exists()
    billing.post(f"{PLACE}{upload.pk}/confirm/")
    assert worked(upload) == "dropped"
    assert not Customer.objects.exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "The file is empty."),
        ("a,b\n1,2\n", "The columns (a, b) are none of those"),
        ('customer_number,name\nN200000001,"open\n', "is not complete CSV"),
    ],
)
def test_a_file_that_is_none_is_refused_with_all_of_them(billing, text, words):
    upload = sent(billing, good=CUSTOMERS, bad=text)
    assert worked(upload) == "refused"
    shown = page(billing, upload)
    assert words in shown
    assert "bad.csv" in shown
    assert not Customer.objects.exists()


def test_what_is_sent_wrong_is_said_beside_the_field(billing, settings):
    answer = billing.post(PLACE, {})
    assert answer.status_code == 422
    assert "Please choose one file or several." in answer.content.decode()
    many = [SimpleUploadedFile(f"{n}.csv", b"a") for n in range(11)]
    assert "at most 10 files" in billing.post(PLACE, {"file": many}).content.decode()
    assert not Upload.objects.exists()


def test_a_worker_that_died_is_followed_by_another_three_times(billing, monkeypatch):
    upload = sent(billing, customers=CUSTOMERS)

    def dies(*_args, **_options):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(work, "import_files", dies)
        for _try in range(3):
            with pytest.raises(KeyboardInterrupt):
                work.go_on(upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.tries) == ("checking", 3)
    assert worked(upload) == "refused"
    assert "interrupted each time" in page(billing, upload)


def test_files_nobody_decides_about_and_old_rejected_rows_are_deleted(billing, settings):
    waiting, done = sent(billing, customers=CUSTOMERS), sent(billing, others=CUSTOMERS)
    for upload in (waiting, done):
        worked(upload)
    billing.post(f"{PLACE}{done.pk}/confirm/")
    worked(done)
    uploads.tidy(now=timezone.now())
    assert waiting.folder.exists()
    with time_machine.travel(timezone.now() + timedelta(days=settings.RECEIVED_DAYS + 1)):
        uploads.tidy(now=timezone.now())
    waiting.refresh_from_db()
    assert waiting.state == "dropped"
    assert not waiting.folder.exists()
    assert not done.folder.exists()
    assert done.files.get().problems == []


@pytest.mark.parametrize(("written", "shown"), [("090-12-345-6", "090-12-***-*"), ("03123456", "0312****")])
def test_what_may_be_somebodys_number_is_shown_without_its_last_digits(written, shown):
    file = UploadFile(problems=[[2, "contact_phone", "phone", written]])
    (row,) = contracts_page._rows(file)
    assert shown in row.why
    assert written not in row.why
