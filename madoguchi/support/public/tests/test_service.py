"""``/services/<slug>/``."""

import re
from datetime import date, timedelta

import pytest

from madoguchi.catalog.models import ServiceSection
from madoguchi.notices.tests.make import NOW
from madoguchi.support.public.tests import posted


def page(client, path="/services/hikari-internet/"):
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_a_quiet_service(client, hikari):
    html = page(client)
    assert "このサービスに、掲載中の工事・故障はありません。" in html
    assert "過去30日間に終了したお知らせはありません。" in html
    assert "全国" in html
    assert "No work or trouble is posted for this service." in page(client, "/en/services/hikari-internet/")


def test_what_is_posted_and_what_was_lately(client, hikari, vpn):
    now = posted.trouble(hikari)
    lately = posted.recovered(hikari, at=NOW - timedelta(days=29))
    long_ago = posted.recovered(hikari, at=NOW - timedelta(days=31))
    of_others = posted.trouble(vpn)
    html = page(client)
    assert html.index(now.number) < html.index("過去30日間に終了したお知らせ") < html.index(lately.number)
    assert long_ago.number not in html
    assert of_others.number not in html


def test_the_ways_on(client, hikari):
    html = page(client, "/en/services/hikari-internet/")
    for way in (
        "/en/my/notices/hikari-internet/",
        "/en/my/charges/",
        "/en/notices/impact/",
        "/en/contact/?service=hikari-internet",
        "/en/notices/?service=hikari-internet",
        "/en/services/hikari-internet/notices.atom",
        "/en/services/hikari-internet/notices.ics",
    ):
        assert f'href="{way}"' in html


def test_a_section_may_be_called_like_a_part_of_the_page(client, hikari):
    for order, slug in enumerate(("now", "about", "contents", "lately", "using")):
        ServiceSection.objects.create(service=hikari, slug=slug, title_ja=slug, body_ja="本文", order=order)
    ids = re.findall(r' id="([^"]+)"', page(client))
    assert len(ids) == len(set(ids))


def test_sections_open_by_their_link(client, hikari):
    ServiceSection.objects.create(
        service=hikari,
        slug="faq",
        title_ja="よくあるご質問",
        title_en="Questions",
        body_ja="**太字**",
        body_en="",
        order=1,
    )
    html = page(client)
    # The link's target lies inside the details element, which browsers open on the way to it.
    assert 'href="#faq"' in html
    assert 'id="faq"' in html
    assert html.index("<details") < html.index('id="faq"') < html.index("</details>")
    assert "<strong>太字</strong>" in html
    # Not written in English: Japanese, and said to be.
    assert '<div class="prose" lang="ja">' in page(client, "/en/services/hikari-internet/")


def test_a_service_that_ended_says_so(client, hikari):
    hikari.ended_on = date(2026, 3, 31)
    hikari.save()
    assert "このサービスは2026年3月31日（火）に終了しました。" in page(client)


def test_it_leads_to_mail_about_it_while_it_is_offered(client, hikari):
    assert 'href="/my/notices/hikari-internet/"' in page(client)
    assert 'href="/en/my/notices/hikari-internet/"' in page(client, "/en/services/hikari-internet/")
    hikari.ended_on = date(2026, 3, 31)
    hikari.save()
    assert "/my/notices/" not in page(client)


def test_regions_by_name(client, hikari):
    hikari.regions = ["27", "13"]
    hikari.save()
    assert "東京都、大阪府" in page(client)
    assert "Tokyo, Osaka" in page(client, "/en/services/hikari-internet/")


@pytest.mark.parametrize("slug", ["nowhere", "%00", "a%20b", "x" * 300, "あおば"])
def test_an_unknown_service_is_not_found(client, hikari, slug):
    assert client.get(f"/services/{slug}/").status_code == 404


def test_queries_do_not_grow_with_the_notices(client, hikari, vpn, django_assert_num_queries):
    for _ in range(5):
        posted.trouble(hikari, vpn)
        posted.recovered(hikari, vpn)
    with django_assert_num_queries(10):
        page(client)
