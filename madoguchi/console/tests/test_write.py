"""Writing a notice, over HTTP: drafts, what is missing, what was typed."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from madoguchi.accounts.models import StaffRole
from madoguchi.accounts.tests import people
from madoguchi.catalog.models import Service
from madoguchi.console.models import AuditEntry
from madoguchi.notices.models import Notice
from madoguchi.notices.tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _five_past_two():  # what is typed here has happened by then, whatever the clock of the machine says
    with time_machine.travel(make.NOW):
        yield


TROUBLE = {
    "state_after": "investigating",
    "impact": "outage",
    "severity": "critical",
    "title_ja": "光回線がつながらない状況",
    "title_en": "Optical lines are down",
    "body_ja": "原因を調べています。",
    "body_en": "We are looking into it.",
    "services": ["hikari"],
    "regions": ["27", "28"],
    "started_at": "2026-11-22T13:45",
    "emergency_calls_ja": "110番・119番もつながりません。",
    "alternatives_ja": "携帯電話をお使いください。",
    "contract_numbers": "N000000001, N000000002\nN000000001",
    "notify": "on",
}
WORK = {
    "state_after": "confirmed",
    "impact": "degraded",
    "severity": "normal",
    "title_ja": "設備の更新",
    "body_ja": "設備を更新します。",
    "services": ["hikari"],
    "main_1_starts": "2026-12-06T01:00",
    "main_1_ends": "2026-12-06T05:00",
    "spare_1_starts": "2026-12-13T01:00",
    "spare_1_ends": "2026-12-13T05:00",
    "notify": "on",
}


@pytest.fixture
def editor(client: Client) -> Client:
    make.service("hikari")
    people.sign_in(client, people.staff(StaffRole.EDITOR))
    return client


def write(client: Client, kind: str, typed: dict[str, Any], button: str = "check") -> Any:
    return client.post(f"/console/notices/new/?kind={kind}", {**typed, button: "1"})


def test_a_trouble_notice_is_kept_as_typed(editor: Client) -> None:
    response = write(editor, "trouble", TROUBLE)
    notice = Notice.objects.get()
    report = notice.draft_report
    assert report is not None
    assert response["Location"] == f"/console/notices/{notice.pk}/reports/{report.pk}/publish/"
    assert (notice.title_ja, notice.title_en) == ("光回線がつながらない状況", "Optical lines are down")
    assert [service.slug for service in notice.services.all()] == ["hikari"]
    assert notice.regions == ["27", "28"]
    assert set(notice.affected_contracts.values_list("contract_number", flat=True)) == {"N000000001", "N000000002"}
    assert report.started_at == datetime(2026, 11, 22, 13, 45, tzinfo=make.TOKYO)
    assert (report.severity, report.emergency_calls_ja) == ("critical", "110番・119番もつながりません。")
    assert notice.is_draft


def test_work_has_main_and_spare_periods(editor: Client) -> None:
    write(editor, "work", WORK, "keep")
    report = Notice.objects.get().draft_report
    assert report is not None
    assert [(period.starts_at.astimezone(make.TOKYO).day, period.spare) for period in report.periods] == [
        (6, False),
        (13, True),
    ]
    text = editor.get(f"/console/notices/{report.notice_id}/edit/").content.decode()
    assert 'value="2026-12-06T01:00"' in text
    assert 'value="2026-12-13T05:00"' in text


def test_a_draft_may_be_incomplete_but_not_go_on(editor: Client) -> None:
    typed = {"state_after": "investigating", "impact": "outage", "severity": "normal", "title_ja": "調査中"}
    response = write(editor, "trouble", typed)
    text = response.content.decode()
    assert response.status_code == 422
    assert "<title>エラー：" in text
    assert '<a href="#id_body_ja">' in text
    assert '<a href="#id_services_group">' in text
    assert '<a href="#id_started_at">' in text
    assert 'value="調査中"' in text
    notice = Notice.objects.get()
    assert f'action="/console/notices/{notice.pk}/edit/"' in text

    assert write(editor, "trouble", typed, "keep")["Location"].startswith("/console/notices/")


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("main_1_ends", "2026-12-06T00:30", "終了は開始より後の日時にしてください。"),
        ("main_1_ends", "", "開始と終了の両方を入力してください。"),
        ("main_1_starts", "あした", "日付と時刻を"),
        ("main_1_starts", "0001-01-01T00:00", "2000年から2099年まで"),
        ("main_1_ends", "9999-12-31T23:59", "2000年から2099年まで"),
        ("title_ja", "設備\x00の更新", "文字"),
        ("state_after", "recovered", "「下書き」から「復旧」"),
        ("impact", "", "選択してください。"),
        ("services", ["no-such-service"], "no-such-service"),
        ("contract_numbers", "N" * 21, "は契約番号ではありません。"),
        ("title_ja", "あ" * 121, "120"),
    ],
)
def test_bad_input_keeps_what_was_typed_and_nothing_else(editor: Client, field: str, typed: Any, words: str) -> None:
    response = write(editor, "work", {**WORK, field: typed}, "keep")
    text = response.content.decode()
    assert response.status_code == 422
    assert words in text
    assert "設備を更新します。" in text
    assert not Notice.objects.exists()
    assert not AuditEntry.objects.exists()


def test_only_the_first_states_are_offered(editor: Client) -> None:
    text = editor.get("/console/notices/new/?kind=work").content.decode()
    assert 'value="tentative"' in text
    assert 'value="completed"' not in text
    assert 'name="started_at"' not in text
    assert editor.get("/console/notices/new/?kind=party").status_code == 404


def test_a_draft_is_edited_and_each_act_is_recorded(editor: Client) -> None:
    write(editor, "trouble", TROUBLE, "keep")
    notice = Notice.objects.get()
    address = f"/console/notices/{notice.pk}/edit/"
    assert "光回線がつながらない状況" in editor.get(address).content.decode()
    editor.post(address, {**TROUBLE, "title_ja": "光回線の故障", "services": [], "keep": "1"})
    notice.refresh_from_db()
    assert notice.title_ja == "光回線の故障"
    assert not notice.services.exists()
    entries = AuditEntry.objects.order_by("pk")
    assert [entry.act for entry in entries] == ["notice.start", "notice.edit"]
    assert {entry.object_key for entry in entries} == {str(notice.pk)}


def test_a_draft_is_thrown_away_after_asking(editor: Client) -> None:
    write(editor, "trouble", TROUBLE, "keep")
    report = Notice.objects.get().draft_report
    assert report is not None
    address = f"/console/notices/{report.notice_id}/reports/{report.pk}/discard/"
    assert "下書きを削除する" in editor.get(address).content.decode()
    assert Notice.objects.exists()
    assert editor.post(address)["Location"] == "/console/notices/"
    assert not Notice.objects.exists()
    assert AuditEntry.objects.filter(act="notice.discard").count() == 1


def test_missing_english_is_shown(editor: Client) -> None:
    write(editor, "trouble", {**TROUBLE, "body_en": ""}, "keep")
    text = editor.get(f"/en/console/notices/{Notice.objects.get().pk}/").content.decode()
    assert "English is not complete" in text
    assert "Missing: Text, Emergency calls, What to use instead." in text


def test_the_list_is_filtered_by_its_address(editor: Client) -> None:
    write(editor, "trouble", TROUBLE, "keep")
    make.work(make.service("b")).publish(by=people.publisher())
    found = editor.get("/en/console/notices/").content.decode()
    assert "2 notices" in found
    for query, shown, hidden in (
        ("show=drafts", "Optical lines are down", "Equipment renewal"),
        ("show=in_force", "Equipment renewal", "Optical lines are down"),
        ("kind=work", "Equipment renewal", "Optical lines are down"),
        ("q=optical", "Optical lines are down", "Equipment renewal"),
        ("q=W-2026", "Equipment renewal", "Optical lines are down"),
    ):
        text = editor.get(f"/en/console/notices/?{query}").content.decode()
        assert shown in text, query
        assert hidden not in text, query
    assert "No notice matches" in editor.get("/en/console/notices/?show=over").content.decode()
    assert editor.get("/en/console/notices/?kind=nonsense&page=999").status_code == 200


def test_more_periods_without_script_keep_what_is_typed_and_store_nothing(editor: Client) -> None:
    response = write(editor, "work", {**WORK, "more": "main"}, "unused")
    text = response.content.decode()
    assert response.status_code == 200
    assert 'name="main_2_starts"' in text
    assert "autofocus" in text.split('name="main_2_starts"', 1)[1].split(">", 1)[0]
    assert 'value="2026-12-13T05:00"' in text
    assert not Notice.objects.exists()
    third = {"main_3_starts": "2026-12-20T01:00", "main_3_ends": "2026-12-20T05:00"}
    write(editor, "work", {**WORK, **third}, "keep")
    report = Notice.objects.get().draft_report
    assert report is not None
    assert len(report.periods) == 3
    text = write(editor, "work", {**WORK, "main_99_starts": "2026-12-20T01:00"}, "more").content.decode()
    assert "main_21_starts" not in text


def test_the_services_are_narrowed_without_script_and_ticks_stay(editor: Client) -> None:
    make.service("denwa", name_ja="あおば電話", name_en="Aoba Phone", kana="アオバデンワ")
    make.service("kumo", name_ja="あおばクラウド", name_en="Aoba Cloud", kana="アオバクラウド")
    for service in Service.objects.all():
        service.fold_names()
        service.save()
    text = write(editor, "trouble", {**TROUBLE, "service_words": "でんわ"}, "filter").content.decode()
    shown = text.split('id="id_services"', 1)[1].split("</fieldset>", 1)[0]
    assert "あおば電話" in shown
    assert "hikari" in shown
    assert "あおばクラウド" not in shown
    assert "原因を調べています。" in text


def test_a_whole_area_is_one_tick(editor: Client) -> None:
    write(editor, "trouble", {**TROUBLE, "regions": ["area-kinki", "13"]}, "keep")
    assert Notice.objects.get().regions == ["13", "24", "25", "26", "27", "28", "29", "30"]


def test_the_next_report_is_due_in_minutes(editor: Client) -> None:
    with time_machine.travel(make.NOW, tick=False):
        write(editor, "trouble", {**TROUBLE, "next_report_in": "30"}, "keep")
    report = Notice.objects.get().draft_report
    assert report is not None
    assert report.next_report_due == make.NOW + timedelta(minutes=30)


def test_how_work_goes_on_by_itself_is_kept(editor: Client) -> None:
    course = {"starts_itself": "on", "ends_itself": "on", "notify_end": "on", "remind_hours": ["24", "2"]}
    write(editor, "work", {**WORK, **course}, "keep")
    report = Notice.objects.get().draft_report
    assert report is not None
    assert (report.starts_itself, report.notify_start, report.ends_itself, report.notify_end) == (
        True,
        False,
        True,
        True,
    )
    assert report.remind_hours == [24, 2]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932"])
def test_contract_numbers_come_from_a_file(editor: Client, encoding: str) -> None:
    table = SimpleUploadedFile("a.csv", "お名前,契約番号\r\n山田,N000000003\r\n鈴木,N000000004\r\n".encode(encoding))
    write(editor, "trouble", {**TROUBLE, "contract_file": table}, "keep")
    numbers = Notice.objects.get().affected_contracts.values_list("contract_number", flat=True)
    assert set(numbers) == {"N000000003", "N000000004"}


def test_a_file_that_is_no_list_is_refused_with_its_lines(editor: Client) -> None:
    file = SimpleUploadedFile("a.csv", "契約番号\nN000000003\n5.41144E+11\n".encode())
    text = write(editor, "trouble", {**TROUBLE, "contract_file": file}, "keep").content.decode()
    assert '<a href="#id_contract_file">' in text
    assert "3行目" in text
    assert not Notice.objects.exists()


def test_a_file_is_kept_in_the_list_when_something_else_is_wrong(editor: Client) -> None:
    file = SimpleUploadedFile("a.csv", b"N000000003\n")
    text = write(editor, "trouble", {**TROUBLE, "contract_file": file, "impact": ""}, "keep").content.decode()
    assert "N000000003" in text
    assert "N000000001" not in text


def test_numbers_of_no_contract_are_named_before_publication(editor: Client) -> None:
    address = write(editor, "trouble", TROUBLE)["Location"]
    text = editor.get(address.replace("/console/", "/en/console/", 1)).content.decode()
    assert "2 contract numbers are affected." in text
    assert "2 of them belong to no contract we know" in text
    assert "<code>N000000001</code>" in text


def test_trouble_that_is_still_to_come_is_refused_beside_its_field(editor: Client) -> None:
    with time_machine.travel(make.NOW, tick=False):  # 14:05 in Tokyo
        refused = write(editor, "trouble", {**TROUBLE, "started_at": "2026-11-22T15:05"})
        text = refused.content.decode()
        assert refused.status_code == 422
        assert '<a href="#id_started_at">' in text
        assert "まだ先の時刻です" in text
        assert 'value="2026-11-22T15:05"' in text
        # A clock that is a little ahead is no reason to wait.
        address = f"/console/notices/{Notice.objects.get().pk}/edit/"
        assert editor.post(address, {**TROUBLE, "started_at": "2026-11-22T14:09", "check": "1"}).status_code == 302
