"""Every public page: no cookie, nothing personal, kept by proxies, the same for everybody."""

import pytest

from madoguchi.accounts.tests.people import alice, sign_in
from madoguchi.catalog.models import LegalText
from madoguchi.support.public.tests import posted

PATHS = [
    "/",
    "/personal/",
    "/business/",
    "/services/",
    "/services/?q=hikari",
    "/services/suggestions/?q=hikari",
    "/services/hikari-internet/",
    "/notices/",
    "/notices/?kind=trouble",
    "/notices/T-2026-000001/",
    "/notices/impact/",
    "/badge.svg",
    "/embed/",
    "/services/hikari-internet/badge.svg",
    "/services/hikari-internet/embed/",
    "/notices.atom",
    "/notices.ics",
    "/services/hikari-internet/notices.atom",
    "/services/hikari-internet/notices.ics",
    "/terms/",
    "/privacy/",
    "/accessibility/",
]
every_page = pytest.mark.parametrize("path", [f"{prefix}{path}" for prefix in ("", "/en") for path in PATHS])


@pytest.fixture(autouse=True)
def something_to_show(hikari):
    posted.trouble(hikari)
    for kind in ("terms", "privacy", "accessibility"):
        LegalText.objects.create(kind=kind, version="1", body_ja="本文", body_en="Text")


@every_page
def test_no_cookie_and_kept_for_a_while(client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert not response.cookies
    assert "csrfmiddlewaretoken" not in response.content.decode()
    kept = dict(part.strip().partition("=")[::2] for part in response["Cache-Control"].split(","))
    assert kept == {"public": "", "max-age": "30", "stale-while-revalidate": "60", "stale-if-error": "86400"}
    # The address alone says which page it is, its language included.
    assert "Vary" not in response


@every_page
def test_an_unchanged_page_is_not_sent_again(client, path):
    tag = client.get(path)["ETag"]
    again = client.get(path, headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert again.content == b""
    assert again["ETag"] == tag
    assert "max-age=30" in again["Cache-Control"]


@every_page
def test_the_same_for_who_is_signed_in(client, path):
    nobody = client.get(path).content
    sign_in(client, alice())
    assert client.get(path).content == nobody


@every_page
def test_it_only_reads(client, path):
    if not path.endswith("/impact/"):
        assert client.post(path).status_code == 405
    head = client.head(path)
    assert head.status_code == 200
    assert "ETag" in head


def test_a_new_report_changes_the_tag(client, hikari):
    before = client.get("/")["ETag"]
    posted.trouble(hikari)
    assert client.get("/")["ETag"] != before


def test_a_missing_page_is_not_kept(client):
    assert "max-age" not in client.get("/notices/T-2026-999999/").get("Cache-Control", "")
