"""``/console/sites/``: registering the operator's other sites."""

import re

import pytest
from django.test import Client

from madoguchi.accounts.models import StaffRole
from madoguchi.accounts.tests import people
from madoguchi.console.models import AuditEntry
from madoguchi.provider.models import Site
from madoguchi.provider.tests.sites import Customer, consent, mall, same_keys

pytestmark = pytest.mark.django_db
TYPED = {
    "client_id": "aoba-mall",
    "name_ja": "あおばモール",
    "name_en": "Aoba Mall",
    "redirect_uris": "https://mall.example/callback\nhttps://mall.example/app",
}


@pytest.fixture
def admin(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    same_keys(monkeypatch)
    people.sign_in(client, people.staff(StaffRole.ADMINISTRATOR))
    return client


def secret(page: str) -> str:
    found = re.search(r"site-secret\">([^<]+)<", page)
    return found[1] if found else ""


def test_registering_shows_the_secret_once(admin) -> None:
    answer = admin.post("/console/sites/new/", TYPED)
    assert answer["Location"] == "/console/sites/aoba-mall/"
    page = admin.get("/console/sites/aoba-mall/")
    site = Site.objects.get()
    assert site.check_secret(secret(page.content.decode()))
    assert "no-store" in page["Cache-Control"]
    assert secret(admin.get("/console/sites/aoba-mall/").content.decode()) == ""
    assert site.addresses == ["https://mall.example/callback", "https://mall.example/app"]
    assert AuditEntry.objects.get().act == "site.add"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"client_id": "Aoba Mall"}, "英小文字"),
        ({"client_id": ""}, "必須"),
        ({"redirect_uris": ""}, "必須"),
        ({"redirect_uris": "http://mall.example/cb"}, "https://で始まる"),
        ({"redirect_uris": "https://mall.example/*"}, "省略せず"),
        ({"redirect_uris": "https://mall.example/#a"}, "「#」以降"),
        ({"redirect_uris": "https://u@mall.example/"}, "「@」より前"),
        ({"redirect_uris": "https://mall.example/\0"}, "文字"),
        ({"redirect_uris": "https://mall.example/" + "a" * 600}, "500文字"),
        ({"redirect_uris": " ".join(f"https://mall.example/{n}" for n in range(11))}, "10件以内"),
        ({"home_url": "javascript:alert(1)"}, "https://で始まる"),
        ({"sector": "モール"}, "英小文字、数字、ピリオド"),
        ({"name_ja": "あ" * 61}, "60"),
    ],
)
def test_bad_input_is_told_and_kept(admin, wrong, told) -> None:
    answer = admin.post("/console/sites/new/", TYPED | wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert told in page
    assert "Aoba Mall" in page
    assert Site.objects.count() == 0


def test_taken_name(admin) -> None:
    mall()
    assert "すでに登録されています" in admin.post("/console/sites/new/", TYPED).content.decode()


def test_list_counts_connected_customers(admin) -> None:
    site, _secret = mall()
    consent(people.alice(), site)
    page = admin.get("/en/console/sites/").content.decode()
    assert "Aoba Mall" in page
    assert "Connected customers</span>1</td>" in page


def test_changing_keeps_name_sector_and_secret(admin) -> None:
    _site, given = mall()
    form = {**TYPED, "client_id": "other", "sector": "other.example", "name_en": "Mall", "silent": "on"}
    assert admin.post("/console/sites/aoba-mall/", form).status_code == 302
    site = Site.objects.get()
    assert (site.client_id, site.sector, site.name_en) == ("aoba-mall", "mall.example", "Mall")
    assert (site.silent, site.offline) == (True, False)
    assert site.check_secret(given)
    assert "name_en" in AuditEntry.objects.get().detail["fields"]
    assert admin.post("/console/sites/aoba-mall/", {**form, "redirect_uris": "x"}).status_code == 422


def test_new_secret(admin) -> None:
    _site, before = mall()
    page = admin.post("/console/sites/aoba-mall/secret/", follow=True).content.decode()
    site = Site.objects.get()
    assert site.check_secret(secret(page))
    assert not site.check_secret(before)
    assert AuditEntry.objects.get().act == "site.secret"
    assert admin.get("/console/sites/aoba-mall/secret/").status_code == 405


def test_removing_says_how_many_and_takes_all(admin) -> None:
    site, _secret = mall()
    consent(people.alice(), site)
    assert "1" in admin.get("/console/sites/aoba-mall/remove/").content.decode()
    assert Site.objects.count() == 1
    admin.post("/console/sites/aoba-mall/remove/")
    assert Site.objects.count() == 0
    assert AuditEntry.objects.get().detail == {"client_id": "aoba-mall", "connected": 1}
    assert admin.get("/console/sites/aoba-mall/").status_code == 404


def test_customers_and_other_staff_get_nowhere(admin) -> None:
    mall()
    publisher = Client()
    people.sign_in(publisher, people.publisher())
    for client in (Customer(people.alice()), publisher):
        for path in ("", "new/", "aoba-mall/", "aoba-mall/secret/", "aoba-mall/remove/"):
            assert client.post(f"/console/sites/{path}", TYPED).status_code == 403
    assert Site.objects.count() == 1
