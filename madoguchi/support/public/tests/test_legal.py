"""``/terms/``, ``/privacy/``, ``/accessibility/``."""

from datetime import UTC, datetime

import pytest

from madoguchi.catalog.models import LegalText

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
