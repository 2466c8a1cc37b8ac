"""``/terms/``, ``/privacy/``, ``/accessibility/``."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from madoguchi.catalog.models import LegalText
from madoguchi.notices.tests.make import NOW

PAGES = [("terms", "利用規約", "Terms of use"), ("privacy", "個人情報の取扱い", "Privacy policy")]
PAGES += [("accessibility", "アクセシビリティ", "Accessibility")]


@pytest.mark.parametrize(("kind", "title_ja", "title_en"), PAGES)
def test_the_version_in_effect_with_its_date(client, kind, title_ja, title_en):
    for version, year in (("1.0", 2024), ("2.0", 2026), ("3.0", 2027)):
        LegalText.objects.create(
            kind=kind,
            version=version,
            effective_at=datetime(year, 3, 31, 15, tzinfo=UTC),
            body_ja=f"## 第1条\n\n本文{version}",
            body_en=f"## 1.\n\nText {version}",
        )
    html = client.get(f"/{kind}/").content.decode()
    assert f"<h1>{title_ja}</h1>" in html
    assert "<h2>第1条</h2>" in html
    assert "本文2.0" in html
    assert "第2.0版" in html
    assert "2026年4月1日（水）" in html
    html = client.get(f"/en/{kind}/").content.decode()
    assert f"<h1>{title_en}</h1>" in html
    assert "Version 2.0, in effect from 1 Apr 2026" in html


@pytest.mark.parametrize(("kind", "_ja", "_en"), PAGES)
def test_without_a_text_there_is_no_page(client, kind, _ja, _en):
    assert client.get(f"/{kind}/").status_code == 404


def version(name: str, **effective) -> None:
    LegalText.objects.create(
        kind="terms",
        version=name,
        body_ja=f"第{name}版の本文",
        body_en=f"Text of {name}",
        effective_at=NOW + timedelta(**effective),
    )


@pytest.fixture
def three_versions(db):
    version("1.0", days=-400)
    version("2026/春", days=-30)
    version("3.0", days=30)


def test_every_version_has_its_address(client, three_versions):
    html = client.get("/terms/").content.decode()
    assert "第2026/春版の本文" in html
    addresses = re.findall(r'href="(/terms/[^"]+)"', html)
    assert addresses == ["/terms/3.0/", "/terms/3.0/", "/terms/1.0/"]
    assert "Text of 1.0" in client.get("/en/terms/1.0/").content.decode()
    assert "第3.0版の本文" in client.get("/terms/3.0/").content.decode()
    assert "第2026/春版の本文" in client.get("/terms/2026/春/").content.decode()


def test_which_version_holds_is_said(client, three_versions):
    assert "Version 3.0 takes effect on 22 Dec 2026." in client.get("/en/terms/").content.decode()
    earlier = client.get("/en/terms/1.0/").content.decode()
    assert "This version does not hold any more." in earlier
    assert 'href="/en/terms/"' in earlier
    assert "terms 1.0" not in earlier
    assert '<meta name="robots" content="noindex">' in earlier
    assert "This version takes effect on 22 Dec 2026." in client.get("/en/terms/3.0/").content.decode()
    for path in ("/en/terms/", "/en/terms/1.0/"):
        listed = client.get(path).content.decode()
        assert [listed.count(word) for word in (">in force<", ">to come<", ">earlier<")] == [1, 1, 1]


def test_a_new_version_takes_its_place_by_itself(client, three_versions):
    with time_machine.travel(NOW + timedelta(days=31), tick=False):
        assert "第3.0版の本文" in client.get("/terms/").content.decode()


@pytest.mark.parametrize("path", ["/terms/9.9/", "/terms/%00/", "/terms/../", "/privacy/1.0/"])
def test_of_no_version(client, three_versions, path):
    assert client.get(path).status_code == 404


def test_a_single_version_needs_no_list(client, db):
    version("1.0", days=-1)
    assert "versions" not in client.get("/terms/").content.decode()
