"""Who may see and do what in the console: every address of it, for everybody."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from madoguchi.accounts.models import StaffRole
from madoguchi.accounts.tests import people
from madoguchi.console import urls
from madoguchi.notices.models import Report
from madoguchi.notices.tests import make

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "console.md"


def documented() -> dict[str, dict[str, str]]:
    """The table of docs/console.md: what each role may do on each page, ``yes``, ``look`` or ``–``."""
    rows = re.findall(r"^\| (.+) \|$", DOCUMENT.read_text(encoding="utf-8"), flags=re.MULTILINE)
    head, *cells = [[cell.strip("` ") for cell in row.split("|")] for row in rows]
    return {name: dict(zip(head[1:], said, strict=True)) for name, *said in cells}


TABLE = documented()


@pytest.fixture
def draft(db: None) -> Report:
    return make.trouble(make.service())


def addresses(draft: Report) -> dict[str, str]:
    """Every page of the console by its name, so that one added later cannot be forgotten here."""
    found = {}
    for pattern in urls.urlpatterns:
        wanted = {"notice_id": draft.notice_id, "report_id": draft.pk, "customer": uuid4(), "name": "login"}
        wanted |= {
            "client_id": "unknown",
            "template_id": 1,
            "key": 1,
            "link": 1,
            "contract": 1,
            "token_id": 1,
            "upload_id": 1,
            "file_id": 1,
            "import_id": 1,
            "conflict_id": 1,
            "decision": "kept",
            "inquiry_id": 1,
            "question_id": 1,
            "guide_id": 1,
            "service_id": 1,
            "category_id": 1,
            "mailing_id": 1,
            "suppression_id": 1,
            "tariff_id": 1,
            "comparison_id": 1,
            "rule_id": 1,
            "row_id": 1,
            "place": 0,
            "what": "fee",
            "month": "2026-10",
            "rerating_id": 1,
        }
        arguments = {key: wanted[key] for key in wanted if f":{key}>" in str(pattern.pattern)}
        found[str(pattern.name)] = reverse(f"console:{pattern.name}", kwargs=arguments)
    return found


def test_customers_are_refused_everywhere(client: Client, draft: Report) -> None:
    people.sign_in(client, people.alice())  # Bob and Charlie are no staff either
    for name, address in addresses(draft).items():
        assert client.get(address).status_code == 403, name
        assert client.post(address, {"check": "1"}).status_code == 403, name
    draft.refresh_from_db()
    assert draft.ordinal is None


def test_who_is_not_logged_in_is_asked_to(client: Client, draft: Report) -> None:
    for name, address in addresses(draft).items():
        response = client.get(address)
        assert response.status_code == 302, name
        assert response["Location"].startswith("/id/login/?next="), name


def test_a_password_alone_is_not_enough(client: Client, draft: Report) -> None:
    people.sign_in(client, people.publisher(), second_factor=False)
    for name, address in addresses(draft).items():
        if TABLE[name][StaffRole.PUBLISHER] != "–":
            assert client.get(address)["Location"].startswith("/id/prove/"), name
    client.post(addresses(draft)["report_publish"])
    draft.refresh_from_db()
    assert draft.ordinal is None


def test_the_document_names_every_page() -> None:
    assert set(TABLE) == {pattern.name for pattern in urls.urlpatterns}


@pytest.mark.parametrize("role", StaffRole)
def test_each_role_may_do_what_is_documented(client: Client, draft: Report, role: StaffRole) -> None:
    people.sign_in(client, people.staff(role))
    for name, address in addresses(draft).items():
        allowed = TABLE[name][role] != "–"
        assert (client.get(address).status_code != 403) == allowed, name


@pytest.mark.parametrize("role", [role for role in StaffRole if TABLE["report_publish"][role] == "look"])
def test_only_publishers_publish(client: Client, draft: Report, role: StaffRole) -> None:
    people.sign_in(client, people.staff(role))
    page = addresses(draft)["report_publish"]
    text = client.get(page).content.decode()
    assert "公開できるのは、公開担当者の権限を持つ方です。" in text
    assert 'name="seen"' not in text
    assert client.post(page).status_code == 403
    draft.refresh_from_db()
    assert draft.ordinal is None


def test_a_report_is_found_only_under_its_own_notice(client: Client, draft: Report) -> None:
    other = make.work(make.service("other"))
    people.sign_in(client, people.publisher())
    for page in ("console:report_publish", "console:report_edit", "console:report_discard", "console:report_mail"):
        assert client.get(reverse(page, args=[other.notice_id, draft.pk])).status_code == 404


def test_pages_are_never_kept(client: Client, draft: Report) -> None:
    people.sign_in(client, people.publisher())
    assert "no-store" in client.get("/console/")["Cache-Control"]
