"""What every private page has in common: kept by nobody, with its headers, and a way out."""

import re

import pytest
from django.conf import settings
from django.http import HttpResponse

from tests.sample_operator import account, browser, places
from tests.test_url_permissions import CONSOLE, PUBLIC, SIGNED_IN

__all__ = ["places"]
pytestmark = pytest.mark.django_db
# Pages of the customer ID itself, signed in or not, which are nobody else's business either.
OF_THE_ID = {name: path for name, path in PUBLIC.items() if name.startswith("identity:")}


def is_page(answer: HttpResponse) -> bool:
    return answer.status_code == 200 and answer.get("Content-Type", "").startswith("text/html")


@pytest.fixture
def answers(places) -> list[tuple[str, HttpResponse]]:
    hanako, admin = browser("hanako@example.jp"), browser("admin@aoba.example")
    of_hanako = [(name, hanako.get(path.format(**places))) for name, path in SIGNED_IN.items()]
    return of_hanako + [(name, admin.get(path.format(**places))) for name, path in CONSOLE.items()]


def test_private_pages_are_kept_by_nobody_and_say_so(answers, places) -> None:
    stranger = browser()
    of_the_id = [(name, stranger.get(path.format(**places))) for name, path in OF_THE_ID.items()]
    kept = [
        name
        for name, answer in answers + of_the_id
        if answer.status_code != 405 and "no-store" not in answer.get("Cache-Control", "")
    ]
    assert kept == []


def test_every_answer_has_its_headers(answers) -> None:
    for name, answer in answers:
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin", name
        assert answer["Referrer-Policy"] in {"same-origin", "no-referrer"}, name
        assert answer["X-Content-Type-Options"] == "nosniff", name
        assert "frame-ancestors" in answer["Content-Security-Policy"], name


def test_over_https_every_answer_asks_for_https(settings, client) -> None:
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 60 * 60 * 24 * 365, True
    for path in ("/", "/id/login/", "/my/", "/nowhere/", "/healthz"):
        answer = client.get(path, secure=True)
        assert answer["Strict-Transport-Security"].startswith("max-age=31536000; includeSubDomains"), path


def test_v7_4_4_every_private_page_leads_to_the_logout(answers) -> None:
    pages = [(name, answer.content.decode()) for name, answer in answers if is_page(answer) and not answer.streaming]
    assert len(pages) > 20
    # Shown inside of a page: a mail, and a draft's public page as everybody will see it.
    fragments = {"console:report_mail", "public:notice_preview"}
    bare = [name for name, text in pages if "<html" in text and 'action="/id/logout/"' not in text]
    assert set(bare) - fragments == set()


def test_cookies_hold_nothing_personal(places) -> None:
    hanako = account("hanako@example.jp")
    client = browser()
    client.post("/id/login/", {"email": hanako.email, "password": "aoi-madoguchi-1", "stay": "on"})
    for path in SIGNED_IN.values():
        client.get(path.format(**places))
    values = " ".join(f"{cookie.key}={cookie.value}" for cookie in client.cookies.values())
    for personal in ("hanako", hanako.family_name_kana, hanako.given_name_kana, "1984", str(hanako.public_id), "@"):
        assert personal not in values
    assert {cookie.key for cookie in client.cookies.values()} <= {
        settings.SESSION_COOKIE_NAME,
        settings.CSRF_COOKIE_NAME,
        "known",
        "messages",
        "django_language",
    }
    for cookie in client.cookies.values():
        assert cookie["httponly"], cookie.key
        assert cookie["samesite"] in {"Lax", "Strict"}, cookie.key


def test_no_address_of_a_page_carries_anything_personal(answers) -> None:
    """Redirects and links: no mail address, number, code or token (those of mails stand in mails alone)."""
    found = [answer.get("Location", "") for _name, answer in answers]
    for _name, answer in answers:
        if is_page(answer) and not answer.streaming:
            found += re.findall(r'(?:href|action|src)="([^"]*)"', answer.content.decode())
    leaking = [
        link
        for link in found
        if re.search(r"@|%40|\+81|%2B81|password=|code=[0-9]|token=", link) and not link.startswith("mailto:")
    ]
    assert leaking == []
