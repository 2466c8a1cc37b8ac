"""What search engines, screen readers and slow lines ask of every public page."""

import gzip
import re
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from madoguchi.catalog.models import LegalText
from madoguchi.notices.tests.make import NOW
from madoguchi.support.public.tests import posted

SITE = "http://127.0.0.1:8000"
PATHS = [
    "/",
    "/personal/",
    "/business/",
    "/services/",
    "/services/hikari-internet/",
    "/notices/",
    "/notices/T-2026-000001/",
    "/notices/impact/",
    "/faq/",
    "/guides/",
    "/terms/",
    "/privacy/",
    "/accessibility/",
]
every_page = pytest.mark.parametrize("path", PATHS)
HEAVIEST = 60_000  # bytes over the wire, with style and scripts, when nothing is kept yet


@pytest.fixture(autouse=True)
def something_to_show(hikari):
    posted.trouble(hikari)
    for kind in ("terms", "privacy", "accessibility"):
        LegalText.objects.create(kind=kind, version="1", body_ja="本文", body_en="Text")


def page(client, path):
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


@every_page
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_what_it_is_and_where(client, path, prefix):
    html = page(client, prefix + path)
    assert f'<html lang="{"en" if prefix else "ja"}">' in html
    assert len(re.findall(r"<title>[^<]+ \| [^<]+</title>", html)) == 1
    assert len(re.findall(r"<h1[ >]", html)) == 1
    (description,) = re.findall(r'<meta name="description" content="([^"]+)">', html)
    assert 5 <= len(unescape(description)) <= 160
    assert f'<link rel="canonical" href="{SITE}{prefix}{path}">' in html
    assert re.findall(r'hreflang="([a-z-]+)" href="([^"]+)">', html.partition("</head>")[0]) == [
        ("ja", SITE + path),
        ("en", f"{SITE}/en{path}"),
        ("x-default", SITE + path),
    ]


def test_descriptions_differ_from_page_to_page(client):
    said = [re.search(r'name="description" content="([^"]+)"', page(client, path)) for path in PATHS[3:8]]
    assert len({match.group(1) for match in said if match}) == 5


def test_a_filter_is_no_page_of_its_own_but_page_two_is(client, hikari):
    assert f'rel="canonical" href="{SITE}/notices/"' in page(client, "/notices/?kind=trouble")
    for minute in range(51):
        posted.trouble(hikari, at=NOW + timedelta(minutes=minute))
    assert f'rel="canonical" href="{SITE}/notices/?page=2"' in page(client, "/notices/?page=2")


@every_page
def test_nothing_comes_from_another_host(client, path):
    html = page(client, path)
    assert not re.findall(
        r'<(?:script|img|iframe|source|link rel="(?:stylesheet|icon)")[^>]+(?:src|href)="(?:https?:)?//', html
    )


def loaded(html):
    """The addresses of what the browser fetches with the page."""
    return set(re.findall(r'<(?:script|img|iframe|link rel="(?:stylesheet|icon)")[^>]+?(?:src|href)="([^"]+)"', html))


def wire(client, html):
    """Bytes of the page and of all it loads, each compressed as the server sends it."""
    total = len(gzip.compress(html.encode(), 6))
    for address in loaded(html):
        if address.startswith("/static/"):
            content = Path(str(finders.find(address.removeprefix("/static/")))).read_bytes()
        else:
            content = client.get(address).content
        total += len(gzip.compress(content, 6))
    return total


@every_page
def test_it_is_light(client, path):
    assert wire(client, page(client, path)) < HEAVIEST


def test_full_lists_are_light_too(client, hikari, vpn):
    for minute in range(60):
        posted.work(
            hikari,
            vpn,
            at=NOW + timedelta(minutes=minute),
            notice={"title_ja": f"設備の更新工事その{minute}"},
            body_ja="通信経路の切り替え。" * 60,
        )
    for path in ("/", "/notices/", "/services/hikari-internet/"):
        assert wire(client, page(client, path)) < HEAVIEST
