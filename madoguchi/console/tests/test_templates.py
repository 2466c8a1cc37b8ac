"""Templates: kept by day, started from at night, their blanks filled in before anything is public."""

import re

import pytest
import time_machine
from django.test import Client

from madoguchi.accounts.models import StaffRole
from madoguchi.accounts.tests import people
from madoguchi.console.models import AuditEntry
from madoguchi.notices.models import Notice, ReportTemplate
from madoguchi.notices.tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _five_past_two():  # what is typed here has happened by then, whatever the clock of the machine says
    with time_machine.travel(make.NOW):
        yield


TYPED = {
    "name_ja": "通信断",
    "name_en": "Outage",
    "order": "10",
    "state_after": "investigating",
    "impact": "outage",
    "severity": "critical",
    "title_ja": "〔サービス名〕の通信断",
    "body_ja": "〔時刻〕ごろから〔地域〕でつながりません。",
    "body_en": "There is no connection since 〔time〕.",
    "emergency_calls_ja": "110番・119番もつながりません。",
}


@pytest.fixture
def editor(client: Client) -> Client:
    make.service("hikari")
    people.sign_in(client, people.staff(StaffRole.EDITOR))
    return client


def recovered(**fields: str) -> ReportTemplate:
    says = {"body_ja": "〔時刻〕に復旧しました。", "body_en": "Back since 〔time〕.", **fields}
    return ReportTemplate.objects.create(kind="trouble", name_ja="復旧", state_after="recovered", impact="none", **says)


def test_a_template_is_kept_edited_and_removed_and_each_act_is_recorded(editor: Client) -> None:
    kept = editor.post("/console/templates/new/?kind=trouble", TYPED)["Location"]
    template = ReportTemplate.objects.get()
    assert kept == f"/console/templates/?saved={template.pk}"
    assert f"テンプレート「{TYPED['name_ja']}」を保存しました" in editor.get(kept).text
    for other in ("9" * 9, "1" * 40, "x", "", "٣"):
        assert "を保存しました" not in editor.get("/console/templates/", {"saved": other}).text
    assert (template.kind, template.severity, template.body_en) == ("trouble", "critical", TYPED["body_en"])
    address = f"/console/templates/{template.pk}/"
    editor.post(address, {**TYPED, "name_ja": "広域の通信断"})
    editor.post(address, {**TYPED, "name_ja": "広域の通信断"})  # changes nothing
    assert "広域の通信断" in editor.get("/console/templates/").content.decode()
    assert "広域の通信断" in editor.get(f"{address}remove/").content.decode()
    for _ in range(2):
        assert editor.post(f"{address}remove/").status_code == 302
    assert not ReportTemplate.objects.exists()
    acts = [entry.act for entry in AuditEntry.objects.order_by("pk")]
    assert acts == ["template.add", "template.edit", "template.remove"]


def test_the_list_names_the_blanks_of_every_japanese_text(editor: Client) -> None:
    ReportTemplate.objects.create(
        kind="trouble",
        name_ja="復旧",
        state_after="recovered",
        impact="none",
        title_ja="〔件名の空欄〕",
        body_ja="〔本文の空欄〕",
        emergency_calls_ja="〔緊急の空欄〕",
        alternatives_ja="〔代替の空欄〕",
    )
    page = editor.get("/console/templates/").text
    for blank in ("件名", "本文", "緊急", "代替"):
        assert f"<mark>〔{blank}の空欄〕</mark>" in page


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name_ja", ""),
        ("name_ja", "あ" * 61),
        ("name_en", "a" * 61),
        ("body_ja", " "),
        ("state_after", "completed"),
        ("order", "-1"),
        ("impact", "x"),
    ],
)
def test_bad_input_is_refused_beside_the_field(editor: Client, field: str, typed: str) -> None:
    answer = editor.post("/console/templates/new/?kind=trouble", {**TYPED, field: typed})
    assert answer.status_code == 422
    assert re.search(rf'href="#id_{field}(_group)?"', answer.content.decode())
    assert not ReportTemplate.objects.exists()


def test_two_templates_have_two_names(editor: Client) -> None:
    for _ in range(2):
        answer = editor.post("/console/templates/new/?kind=trouble", TYPED)
    assert answer.status_code == 422
    assert ReportTemplate.objects.count() == 1


def test_staff_read_its_name_in_their_language_and_in_japanese_where_it_has_no_other(editor: Client) -> None:
    editor.post("/console/templates/new/?kind=trouble", TYPED)
    for start, said in (("/console", "通信断"), ("/en/console", "Outage")):
        assert f">{said}</a>" in editor.get(f"{start}/templates/").text
        assert f">{said}</option>" in editor.get(f"{start}/notices/new/?kind=trouble").text
    editor.post(f"/console/templates/{ReportTemplate.objects.get().pk}/", {**TYPED, "name_en": ""})
    assert '<span lang="ja">通信断</span></a>' in editor.get("/en/console/templates/").text
    assert ">通信断</option>" in editor.get("/en/console/notices/new/?kind=trouble").text


def test_the_list_is_searched_by_name_and_text(editor: Client) -> None:
    editor.post("/console/templates/new/?kind=trouble", TYPED)
    recovered()
    for query, shown, hidden in (("q=地域", "通信断", "復旧</a>"), ("q=復旧", "復旧</a>", "通信断</a>")):
        text = editor.get(f"/console/templates/?{query}").content.decode()
        assert shown in text
        assert hidden not in text
    assert "テンプレートはまだありません" in editor.get("/console/templates/?kind=work").content.decode()


def test_a_notice_starts_from_a_template_and_its_blanks_are_named_until_filled_in(editor: Client) -> None:
    editor.post("/console/templates/new/?kind=trouble", TYPED)
    template = ReportTemplate.objects.get()
    address = f"/en/console/notices/new/?kind=trouble&template={template.pk}"
    text = editor.get(address).content.decode()
    assert "〔サービス名〕の通信断" in text
    assert "<mark>〔地域〕</mark>" in text
    assert 'value="critical" selected' in text
    typed = {**TYPED, "services": ["hikari"], "started_at": "2026-11-22T03:05", "notify": "on", "check": "1"}
    answer = editor.post(address, typed)
    said = answer.content.decode()
    assert answer.status_code == 422
    assert '<a href="#id_title_ja">' in said
    assert '<a href="#id_body_en">' in said
    assert "〔時刻〕 〔地域〕" in said
    filled = {
        name: re.sub("〔.*?〕", "3時", value) if isinstance(value, str) else value for name, value in typed.items()
    }
    revision = {"revision": str(Notice.objects.get().draft_report.revision)}  # type: ignore[union-attr]
    answer = editor.post(f"/en/console/notices/{Notice.objects.get().pk}/edit/", {**filled, **revision})
    assert answer["Location"].endswith("/publish/")


def test_a_further_report_takes_the_words_and_keeps_the_facts(editor: Client) -> None:
    published = make.trouble(make.service("other"), impact="degraded", alternatives_ja="携帯電話").publish(by=None)
    template = recovered()
    for page in ("new", "quick"):
        address = f"/console/notices/{published.notice_id}/reports/{page}/"
        assert f'<option value="{template.pk}">' in editor.get(address).content.decode()
        form = editor.get(f"{address}?template={template.pk}").context["form"]
        assert form["body_ja"].value() == "〔時刻〕に復旧しました。"
        assert form["state_after"].value() == "recovered"
        assert form["ended_at"].value()
        if page == "new":
            assert (form["impact"].value(), form["alternatives_ja"].value()) == ("degraded", "携帯電話")


@pytest.mark.parametrize("wanted", ["", "0", "x", "٣", "9" * 30, "-1"])
def test_an_unknown_template_gives_an_empty_form(editor: Client, wanted: str) -> None:
    recovered()
    assert editor.get(f"/console/notices/new/?kind=trouble&template={wanted}").status_code == 200
