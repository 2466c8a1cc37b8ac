"""``/``, ``/personal/``, ``/business/``."""

from datetime import timedelta

import pytest

from madoguchi.notices.tests import make
from madoguchi.notices.tests.make import NOW
from madoguchi.support.public.tests import posted


def page(client, path="/"):
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_nothing_is_wrong(client, hikari):
    assert "現在、お知らせしている故障はありません。" in page(client)
    html = page(client, "/en/")
    assert "No trouble is reported at the moment." in html
    assert "No planned work is announced." in html
    assert 'lang="en"' in html


def test_an_empty_catalogue_is_a_page_too(client, db):
    assert "サービスを探す" in page(client)


def test_something_is_wrong(client, hikari, vpn):
    posted.trouble(hikari)
    watched = posted.trouble(vpn, state_after="monitoring")
    posted.work(vpn, state_after="in_progress")
    posted.work(vpn)
    html = page(client)
    assert "現在、1件の故障が発生しています。" in html
    assert "実施中 1件、予定 1件" in html
    assert f"/notices/{watched.number}/" in html
    assert "ほか1件は復旧し、経過を見守っています。" in html
    english = page(client, "/en/")
    assert "1 problem is affecting our services." in english
    assert "1 more has been fixed, and we are keeping watch." in english


def test_the_sentence_counts_every_trouble_of_the_list(client, hikari):
    for state in ("investigating", "investigating", "monitoring", "monitoring"):
        posted.trouble(hikari, state_after=state)
    english = page(client, "/en/")
    assert "2 problems are affecting our services." in english
    assert "2 more have been fixed, and we are keeping watch." in english
    assert '<span class="front__count">4</span>' in english


def test_which_services_and_since_when(client, hikari, vpn):
    posted.trouble(hikari, at=NOW - timedelta(hours=1), started_at=NOW - timedelta(hours=2))
    posted.trouble(hikari, vpn)
    posted.trouble(make.service("tv", name_en="Aoba TV"), state_after="monitoring", started_at=NOW - timedelta(days=1))
    html = page(client, "/en/")
    answer = html[html.index('class="answer__facts"') : html.index('class="answer__work"')]
    assert answer.count("Aoba Hikari Internet") == 1
    assert "Aoba IP-VPN" in answer
    assert "Aoba TV" not in answer
    assert "22 Nov 2026, 12:05 JST" in answer
    assert "As of " in html
    assert "14:05 JST</time> 現在" in page(client)


def test_the_gravest_trouble_first(client, hikari):
    watched = posted.trouble(hikari, at=NOW + timedelta(minutes=2), state_after="monitoring")
    normal = posted.trouble(hikari, at=NOW + timedelta(minutes=1))
    critical = posted.trouble(hikari, severity="critical")
    html = page(client)
    assert html.index(critical.number) < html.index(normal.number) < html.index(watched.number)


def test_very_many_troubles_are_a_page_too(client, hikari):
    for number in range(30):
        posted.trouble(make.service(f"s{number}", name_ja=f"サービス{number}"))
    html = page(client)
    assert "現在、30件の故障が発生しています。" in html
    assert "ほか25件" in html
    assert html.count('class="notice-item"') == 6


def test_repaired_and_being_watched(client, hikari):
    posted.trouble(hikari, state_after="monitoring")
    assert "1件の故障から復旧し、経過を見守っています。" in page(client)


def test_what_is_over_or_a_draft_or_withdrawn_is_not_posted(client, hikari):
    over = posted.recovered(hikari)
    make.trouble(hikari, notice={"title_ja": "下書きの故障"})
    withdrawn = posted.trouble(hikari)
    withdrawn.withdrawn_at = NOW
    withdrawn.save()
    html = page(client)
    for hidden in (over.number, withdrawn.number, "下書きの故障"):
        assert hidden not in html


def test_work_under_way_comes_first_then_what_begins_next(client, hikari):
    later = posted.work(hikari, at=NOW + timedelta(minutes=1))
    under_way = posted.work(hikari, state_after="in_progress")
    html = page(client)
    assert html.index(under_way.number) < html.index(later.number)


def test_each_kind_of_customer_has_a_view(client, hikari, vpn):
    of_vpn, of_both = posted.trouble(vpn), posted.trouble(hikari, vpn)
    assert of_vpn.number not in (personal := page(client, "/personal/"))
    assert of_both.number in personal
    assert of_vpn.number in page(client, "/business/")
    assert "Services for individuals right now" in page(client, "/en/personal/")


def test_only_categories_with_something_for_the_reader(client, vpn, hikari):
    hikari.ended_on = NOW.date()
    hikari.save()
    assert "/services/?category=internet" in page(client)
    assert "/services/?category=internet" not in page(client, "/personal/")


def test_more_than_a_screenful_links_to_the_rest(client, hikari):
    for _ in range(7):
        posted.trouble(hikari)
    html = page(client)
    assert html.count('class="notice-item"') == 6
    assert "/notices/?state=in_force" in html


@pytest.mark.parametrize("count", [1, 6])
def test_queries_do_not_grow_with_the_notices(client, hikari, vpn, count, django_assert_num_queries):
    for _ in range(count):
        posted.trouble(hikari, vpn)
    with django_assert_num_queries(4):
        page(client)
