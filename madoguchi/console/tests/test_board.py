"""The board at 3 a.m.: what is wrong, what is under way, what comes, what waits for whom."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from madoguchi.accounts.models import StaffRole
from madoguchi.accounts.tests import people
from madoguchi.console.models import AuditEntry
from madoguchi.notices.content import Period
from madoguchi.notices.models import Report
from madoguchi.notices.tests import make

pytestmark = pytest.mark.django_db

BOARD = "/en/console/notices/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(make.NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def editor(client: Client, clock: object) -> Client:
    people.sign_in(client, people.staff(StaffRole.EDITOR, family_name_kana="ヘンシュウ", given_name_kana="ミドリ"))
    return client


def work(slug: str, *, hours: int, state: str = "confirmed", long: int = 4) -> Report:
    begins = make.NOW + timedelta(hours=hours)
    window = Period(starts_at=begins, ends_at=begins + timedelta(hours=long))
    about = {"title_ja": slug, "title_en": slug}
    return make.work(make.service(slug), notice=about, state_after=state, windows=(window,)).publish(by=None)


def part(text: str, heading: str) -> str:
    """What stands under a heading of the board."""
    return text.split(f'id="{heading}"', 1)[1].split("</section>", 1)[0]


def test_trouble_with_its_minutes_and_the_longest_overdue_first(editor: Client, clock) -> None:
    calm = make.trouble(make.service("calm"), next_report_due=make.NOW + timedelta(hours=3)).publish(by=None)
    late = make.trouble(make.service("late"), next_report_due=make.NOW + timedelta(minutes=30)).publish(by=None)
    clock.shift(timedelta(minutes=75))
    text = part(editor.get(BOARD).content.decode(), "troubles")
    assert text.index(str(late.notice.number)) < text.index(str(calm.notice.number))
    assert "1 h 35 min" in text  # since the start, 20 minutes before
    assert "1 h 15 min" in text  # since the report
    assert "45 min overdue" in text
    assert "in 1 h 45 min" in text
    assert f"/notices/{late.notice_id}/reports/quick/?state=recovered" in text


def test_a_report_being_written_is_gone_on_with_not_begun_twice(editor: Client) -> None:
    notice = make.trouble(make.service()).publish(by=None).notice
    editor.post(f"{BOARD}{notice.pk}/reports/quick/", {"state_after": "identified", "keep": "1"})
    text = part(editor.get(BOARD).content.decode(), "troubles")
    assert "Go on writing" in text
    assert "reports/quick/" not in text


def test_work_by_its_hour(editor: Client) -> None:
    hours: dict[str, dict[str, Any]] = {
        "under-way": {"hours": -1, "state": "in_progress"},
        "past-end": {"hours": -9, "state": "in_progress"},
        "tonight": {"hours": 9},
        "not-begun": {"hours": -1},
        "next-week": {"hours": 170},
    }
    for slug, more in hours.items():
        work(slug, **more)
    text = editor.get(BOARD).content.decode()
    under_way, soon = part(text, "under-way"), part(text, "soon")
    assert "under-way" in under_way
    assert "Past its end:" in under_way.split("past-end", 1)[1].split("</li>", 1)[0]
    assert "tonight" in soon
    assert "Past its beginning:" in soon.split("not-begun", 1)[1].split("</li>", 1)[0]
    assert "next-week" not in soon + under_way
    assert "?state=completed" in under_way
    assert "?state=in_progress" in soon


def test_drafts_with_who_saved_them_and_when(editor: Client) -> None:
    make.trouble(make.service(), by=people.publisher(family_name_kana="コウカイ", given_name_kana="アオイ"))
    for page in (BOARD, "/en/console/"):
        text = part(editor.get(page).content.decode(), "drafts")
        assert 'コウカイ アオイ (publisher@aoba.example), <time datetime="2026-11-22T05:05+00:00">' in text
        assert "22 Nov 2026, 14:05 JST</time>" in text


def test_who_filters_wants_the_list_alone(editor: Client) -> None:
    make.trouble(make.service(), notice={"title_en": "Mail is late"}, body_ja="受信が遅れています。").publish(by=None)
    work("renewal", hours=30)
    for query, shown, hidden in (
        ("state=confirmed", "renewal", "Mail is late"),
        ("state=investigating", "Mail is late", "renewal"),
        ("q=受信が遅れ", "Mail is late", "renewal"),
    ):
        text = editor.get(f"{BOARD}?{query}").content.decode()
        assert 'id="troubles"' not in text
        assert shown in text
        assert hidden not in text


def test_who_only_looks_is_offered_nothing(client: Client) -> None:
    make.trouble(make.service()).publish(by=None)
    people.sign_in(client, people.staff(StaffRole.VIEWER))
    text = client.get(BOARD).content.decode()
    assert "/reports/" not in text
    assert "notices/new/" not in text


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        ("investigating", ["quick/", "quick/?state=recovered", "quick/?state=false_alarm", "new/"]),
        ("recovered", ["new/"]),
    ],
)
def test_a_troubles_page_offers_what_may_follow(editor: Client, state: str, offered: list[str]) -> None:
    report = make.trouble(make.service(), state_after=state, ended_at=make.NOW).publish(by=None)
    text = editor.get(f"{BOARD}{report.notice_id}/").content.decode()
    for page in offered:
        assert f'reports/{page}"' in text
    assert text.count(f"{report.notice_id}/reports/") == len(offered)


def test_works_page_offers_its_moves_and_the_form_opens_with_them(editor: Client) -> None:
    notice = work("renewal", hours=-1).notice
    text = editor.get(f"{BOARD}{notice.pk}/").content.decode()
    for state in ("in_progress", "completed", "cancelled"):
        address = f"{BOARD}{notice.pk}/reports/new/?state={state}"
        assert address in text
        assert editor.get(address).context["form"]["state_after"].value() == state
    assert editor.get(f"{BOARD}{notice.pk}/reports/new/?state=recovered").context["form"]["state_after"].value() == (
        "confirmed"
    )
    assert editor.get(f"{BOARD}{notice.pk}/reports/quick/")["Location"].endswith("/reports/new/")


def test_the_notices_page_shows_who_did_what_to_it_and_its_reports(editor: Client) -> None:
    notice = make.trouble(make.service()).publish(by=None).notice
    editor.post(f"{BOARD}{notice.pk}/reports/quick/", {"state_after": "identified", "keep": "1"})
    assert AuditEntry.objects.get().act == "report.start"
    text = editor.get(f"{BOARD}{notice.pk}/").content.decode()
    assert "Began a report" in text
    assert "ヘンシュウ ミドリ (editor@aoba.example)" in text
