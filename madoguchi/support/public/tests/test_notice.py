"""``/notices/<number>/``."""

from datetime import timedelta

import pytest

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
        "2026年11月22日（日）13:45 JST から",
        "復旧見込み：2026年11月22日（日）16:05 JST",
        "東京都、神奈川県",
        "110・119へ発信できません。",
        "携帯電話を<br>ご利用ください。",
        "2026年11月22日（日）14:05 JST まで",
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
    assert html.index("23 Nov 2026, 01:00–05:00 JST") < html.rindex("24 Nov 2026, 01:00–05:00 JST")


def test_the_draft_of_a_further_report_is_not_shown(client, trouble):
    content = write.further_content(trouble)
    object.__setattr__(content, "body_ja", "まだ秘密の続報")
    write.add_report(trouble, content=content, by=None)
    assert "秘密" not in page(client, trouble)


def test_what_is_missing_in_english_falls_back_and_says_so(client, hikari):
    notice = posted.trouble(hikari, notice={"title_en": ""}, body_en="")
    html = page(client, notice, "/en")
    assert '<span lang="ja">通信しづらい状況</span>' in html
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


def test_a_withdrawn_notice_says_why_and_nothing_else(client, trouble):
    trouble.withdrawn_at, trouble.withdrawn_reason_ja = NOW, "番号の誤りのため"
    trouble.save()
    html = page(client, trouble)
    assert "2026年11月22日（日）14:05 JST に取り下げました" in html
    assert "番号の誤りのため" in html
    assert "report-1" not in html


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
    with django_assert_num_queries(4):
        page(client, trouble)
