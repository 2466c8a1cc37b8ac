"""``/console/services/`` and ``/console/categories/``: what is offered, in versions, and what the site then shows."""

import re
from typing import Any

import pytest
import time_machine
from django.test import Client

from madoguchi.accounts.models import StaffRole
from madoguchi.accounts.tests import people
from madoguchi.catalog.models import Category, Service
from madoguchi.console.models import AuditEntry
from madoguchi.notices.tests import make

pytestmark = pytest.mark.django_db
SERVICES, CATEGORIES = "/console/services/", "/console/categories/"
CATEGORY = {"slug": "sat", "name_ja": "衛星通信", "name_en": "Satellite", "icon": "network", "order": "5", "seen": "0"}
SERVICE: dict[str, Any] = {
    "slug": "sora",
    "name_ja": "あおばソラ",
    "name_en": "Aoba Sora",
    "kana": "あおばｿﾗ",
    "category": "internet",
    "aliases": "宇宙回線\r\nｽﾀｰﾘﾝｸ\r\n",
    "description_ja": "空から届く回線です。",
    "description_en": "A line from the sky.",
    "audience": ["individuals"],
    "regions": ["13", "01"],
    "ended_on": "",
    "section_0_slug": "needed",
    "section_0_title_ja": "ご用意いただくもの",
    "section_0_title_en": "What you need",
    "section_0_body_ja": "- **アンテナ**",
    "section_0_body_en": "- An **antenna**",
    "section_1_slug": "",
    "section_1_title_ja": "",
    "section_1_title_en": "",
    "section_1_body_ja": "",
    "section_1_body_en": "",
    "seen": "0",
}


@pytest.fixture
def editor(client: Client) -> Client:
    make.service("hikari")  # and with it the category "internet"
    people.sign_in(client, people.staff(StaffRole.EDITOR))
    return client


def write(client: Client, path: str = f"{SERVICES}new/", **said: Any) -> Any:
    return client.post(path, {**SERVICE, "save": "1", **said})


def page(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_a_service_is_previewed_saved_and_on_the_site(editor: Client) -> None:
    preview = editor.post(f"{SERVICES}new/", SERVICE).content.decode()
    assert "<strong>アンテナ</strong>" in preview
    assert "<strong>antenna</strong>" in preview
    assert not Service.objects.filter(slug="sora").exists()
    response = write(editor)
    service = Service.objects.get(slug="sora")
    assert response["Location"] == f"{SERVICES}{service.pk}/"
    assert (service.kana, service.aliases, service.regions) == ("アオバソラ", ["宇宙回線", "ｽﾀｰﾘﾝｸ"], ["01", "13"])
    assert (service.for_individuals, service.for_companies) == (True, False)
    public = page(Client(), "/services/sora/")
    for said in ("あおばソラ", "空から届く回線です。", 'id="needed"', "<strong>アンテナ</strong>", "北海道、東京都"):
        assert said in public
    assert "Aoba Sora" in page(Client(), "/en/services/sora/")
    assert "あおばソラ" in page(Client(), "/services/?q=すたーりんく")
    assert "あおばソラ" not in page(Client(), "/services/?audience=companies")
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.object_type, entry.detail) == ("service.add", "service", {"version": 1})


def test_a_change_is_on_the_site_at_once_and_what_stood_is_a_version(editor: Client) -> None:
    service = Service.objects.get(slug="hikari")
    path = f"{SERVICES}{service.pk}/"
    assert "光回線です。" in page(Client(), "/services/hikari/")
    before = page(editor, path)
    assert 'name="slug"' not in before
    write(editor, path, description_ja="新しい説明です。", slug="other")
    service.refresh_from_db()
    assert service.slug == "hikari"
    assert "新しい説明です。" in page(Client(), "/services/hikari/")
    assert [version.number for version in service.versions.all()] == [2, 1]
    html = page(editor, path)
    assert "<del>光回線です。</del>" in html
    assert "<ins>needed</ins>" in html
    old = page(editor, f"{path}?version=1")
    assert "光回線です。" in old
    assert re.search(r'name="seen" value="2"', old)
    # Emptied fields remove a part of the page.
    emptied = {name: "" for name in SERVICE if name.startswith("section_0")}
    write(editor, path, seen="2", **emptied)
    assert not service.sections.exists()
    assert set(AuditEntry.objects.values_list("act", flat=True)) == {"service.change"}


def test_saving_what_is_there_makes_no_version(editor: Client) -> None:
    write(editor)
    service = Service.objects.get(slug="sora")
    write(editor, f"{SERVICES}{service.pk}/", seen="1", kana="アオバソラ")
    assert service.versions.count() == 1


def test_the_second_writer_is_told(editor: Client) -> None:
    write(editor)
    service = Service.objects.get(slug="sora")
    path = f"{SERVICES}{service.pk}/"
    write(editor, path, seen="1", name_ja="先の名")
    response = write(editor, path, seen="1", name_ja="後の名")
    assert response.status_code == 409
    assert "後の名" in response.content.decode()
    service.refresh_from_db()
    assert service.name_ja == "先の名"


def test_a_service_ends(editor: Client) -> None:
    with time_machine.travel(make.NOW, tick=False):
        people.sign_in(editor, people.staff(StaffRole.ADMINISTRATOR))
        write(editor, ended_on="2026-11-30")
        service = Service.objects.get(slug="sora")
        assert "2026年11月30日（月）に終了します" in page(Client(), "/services/sora/")
        assert "あおばソラ" in page(Client(), "/services/")
        write(editor, f"{SERVICES}{service.pk}/", seen="1", ended_on="2026-11-01")
        assert "2026年11月1日（日）に終了しました" in page(Client(), "/services/sora/")
        assert "あおばソラ" not in page(Client(), "/services/")
        assert "2026年11月1日（日）" in page(editor, SERVICES)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"slug": ""}, "slug"),
        ({"slug": "So ra"}, "slug"),
        ({"slug": "hikari"}, "slug"),
        ({"name_ja": ""}, "name_ja"),
        ({"name_en": " "}, "name_en"),
        ({"name_ja": "あ" * 101}, "name_ja"),
        ({"kana": "空 sora"}, "kana"),
        ({"category": "nowhere"}, "category"),
        ({"description_ja": ""}, "description_ja"),
        ({"audience": []}, "audience"),
        ({"audience": ["nobody"]}, "audience"),
        ({"regions": ["99"]}, "regions"),
        ({"ended_on": "soon"}, "ended_on"),
        ({"ended_on": "9999-01-01"}, "ended_on"),
        ({"aliases": "x" * 61}, "aliases"),
        ({"aliases": "\n".join(str(number) for number in range(21))}, "aliases"),
        ({"section_0_title_ja": ""}, "section_0_title_ja"),
        ({"section_0_slug": "a b"}, "section_0_slug"),
        ({"section_1_slug": "needed", "section_1_title_ja": "二", "section_1_body_ja": "二"}, "section_1_slug"),
        ({"seen": "x"}, "seen"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(editor: Client, said: dict[str, Any], field: str) -> None:
    response = write(editor, **said)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert "A line from the sky." in response.content.decode()
    assert not Service.objects.filter(slug="sora").exists()


def test_a_category(editor: Client) -> None:
    editor.post(f"{CATEGORIES}new/", {**CATEGORY, "save": "1"})
    category = Category.objects.get(slug="sat")
    assert "衛星通信" in page(Client(), "/services/")
    assert "Satellite" in page(Client(), "/en/services/")
    path = f"{CATEGORIES}{category.pk}/"
    assert "<svg" in editor.post(path, {**CATEGORY, "seen": "1", "icon": "cloud"}).content.decode()
    editor.post(path, {**CATEGORY, "seen": "1", "icon": "cloud", "order": "900", "slug": "other", "save": "1"})
    category.refresh_from_db()
    assert (category.slug, category.icon, category.order) == ("sat", "cloud", 900)
    assert "<del>network</del>" in page(editor, path)
    listed = page(editor, CATEGORIES)
    assert listed.index("法人向けインターネット") < listed.index("衛星通信")
    assert list(AuditEntry.objects.order_by("pk").values_list("act", flat=True)) == ["category.add", "category.change"]


@pytest.mark.parametrize(
    "said", [{"slug": "internet"}, {"slug": ""}, {"name_en": ""}, {"icon": "../x"}, {"icon": ""}, {"order": "-1"}]
)
def test_a_wrong_category_is_refused(editor: Client, said: dict[str, str]) -> None:
    response = editor.post(f"{CATEGORIES}new/", {**CATEGORY, "save": "1", **said})
    assert response.status_code == 422
    assert next(iter(said)) in response.context["form"].errors
    assert "衛星通信" in response.content.decode()
    assert Category.objects.count() == 1


def test_both_languages_filter_and_nothing_kept(editor: Client) -> None:
    service, category = Service.objects.get(), Category.objects.get()
    for path in (SERVICES, f"{SERVICES}{service.pk}/", CATEGORIES, f"{CATEGORIES}{category.pk}/"):
        for prefix in ("", "/en"):
            response = editor.get(f"{prefix}{path}")
            assert response.status_code == 200
            assert "no-store" in response["Cache-Control"]
    service.fold_names()
    service.save()
    assert "hikari" in page(editor, f"{SERVICES}?q=ひかり")
    assert "hikari" not in page(editor, f"{SERVICES}?q=衛星")
    assert editor.get(f"{SERVICES}{'9' * 25}/").status_code == 404


@pytest.mark.parametrize("role", [StaffRole.VIEWER, StaffRole.SUPPORT, StaffRole.BILLING])
def test_other_roles_and_customers_are_refused(client: Client, role: StaffRole) -> None:
    make.service("hikari")
    for person in (people.staff(role), people.alice(), people.bob(), people.charlie()):
        people.sign_in(client, person)
        for path in (SERVICES, f"{SERVICES}new/", CATEGORIES, f"{CATEGORIES}new/"):
            assert client.get(path).status_code == 403
            assert write(client, path).status_code == 403
    assert Service.objects.count() == 1
