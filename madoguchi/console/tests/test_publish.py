"""Publishing, over HTTP: from the confirmation to the last report."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from madoguchi.accounts.models import StaffRole
from madoguchi.accounts.tests import people
from madoguchi.console import audit
from madoguchi.console.models import AuditEntry
from madoguchi.delivery.models import Mailing
from madoguchi.notices.fingerprint import fingerprint
from madoguchi.notices.models import Destination, Report
from madoguchi.notices.tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _five_past_two():  # what is typed here has happened by then, whatever the clock of the machine says
    with time_machine.travel(make.NOW):
        yield


@pytest.fixture
def publisher(client: Client) -> Client:
    people.sign_in(client, people.publisher())
    return client


def page_of(report: Report) -> str:
    return f"/console/notices/{report.notice_id}/reports/{report.pk}/publish/"


def seen(client: Client, report: Report) -> str:
    found = re.search(r'name="seen" value="(\w+)"', client.get(page_of(report)).content.decode())
    return found.group(1) if found else ""


def draft() -> Report:
    service = make.service()
    for name in ("hanako", "jiro"):
        reader = make.account(name)
        make.follows(reader, service)
        make.reads(reader)
    return make.trouble(service)


def test_the_page_says_what_and_how_many_and_shows_every_mail(publisher: Client) -> None:
    text = publisher.get(page_of(draft())).content.decode()
    assert "公開して2件のメールを送る" in text
    assert "第1報：通信しづらい状況" in text
    assert text.count('class="mail-preview"') == 4
    assert "Connections are failing" in text


def test_the_page_shows_the_public_page_as_it_will_be(publisher: Client) -> None:
    report = draft()
    text = publisher.get(page_of(report)).content.decode()
    for language, title in (("", "通信しづらい状況"), ("/en", "Connections are failing")):
        address = f"{language}/notices/preview/{report.pk}/"
        assert f'src="{address}"' in text
        assert title in publisher.get(address).content.decode()


def test_what_work_does_by_itself_is_read_before_it_is_published(publisher: Client) -> None:
    report = make.work(make.service(), starts_itself=True, notify_start=False, ends_itself=True, remind_hours=(24, 2))
    text = publisher.get(page_of(report)).content.decode()
    assert "最初の工事期間の開始時に「実施中」を掲載（メール配信なし）" in text
    assert "最後の工事期間の終了時に「完了」を掲載（メール配信あり）" in text
    assert "メールのリマインダー：前日、2時間前" in text


def test_a_long_list_of_numbers_nobody_has_is_scrolled_with_the_keyboard_too(publisher: Client) -> None:
    report = draft()
    report.notice.affected_contracts.create(contract_number="N000000404")
    text = publisher.get(page_of(report)).content.decode()
    assert re.search(
        r'<div class="console__numbers" role="region" tabindex="0" aria-label="[^"]+"><code>N000000404<', text
    )


def test_addresses_that_get_none_of_it_are_counted_apart(publisher: Client) -> None:
    report = draft()
    Destination.objects.filter(account__email__startswith="jiro").update(state="paused")
    text = publisher.get(page_of(report)).content.decode()
    assert "公開して1件のメールを送る" in text
    assert "<dt>送信しない（配信停止・一時停止中）</dt><dd>1</dd>" in text


def test_publishing_gives_the_number_and_leaves_the_mailing_and_a_record(publisher: Client) -> None:
    report = draft()
    response = publisher.post(page_of(report), {"seen": seen(publisher, report)})
    assert response["Location"] == f"/console/notices/{report.notice_id}/"
    report.refresh_from_db()
    assert report.ordinal == 1
    assert str(report.notice.number).startswith("T-")
    assert Mailing.objects.filter(reference=str(report.pk)).count() == 1
    assert ProcrastinateJob.objects.filter(task_name__contains="write_letters").count() == 1
    entry = AuditEntry.objects.get(act="notice.publish")
    assert entry.detail == {"number": report.notice.number, "report": 1, "state": "investigating", "mailed": True}
    assert entry.actor.staff_role == "publisher"
    assert entry.request_id


def test_pressed_twice_is_published_once(publisher: Client) -> None:
    report = draft()
    token = seen(publisher, report)
    for _ in range(2):
        assert publisher.post(page_of(report), {"seen": token}).status_code == 302
    assert Mailing.objects.count() == AuditEntry.objects.filter(act="notice.publish").count() == 1
    assert publisher.get(page_of(report)).status_code == 302


def test_what_was_read_is_what_is_published(publisher: Client) -> None:
    report = draft()
    token = seen(publisher, report)
    report.body_ja = "書き換えました。"
    report.save()
    for given in (token, ""):
        response = publisher.post(page_of(report), {"seen": given})
        assert response.status_code == 422
        assert "下書きが変更されました" in response.content.decode()
    report.refresh_from_db()
    assert report.ordinal is None


def test_what_is_missing_is_said_and_nothing_done(publisher: Client) -> None:
    report = make.trouble(make.service(), body_ja="")
    text = publisher.get(page_of(report)).content.decode()
    assert "まだ公開できません" in text
    assert 'name="seen"' not in text
    response = publisher.post(page_of(report), {"seen": fingerprint(Report.objects.get(pk=report.pk))})
    assert response.status_code == 422
    assert not Mailing.objects.exists()
    assert not AuditEntry.objects.exists()


def test_an_illegal_move_is_refused_by_name(publisher: Client) -> None:
    report = make.trouble(make.service(), state_after="completed")
    response = publisher.post(page_of(report), {"seen": fingerprint(Report.objects.get(pk=report.pk))})
    assert response.status_code == 422
    assert "「下書き」から「完了」へは進めません。" in response.content.decode()


def test_further_reports_until_the_final_one(publisher: Client) -> None:
    with time_machine.travel(make.NOW, tick=False) as clock:
        first = draft()
        first.publish(by=None)
        notice = f"/console/notices/{first.notice_id}/"
        clock.shift(timedelta(minutes=75))
        text = publisher.get(notice).content.decode()
        assert "1時間35分" in text  # since the start
        assert "1時間15分" in text  # since the last report
        assert "15分超過" in text  # the next one was due after an hour
        assert "15分超過" in publisher.get("/console/").content.decode()

        form = publisher.get(f"{notice}reports/new/").content.decode()
        assert 'value="false_alarm"' in form
        assert 'value="cancelled"' not in form
        typed = {"state_after": "recovered", "impact": "outage", "severity": "normal", "notify": "on", "check": "1"}
        times = {"started_at": "2026-11-22T13:45"}
        refused = publisher.post(f"{notice}reports/new/", {**typed, **times, "body_ja": "復旧しました。"})
        assert refused.status_code == 422
        assert '<a href="#id_ended_at">' in refused.content.decode()

        second = Report.objects.get(ordinal=None)
        edit = f"{notice}reports/{second.pk}/"
        assert publisher.get(f"{notice}reports/new/")["Location"] == edit
        done = {**typed, **times, "body_ja": "復旧しました。", "ended_at": "2026-11-22T15:10"}
        too_soon = publisher.post(edit, {**done, "ended_at": "2026-11-22T15:21"})
        assert too_soon.status_code == 422
        assert "実際に復旧した日時を入力してください。" in too_soon.content.decode()
        assert 'value="2026-11-22T15:21"' in too_soon.content.decode()
        second.refresh_from_db()
        done["revision"] = str(second.revision)
        assert publisher.post(edit, done)["Location"] == page_of(second)
        publisher.post(page_of(second), {"seen": seen(publisher, second)})
        second.refresh_from_db()
        assert (second.ordinal, second.is_final, second.state_after) == (2, True, "recovered")
        text = publisher.get(notice).content.decode()
        assert "最終報（第2報）" in text
        assert "15分超過" not in text
        assert publisher.get(edit)["Location"] == notice


def test_a_state_that_may_not_follow_cannot_be_chosen(publisher: Client) -> None:
    first = draft()
    first.publish(by=None)
    typed = {
        "state_after": "cancelled",
        "impact": "outage",
        "severity": "normal",
        "body_ja": "中止します。",
        "keep": "1",
    }
    response = publisher.post(f"/console/notices/{first.notice_id}/reports/new/", typed)
    assert response.status_code == 422
    assert "中止します。" in response.content.decode()
    assert Report.objects.count() == 1


def test_the_html_of_a_mail_runs_nothing(publisher: Client) -> None:
    report = draft()
    address = f"/console/notices/{report.notice_id}/reports/{report.pk}/mail/"
    response = publisher.get(f"{address}?language=en")
    assert "Connections are failing" in response.content.decode()
    assert "sandbox" in response["Content-Security-Policy"]
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert publisher.get(f"{address}?language=fr").status_code == 404


def test_the_audit_log_cannot_be_changed(client: Client, rf) -> None:
    request = rf.get("/console/")
    request.user = people.publisher()
    entry = audit.record(request, "notice.look", request.user, reason="asked by telephone")
    for act in (
        lambda: AuditEntry.objects.update(act="nothing"),
        lambda: AuditEntry.objects.all().delete(),
        entry.delete,
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            act()
    assert AuditEntry.objects.get().reason == "asked by telephone"


def test_administrators_read_the_audit_log(client: Client, rf) -> None:
    admin = people.staff(StaffRole.ADMINISTRATOR)
    people.sign_in(client, admin)
    request = rf.get("/console/")
    request.user = admin
    audit.record(request, "notice.publish", admin, number="T-2026-000001")
    assert "number=T-2026-000001" in client.get("/en/console/audit/").content.decode()
