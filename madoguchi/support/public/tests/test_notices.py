"""``/notices/``: the list and its filter."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madoguchi.notices import write
from madoguchi.notices.content import Period
from madoguchi.notices.tests import make
from madoguchi.notices.tests.make import NOW
from madoguchi.support.public.tests import posted


def numbers(client, query=""):
    """The numbers on the page, in its order."""
    response = client.get(f"/notices/?{query}")
    assert response.status_code == 200
    return [notice.number for notice in response.context["page_obj"]]


def test_newest_report_first(client, hikari):
    old = posted.trouble(hikari, at=NOW - timedelta(hours=3))
    new = posted.trouble(hikari, at=NOW - timedelta(hours=2))
    assert numbers(client) == [new.number, old.number]
    posted.further(old, at=NOW)
    assert numbers(client) == [old.number, new.number]


def test_nothing_posted_yet(client, hikari):
    assert "お知らせはまだありません" in client.get("/notices/").content.decode()
    assert "No notice has been posted yet" in client.get("/en/notices/").content.decode()


def test_drafts_are_not_listed_and_withdrawn_ones_say_so(client, hikari):
    make.trouble(hikari)
    withdrawn = posted.trouble(hikari)
    withdrawn.withdrawn_at = NOW
    withdrawn.save()
    assert numbers(client) == [withdrawn.number]
    assert "Withdrawn" in client.get("/en/notices/").content.decode()


def test_fifty_a_page(client, hikari):
    for minute in range(51):
        posted.trouble(hikari, at=NOW + timedelta(minutes=minute))
    assert len(numbers(client)) == 50
    assert numbers(client, "page=2") == ["T-2026-000001"]
    assert numbers(client, "page=99") == ["T-2026-000001"]
    assert "kind=trouble&amp;page=2" in client.get("/notices/?kind=trouble").content.decode()


@pytest.fixture
def four(hikari, vpn):
    """Numbers by name: ``now`` and ``over`` are troubles, ``soon`` and ``moved`` works."""
    night = Period(starts_at=NOW + timedelta(days=10), ends_at=NOW + timedelta(days=10, hours=4))
    return {
        "now": posted.trouble(hikari, notice={"title_ja": "北海道の故障", "regions": ["01"]}).number,
        "over": posted.recovered(
            vpn, at=NOW - timedelta(days=20), notice={"title_ja": "全国", "regions": ["00"]}
        ).number,
        "soon": posted.work(vpn, windows=(night,), notice={"title_ja": "沖縄の工事", "regions": ["47"]}).number,
        "abroad": posted.work(hikari, body_en="Undersea cable", notice={"title_ja": "海外", "regions": ["99"]}).number,
    }


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("kind=trouble", {"now", "over"}),
        ("kind=work", {"soon", "abroad"}),
        ("state=recovered", {"over"}),
        ("state=in_force", {"now", "soon", "abroad"}),
        ("service=ip-vpn", {"over", "soon"}),
        ("category=internet", {"now", "over", "soon", "abroad"}),
        ("region=01", {"now", "over"}),
        ("region=00", {"over"}),
        ("region=99", {"abroad"}),
        ("since=2026-11-22", {"now", "soon", "abroad"}),
        ("until=2026-11-10", {"over"}),
        ("since=2026-11-03&until=2026-11-21", set()),
        ("since=2026-12-02&until=2026-12-02", {"now", "soon"}),
        ("q=北海道", {"now"}),
        ("q=UNDERSEA", {"abroad"}),
        ("q=ｕｎｄｅｒｓｅａ　cable", {"abroad"}),
        ("q=w-2026-", {"soon", "abroad"}),
        ("q=衛星", set()),
        ("kind=work&service=ip-vpn&region=47", {"soon"}),
    ],
)
def test_filters(client, four, query, wanted):
    assert set(numbers(client, query)) == {four[name] for name in wanted}


def test_the_words_of_a_draft_report_are_not_searched(client, hikari):
    notice = posted.trouble(hikari)
    content = write.further_content(notice)
    object.__setattr__(content, "body_ja", "まだ秘密の続報")
    write.add_report(notice, content=content, by=None)
    assert numbers(client, "q=秘密") == []


def test_a_withdrawn_notice_is_found_by_its_number_and_by_none_of_its_words(client, hikari):
    notice = posted.trouble(hikari, body_en="Undersea cable", notice={"title_ja": "海底ケーブルの故障"})
    assert numbers(client, "q=海底") == numbers(client, "q=undersea") == [notice.number]
    notice.withdrawn_at = NOW
    notice.save()
    assert numbers(client, "q=海底") == numbers(client, "q=undersea") == []
    assert numbers(client, f"q={notice.number}") == numbers(client, "kind=trouble") == [notice.number]


def test_each_condition_is_said_and_can_be_taken_back(client, four):
    query = "q=a%26b&kind=work&service=ip-vpn&region=&since=2026-11-22&page=2"
    response = client.get(f"/en/notices/?{query}")
    chosen = {one.label: (one.said, one.without) for one in response.context["chosen"]}
    assert {label: said for label, (said, _) in chosen.items()} == {
        "Words or notice number": "a&b",
        "Kind": "Work",
        "Service": "Aoba IP-VPN",
        "From": "22 Nov 2026",
    }
    assert chosen["Kind"][1] == "?q=a%26b&service=ip-vpn&since=2026-11-22"
    html = response.content.decode()
    assert 'href="?kind=work&amp;service=ip-vpn&amp;since=2026-11-22"' in html
    assert 'href="/en/notices/"' in html
    assert "chosen__item" not in client.get("/notices/?service=nowhere").content.decode()


def test_nothing_matches(client, four):
    html = client.get("/notices/?q=衛星").content.decode()
    assert "当てはまるお知らせはありません" in html
    assert 'value="衛星"' in html


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("kind=rumour", "kind"),
        ("state=draft", "state"),
        ("service=nowhere", "service"),
        ("service=%00", "service"),
        ("category=x", "category"),
        ("region=48", "region"),
        ("since=2026-02-30", "since"),
        ("since=2026-11-22&until=2026-11-21", "until"),
        ("q=%00", "q"),
        (f"q={'x' * 101}", "q"),
    ],
)
def test_a_wrong_value_is_said_beside_its_field_and_left_out(client, four, query, field):
    response = client.get(f"/notices/?{query}&kind=trouble" if field != "kind" else f"/notices/?{query}")
    assert response.status_code == 422
    html = response.content.decode()
    assert f'id="id_{field}_error"' in html
    assert "<title>エラー：" in html
    # The rest of the filter still counts.
    assert four["now"] in html
    assert (four["soon"] in html) == (field == "kind")


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "1999-12-31", "2100-01-01"])
@pytest.mark.parametrize("field", ["since", "until"])
def test_a_day_nobody_means(client, four, field, day):
    response = client.get(f"/notices/?{field}={day}")
    assert response.status_code == 422
    assert "2000年から2099年までの日付を指定してください。" in response.content.decode()


@settings(max_examples=40)
@given(
    st.dictionaries(
        st.sampled_from(["q", "kind", "state", "category", "service", "region", "since", "until", "page"]),
        st.text(max_size=20) | st.sampled_from(["trouble", "in_force", "ip-vpn", "13", "2026-11-22", "2"]),
    )
)
def test_no_address_is_an_error_of_ours(client, four, asked):
    assert client.get("/notices/", asked).status_code in {200, 422}


def test_queries_do_not_grow_with_the_notices(client, hikari, vpn, django_assert_num_queries):
    for _ in range(20):
        posted.work(hikari, vpn)
    with django_assert_num_queries(6):
        client.get("/notices/")


def test_what_the_framework_says_of_a_wrong_value_is_said_in_our_words(client, hikari):
    page = client.get("/notices/?region=77&q=" + "長" * 101).text
    assert "「77」は選べません。候補の中から選んでください。" in page
    assert "100文字以内で入力してください（現在101文字）。" in page
