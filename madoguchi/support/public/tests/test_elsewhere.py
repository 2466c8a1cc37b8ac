"""The badge and the frame for other people's pages."""

import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest

from madoguchi.notices.tests import make
from madoguchi.notices.tests.make import NOW
from madoguchi.support.public.tests import posted

SVG = "{http://www.w3.org/2000/svg}"


def badge(client, path="/services/hikari-internet/badge.svg"):
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "image/svg+xml"
    return ElementTree.fromstring(response.content)  # noqa: S314 - our own


def words(client, path="/en/services/hikari-internet/badge.svg"):
    return badge(client, path).findtext(f"{SVG}title")


def test_the_gravest_thing_in_words(client, hikari):
    assert words(client) == "Aoba Hikari Internet: No trouble reported"
    assert words(client, "/services/hikari-internet/badge.svg") == "あおば光インターネット: 故障なし"
    posted.work(hikari)
    assert words(client) == "Aoba Hikari Internet: No trouble reported"
    posted.work(hikari, state_after="in_progress")
    assert words(client) == "Aoba Hikari Internet: Work under way"
    posted.trouble(hikari, state_after="monitoring")
    assert words(client) == "Aoba Hikari Internet: Repaired, being watched"
    posted.trouble(hikari)
    posted.trouble(hikari)
    assert words(client) == "Aoba Hikari Internet: Trouble: 2"


def test_of_all_services(client, hikari, vpn):
    posted.trouble(vpn)
    assert words(client) == "Aoba Hikari Internet: No trouble reported"
    assert words(client, "/en/badge.svg") == "Aoba Telecom: Trouble: 1"


def test_a_shape_and_a_colour_beside_the_words(client, hikari):
    calm = badge(client)
    posted.trouble(hikari)
    alarm = badge(client)
    drawings, colours = (
        [{element.get(name) for element in image.iter() if element.get(name)} for image in (calm, alarm)]
        for name in ("d", "color")
    )
    assert drawings[0] - drawings[1]
    assert colours[0] != colours[1]


def test_words_fit_in(client, hikari):
    hikari.name_ja = "とても長い名前のサービス" * 8
    hikari.save()
    image = badge(client)
    width = float(image.get("width"))
    for text in image.findall(f"{SVG}text"):
        assert float(text.get("x")) + float(text.get("textLength")) < width


def test_a_name_does_not_act(client, hikari):
    hikari.name_ja = '<script>"1"&</script>'
    hikari.save()
    assert badge(client).findtext(f"{SVG}title").startswith('<script>"1"&</script>:')
    assert "<script>" not in client.get("/services/hikari-internet/embed/").content.decode()
    page = client.get("/services/hikari-internet/").content.decode()
    assert "&amp;lt;script&gt;" in page, "twice escaped: as HTML inside the line to copy"


@pytest.mark.parametrize("path", ["/embed/", "/services/hikari-internet/embed/"])
def test_only_the_frame_may_be_framed(client, hikari, path):
    response = client.get(path)
    assert "frame-ancestors *" in response["Content-Security-Policy"]
    assert "X-Frame-Options" not in response
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    html = response.content.decode()
    assert "<script" not in html
    assert "<form" not in html
    assert "frame-ancestors 'none'" in client.get("/services/hikari-internet/")["Content-Security-Policy"]


def test_the_frame_shows_what_is_posted(client, hikari):
    later = NOW + timedelta(minutes=1)
    work = posted.work(hikari, at=later)
    troubles = [posted.trouble(hikari) for _ in range(3)]
    posted.recovered(hikari)
    make.trouble(hikari, notice={"title_ja": "下書きの故障"})
    html = client.get("/services/hikari-internet/embed/").content.decode()
    assert "故障 3件" in html
    assert all(f'href="/notices/{trouble.number}/" target="_blank"' in html for trouble in troubles)
    assert work.number not in html
    assert "ほか1件" in html
    assert "下書き" not in html
    assert "2026年11月22日（日）14:05 JST</time> 現在" in html


def test_nothing_posted_is_said_too(client, hikari):
    html = client.get("/en/services/hikari-internet/embed/").content.decode()
    assert "No trouble reported" in html
    assert "<ul>" not in html


def test_the_frame_is_small(client, hikari):
    for _ in range(40):
        posted.trouble(hikari)
    assert len(client.get("/embed/").content) < 6_000


@pytest.mark.parametrize("path", ["/services/nowhere/badge.svg", "/services/nowhere/embed/"])
def test_of_no_service(client, hikari, path):
    assert client.get(path).status_code == 404


def test_the_lines_to_copy_lead_to_them(client, hikari):
    html = client.get("/en/services/hikari-internet/").content.decode()
    lines = re.findall(r"<code>(.+?)</code>", html)
    assert lines == [
        "&lt;a href=&quot;http://127.0.0.1:8000/en/services/hikari-internet/&quot;&gt;&lt;img "
        "src=&quot;http://127.0.0.1:8000/en/services/hikari-internet/badge.svg&quot; "
        "alt=&quot;Status of Aoba Hikari Internet&quot; height=&quot;28&quot;&gt;&lt;/a&gt;",
        "&lt;iframe src=&quot;http://127.0.0.1:8000/en/services/hikari-internet/embed/&quot; "
        "title=&quot;Status of Aoba Hikari Internet&quot; width=&quot;100%&quot; height=&quot;280&quot; "
        "loading=&quot;lazy&quot;&gt;&lt;/iframe&gt;",
    ]
    assert "/badge.svg" in client.get("/notices/").content.decode()
