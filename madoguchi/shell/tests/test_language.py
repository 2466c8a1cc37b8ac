"""The language switch stays on the page."""

import pytest
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.utils import translation
from django.utils.translation import gettext

from madoguchi.shell import languages


@pytest.mark.parametrize(
    ("path", "language", "expected"),
    [
        ("/", "en", "/en/"),
        ("/en/", "ja", "/"),
        ("/en", "ja", "/"),
        ("/notices/?kind=work&page=2", "en", "/en/notices/?kind=work&page=2"),
        ("/en/notices/?kind=work", "ja", "/notices/?kind=work"),
        ("/en/notices/", "en", "/en/notices/"),
        ("/energy/", "ja", "/energy/"),
        ("/notices/?next=/en/", "ja", "/notices/?next=/en/"),
    ],
)
def test_the_same_page_in_the_other_language(path: str, language: str, expected: str) -> None:
    assert languages.in_language(path, language) == expected


def test_each_link_is_in_its_own_language_and_keeps_the_query(client: Client) -> None:
    text = client.get("/en/components/?a=1&b=2").content.decode()
    assert '<a class="languages__link" href="/components/?a=1&amp;b=2" lang="ja" hreflang="ja">日本語</a>' in text
    assert '<span class="languages__current" lang="en" aria-current="true">English</span>' in text


def test_links_of_a_page_stay_in_its_language() -> None:
    from django.utils.translation import override

    template = Template('{% load shell %}{% page "/id/login/" %}')
    with override("en"):
        assert template.render(Context()) == "/en/id/login/"
    with override("ja"):
        assert template.render(Context({"request": RequestFactory().get("/")})) == "/id/login/"


@pytest.mark.parametrize(
    ("shown", "path", "mark"),
    [
        ("/notices/", "/notices/", ' aria-current="page"'),
        ("/en/notices/", "/notices/", ' aria-current="page"'),
        ("/notices/T-2026-000001/", "/notices/", ' aria-current="true"'),
        ("/notices/", "/", ""),
        ("/", "/", ' aria-current="page"'),
        ("/services/", "/notices/", ""),
    ],
)
def test_the_menu_marks_where_one_is(shown: str, path: str, mark: str) -> None:
    template = Template(f'{{% load shell %}}{{% here "{path}" %}}')
    assert template.render(Context({"request": RequestFactory().get(shown)})) == mark


def test_menus_leave_out_what_is_not_there() -> None:
    assert languages.exists("/en/components/")
    assert not languages.exists("/no/such/page/")


def test_the_path_alone_decides_the_language(client: Client) -> None:
    for path, language in (("/components/", "ja"), ("/en/components/", "en")):
        response = client.get(path, headers={"Accept-Language": "fr, en;q=0.9"})
        assert response["Content-Language"] == language
        assert "Accept-Language" not in response.get("Vary", "")


def test_no_library_has_the_last_word():
    """allauth calls an address "Email", which is a message to us: ours must win."""
    with translation.override("ja"):
        assert gettext("Email") == "メール"
