"""The console's menu: each role finds the pages it may open and no other, and every page has its one place."""

import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from madoguchi.accounts.models import StaffRole
from madoguchi.accounts.tests import people
from madoguchi.console import urls
from madoguchi.console.menu import AREAS

LINK = re.compile(r'class="site-nav__link" href="([^"]+)"(?: aria-current="(\w+)")?>([^<]+)<')
PAGES = [entry.page for area in AREAS for entry in area.entries]


def shown(client: Client, page: str) -> list[tuple[str, str, str]]:
    """The menu's links on ``page``: address, what aria-current says, label."""
    answer = client.get(page, headers={"accept-language": "en"})
    assert answer.status_code == 200
    return LINK.findall(answer.content.decode())


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(StaffRole))
def test_everybody_finds_by_two_links_what_they_may_open_and_no_more(client: Client, role: StaffRole) -> None:
    people.sign_in(client, people.staff(role))
    found = set()
    for address, _current, _label in shown(client, "/en/console/"):
        if address.startswith("/en/console/"):
            found |= {address, *(link[0] for link in shown(client, address))}
    open_to = {page for page in PAGES if client.get(f"/en{_path(page)}").status_code == 200}
    assert found - {"/en/"} == {f"/en{_path(page)}" for page in open_to}


@pytest.mark.django_db
def test_a_page_marks_its_area_and_itself(client: Client) -> None:
    people.sign_in(client, people.staff(StaffRole.ADMINISTRATOR))
    marked = [(current, label) for _address, current, label in shown(client, "/en/console/mailings/") if current]
    assert marked == [("true", "Notices"), ("page", "Mailings")]


@pytest.mark.django_db
def test_a_page_under_an_entry_marks_it(client: Client) -> None:
    people.sign_in(client, people.staff(StaffRole.ADMINISTRATOR))
    marked = [(current, label) for _address, current, label in shown(client, "/en/console/tariffs/price/") if current]
    assert marked == [("true", "Usage and charges"), ("true", "Tariffs")]


def test_every_page_has_one_place() -> None:
    for pattern in urls.urlpatterns:
        entries = [entry.page for area in AREAS for entry in area.entries if str(pattern.name).startswith(entry.covers)]
        assert len(entries) == 1, pattern.name


def _path(page: str) -> str:
    return reverse(f"console:{page}").removeprefix("/en")


@pytest.mark.django_db
def test_every_stylesheet_of_the_console_is_on_its_pages(client: Client) -> None:
    people.sign_in(client, people.staff(StaffRole.VIEWER))
    page = client.get("/en/console/").content.decode()
    folder = Path(urls.__file__).with_name("static") / "console"
    assert {path.stem for path in folder.glob("*.css")} == set(re.findall(r"console/(\w+)\.[^\"]*css\"", page))
