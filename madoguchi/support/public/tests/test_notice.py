"""``/notices/<number>/``."""

from datetime import timedelta

import pytest
import time_machine

from madoguchi.notices import write
from madoguchi.notices.content import Period
from madoguchi.notices.tests import make
from madoguchi.notices.tests.make import NOW
from madoguchi.support.public.tests import posted


@pytest.fixture
def trouble(hikari):
    return posted.trouble(
        hikari,
        at=NOW - timedelta(hours=1),
        notice={"regions": ["13", "14"]},
        emergency_calls_ja="110・119へ発信できません。",
        alternatives_ja="携帯電話を\nご利用ください。",
        expected_end=NOW + timedelta(hours=2),
    )


def page(client, notice, prefix=""):
    response = client.get(f"{prefix}/notices/{notice.number}/")
    assert response.status_code == 200
    return response.content.decode()


def test_what_readers_need_first(client, trouble):
    html = page(client, trouble)
    for said in (
        "調査中",
        "2026年11月22日（日）12:45 JST</time>から",
        "16:05 JST</time>",
        "東京都、神奈川県",
        "110・119へ発信できません。",
        "携帯電話を<br>ご利用ください。",
        "2026年11月22日（日）14:05 JST</time>まで",
        "/services/hikari-internet/",
    ):
        assert said in html


def test_every_report_newest_first_with_what_it_moved(client, trouble):
    notice = posted.further(trouble, at=NOW, state_after="recovering", expected_end=NOW + timedelta(hours=4))
    html = page(client, notice)
    assert html.index('id="report-2"') < html.index('id="report-1"')
    assert "第2報" in html
    changed = html[html.index("変更：復旧見込み") :]
    assert changed.index("16:05 JST") < changed.index("18:05 JST")


def test_a_moved_window_shows_old_and_new(client, hikari):
    notice = posted.work(hikari)
    day, night = timedelta(days=1), notice.periods[0]
    moved = Period(starts_at=night.starts_at + day, ends_at=night.ends_at + day)
    html = page(client, posted.further(notice, at=NOW + timedelta(hours=1), windows=(moved,)), "/en")
    assert "Changed: Period" in html
    assert "<del>23 Nov 2026, 01:00–05:00 JST</del>" in html
    assert "<ins>24 Nov 2026, 01:00–05:00 JST</ins>" in html


def test_a_spare_window_that_comes_and_goes(client, hikari):
    notice = posted.work(hikari)
    (night,) = notice.periods
    spare = Period(starts_at=night.starts_at + timedelta(days=7), ends_at=night.ends_at + timedelta(days=7), spare=True)
    notice = posted.further(notice, at=NOW + timedelta(hours=1), windows=(night, spare))
    html = page(client, notice)
    # The window that stays is on both sides, without a mark.
    assert html.count("<li>2026年11月23日（月）01:00〜05:00 JST</li>") == 2
    assert "<ins>2026年11月30日（月）01:00〜05:00 JST（予備日）</ins>" in html
    html = page(client, posted.further(notice, at=NOW + timedelta(hours=2), windows=(night,)))
    assert "<del>2026年11月30日（月）01:00〜05:00 JST（予備日）</del>" in html


def test_what_held_for_emergency_calls_is_not_said_of_now_once_the_trouble_is_over(client, trouble):
    assert "notice-facts__urgent" in page(client, trouble)
    over = posted.further(trouble, at=NOW, state_after="recovered", ended_at=NOW - timedelta(minutes=5))
    html = page(client, over)
    assert "notice-facts__urgent" not in html
    assert "終了までの緊急通報（110・118・119）" in html
    assert "終了までの代わりの手段" in html
    assert "What to use instead until the end" in page(client, over, "/en")


def test_nor_of_a_false_alarm(client, trouble):
    html = page(client, posted.further(trouble, at=NOW, state_after="false_alarm"))
    assert "notice-facts__urgent" not in html
    assert "終了までの緊急通報（110・118・119）" in html


def test_a_period_is_kept_apart_from_what_is_said_of_it(client, hikari):
    # The parts that a narrow screen breaks by themselves: the zone stays with its clock, the spare day with its words.
    notice = posted.work(hikari)
    (night,) = notice.periods
    spare = Period(starts_at=night.starts_at + timedelta(days=7), ends_at=night.ends_at + timedelta(days=7), spare=True)
    html = page(client, posted.further(notice, at=NOW + timedelta(hours=1), windows=(night, spare)))
    assert '<span class="when__moment">2026年11月30日（月）01:00〜05:00 JST</span>（予備日）' in html


def test_other_changes_in_words(client, trouble):
    notice = posted.further(trouble, at=NOW, expected_end=None, impact="degraded", severity="critical")
    html = page(client, notice, "/en")
    changed = html[html.index("Changed: Expected recovery") : html.index('id="report-1"')]
    assert "<del>22 Nov 2026, 16:05 JST</del>" in changed
    assert "<p>—</p>" in changed
    assert "<del>Outage</del>" in changed
    assert "<ins>Lower quality or short interruptions</ins>" in changed
    assert "<ins>Critical</ins>" in changed


def test_a_report_that_is_late_is_said_to_be(client, trouble):
    assert "予定時刻を過ぎています" not in page(client, trouble)
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        html = page(client, trouble)
    assert "予定時刻を過ぎています" in html
    assert "14:05 JST</time>まで" in html


def test_only_some_contracts_are_touched(client, hikari):
    assert "/notices/impact/" not in page(client, posted.work(hikari))
    html = page(client, posted.work(hikari, notice={"contract_numbers": ["C100000001"]}))
    assert "/notices/impact/" in html
    assert "C100000001" not in html


def test_what_can_be_done_with_it(client, hikari, trouble):
    work = posted.work(hikari)
    html = page(client, work, "/en")
    for said in (
        f'href="/en/notices/{work.number}.ics"',
        'href="/en/my/notices/hikari-internet/"',
        f'data-text="http://127.0.0.1:8000/en/notices/{work.number}/"',
        "mailto:?subject=W-2026-000001%20Equipment%20renewal&amp;body=http%3A%2F%2F",
    ):
        assert said in html
    assert ".ics" not in page(client, trouble)
    assert "/my/notices/hikari-internet/" not in page(client, posted.recovered(hikari))


def test_how_long_work_really_took(client, hikari):
    at = NOW + timedelta(hours=11)
    notice = posted.further(posted.work(hikari), at=at, state_after="in_progress")
    assert "Since 23 Nov 2026, 01:05 JST" in page(client, notice, "/en")
    notice = posted.further(notice, at=at + timedelta(hours=2), state_after="completed")
    assert "23 Nov 2026, 01:05–03:05 JST" in page(client, notice, "/en")


def test_the_draft_of_a_further_report_is_not_shown(client, trouble):
    content = write.further_content(trouble)
    object.__setattr__(content, "body_ja", "まだ秘密の続報")
    write.add_report(trouble, content=content, by=None)
    assert "秘密" not in page(client, trouble)


def test_what_is_missing_in_english_falls_back_and_says_so(client, hikari):
    notice = posted.trouble(hikari, notice={"title_en": ""}, body_en="")
    html = page(client, notice, "/en")
    assert '<span lang="ja">通信しづらい状況</span>' in html
    assert "This text is in Japanese only." in html
    assert '<div class="prose" lang="ja"><p>現在、原因を調査しています。</p></div>' in html


def test_words_of_staff_do_not_act(client, hikari):
    notice = posted.trouble(hikari, notice={"title_ja": "<script>1</script>"}, body_ja="<img src=x onerror=1>")
    html = page(client, notice)
    assert "<script>1" not in html
    assert "<img src=x" not in html


def test_when_it_is_over_no_next_report_is_promised(client, hikari):
    html = page(client, posted.recovered(hikari), "/en")
    assert "Next report" not in html
    assert "Recovered" in html
    assert "22 Nov 2026, 13:05–14:05 JST" in html


def withdraw(notice, **reasons):
    notice.withdrawn_at = NOW
    for name, text in reasons.items():
        setattr(notice, name, text)
    notice.save()


def test_a_withdrawn_notice_says_why_and_nothing_else(client, trouble):
    withdraw(trouble, withdrawn_reason_ja="番号の誤りのため", withdrawn_reason_en="It was about another service.")
    html = page(client, trouble)
    assert "このお知らせは取り下げました" in html
    assert "2026年11月22日（日）14:05 JST" in html
    assert "番号の誤りのため" in html
    english = page(client, trouble, "/en")
    assert "It was about another service." in english
    for hidden in ("通信しづらい状況", "Connections are failing", "report-1", "We are investigating"):
        assert hidden not in html + english
    assert '<meta name="robots" content="noindex">' in html


def test_a_withdrawal_explained_in_japanese_alone(client, trouble):
    withdraw(trouble, withdrawn_reason_ja="番号の誤りのため")
    html = page(client, trouble, "/en")
    assert "This text is in Japanese only." in html
    assert '<div class="prose" lang="ja"><p>番号の誤りのため</p></div>' in html
    assert "日本語のみ" not in page(client, trouble)


@pytest.mark.parametrize("number", ["T-2026-999999", "T-2026-1", "X-2026-000001", "t-2026-000001", "%00", "１"])
def test_unknown_numbers_are_not_found(client, trouble, number):
    assert client.get(f"/notices/{number}/").status_code == 404


def test_a_draft_is_not_found(client, hikari):
    notice = make.trouble(hikari).notice
    assert client.get(f"/notices/{notice.number}/").status_code == 404
    assert client.get(f"/notices/{notice.pk}/").status_code == 404


def test_a_long_story_stays_whole(client, trouble):
    notice = trouble
    for hour in range(1, 31):
        notice = posted.further(notice, at=NOW + timedelta(hours=hour), body_ja="続報です。" * 200)
    assert page(client, notice).count('class="report"') == 31


def test_queries_do_not_grow_with_the_reports(client, trouble, django_assert_num_queries):
    for hour in range(1, 5):
        posted.further(trouble, at=NOW + timedelta(hours=hour))
    with django_assert_num_queries(5):
        page(client, trouble)
