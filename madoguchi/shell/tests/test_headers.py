"""Security headers on every answer, and pages that obey the policy they send."""

import re

import pytest
from django.test import Client

PAGES = ["/components/", "/en/components/", "/corner/", "/nowhere/"]


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.django_db
def test_strict_policy_and_companions(client: Client, address: str) -> None:
    response = client.get(address)
    policy = dict(part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert "unsafe" not in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.django_db
def test_no_inline_style_or_script_and_no_other_host(client: Client, address: str) -> None:
    text = client.get(address).content.decode()
    assert not re.search(r"\sstyle\s*=|<style|\son\w+\s*=", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', text)


def test_a_page_without_a_personal_part_sets_no_cookie(client: Client) -> None:
    response = client.get("/nowhere/")
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.django_db
def test_the_corner_is_never_kept(client: Client) -> None:
    response = client.get("/en/corner/")
    assert "no-store" in response["Cache-Control"]
    assert 'href="/en/id/login/"' in response.content.decode()
