"""The notices as programs read them."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine

from madoguchi.notices import write
from madoguchi.notices.content import Period
from madoguchi.notices.tests import make
from madoguchi.notices.tests.make import NOW


def posted(report, *, at=NOW):
    return report.publish(by=None, at=at).notice


def further(notice, **says):
    content = replace(write.further_content(notice), body_ja="続報です。", **says)
    return posted(write.add_report(notice, content=content, by=None))


def test_a_notice_with_every_report_newest_first(program, hikari):
    notice = posted(make.trouble(hikari, severity="critical", notice={"regions": ["13"]}))
    further(notice)

    told = program.get(f"/api/v1/notices/{notice.number}").json()

    assert (told["number"], told["kind"], told["state"]) == (notice.number, "trouble", "investigating")
    assert (told["in_force"], told["severity"], told["regions"]) == (True, "critical", ["13"])
    assert told["title"] == {"ja": "通信しづらい状況", "en": "Connections are failing"}
    assert told["services"] == [{"slug": "hikari", "name": {"ja": hikari.name_ja, "en": hikari.name_en}}]
    assert told["started_at"] == "2026-11-22T04:45:00Z"
    assert told["pages"]["en"].endswith(f"/en/notices/{notice.number}/")
    assert [report["ordinal"] for report in told["reports"]] == [2, 1]
    assert told["reports"][0]["text"] == {"ja": "続報です。", "en": None}


def test_work_has_its_windows_and_says_what_a_report_moved(program, hikari):
    notice = posted(make.work(hikari))
    start = NOW + timedelta(days=3)
    moved = Period(starts_at=start, ends_at=start + timedelta(hours=2))
    further(notice, windows=(moved,))

    told = program.get(f"/api/v1/notices/{notice.number}").json()

    assert told["windows"] == [{"starts_at": "2026-11-25T05:05:00Z", "ends_at": "2026-11-25T07:05:00Z", "spare": False}]
    assert told["reports"][0]["changed"] == ["windows"]
    assert told["reports"][1]["windows"][0]["starts_at"] == "2026-11-22T16:00:00Z"


def test_a_draft_is_nowhere(program, hikari):
    make.trouble(hikari)
    assert program.get("/api/v1/notices").json() == {"notices": [], "next": None}


def test_a_withdrawn_notice_says_so_and_no_more(program, hikari):
    notice = posted(make.trouble(hikari, alternatives_ja="携帯電話をご利用ください。"))
    notice.withdrawn_at, notice.withdrawn_reason_ja, notice.withdrawn_reason_en = NOW, "番号の誤り", "A wrong number"
    notice.save()

    told = program.get(f"/api/v1/notices/{notice.number}").json()

    assert told["withdrawn_reason"] == {"ja": "番号の誤り", "en": "A wrong number"}
    assert (told["in_force"], told["reports"], told["alternatives"]) == (False, [], None)


def test_the_list_is_read_page_by_page_while_others_publish(program, hikari):
    made = [posted(make.trouble(hikari), at=NOW + timedelta(minutes=minute)) for minute in range(5)]

    first = program.get("/api/v1/notices?limit=2").json()
    posted(make.trouble(hikari), at=NOW + timedelta(hours=1))
    second = program.get(_path(first["next"])).json()
    third = program.get(_path(second["next"])).json()

    read = [notice["number"] for page in (first, second, third) for notice in page["notices"]]
    assert read == [notice.number for notice in reversed(made)]
    assert third["next"] is None


def _path(address: str) -> str:
    return "/" + address.split("/", 3)[3]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("kind=work", ["work"]),
        ("kind=trouble&state=recovered", ["over"]),
        ("in_force=true", ["work", "trouble"]),
        ("service=hikari", ["over", "work", "trouble"]),
        ("service=other", []),
        ("category=internet&region=13", ["over", "work", "trouble"]),
        ("region=99", []),
        ("text=更新", ["work"]),
        ("since=2026-11-23&kind=work", ["work"]),
        ("since=2026-11-24&kind=work", []),
        ("until=2026-11-21", []),
    ],
)
def test_filters(program, hikari, asked, found):
    make.service("other")
    made = {
        "trouble": posted(make.trouble(hikari)),
        "work": posted(make.work(hikari), at=NOW + timedelta(minutes=1)),
        "over": posted(make.trouble(hikari, state_after="recovered", ended_at=NOW), at=NOW + timedelta(minutes=2)),
    }
    told = program.get(f"/api/v1/notices?{asked}").json()
    assert [notice["number"] for notice in told["notices"]] == [made[name].number for name in found]


def test_the_state_of_things(program, hikari):
    posted(make.trouble(hikari, severity="critical"))
    posted(make.trouble(hikari))
    posted(make.work(hikari, state_after="in_progress"))
    posted(make.work(hikari))
    told = program.get("/api/v1/status").json()
    assert told == {"trouble": 2, "critical": 1, "work_in_progress": 1, "work_planned": 1}


def test_who_has_it_already_is_told_so(program, hikari):
    posted(make.trouble(hikari))
    first = program.get("/api/v1/notices")
    again = program.get("/api/v1/notices", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert not first.cookies
    assert "stale-if-error" in first["Cache-Control"]
    assert first["Access-Control-Allow-Origin"] == "*"


@time_machine.travel(NOW, tick=False)
def test_services_with_what_is_posted(program, hikari):
    posted(make.trouble(hikari))
    ended = make.service("gone", ended_on=NOW.date())

    told = program.get("/api/v1/services?text=ヒカリ").json()

    assert [service["slug"] for service in told["services"]] == ["hikari"]
    assert told["services"][0]["posted"] == {"work": 0, "trouble": 1}
    assert program.get(f"/api/v1/services/{ended.slug}").json()["slug"] == "gone"
    assert program.get("/api/v1/categories").json()["categories"][0]["slug"] == "internet"
