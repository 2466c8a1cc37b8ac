"""Where a login continues: whatever ``next`` says, a path of this site."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from hypothesis import example, given, settings
from hypothesis import strategies as st

from madoguchi.accounts.models import TryLevel
from madoguchi.accounts.tests import people
from madoguchi.support.identity.onward import is_path_here

HOSTILE = st.sampled_from(
    ["//", "\\", "/", "https:", "http:", "javascript:", "data:", "@", "evil.example", "\t", "\n", "%2f"]
)
ADDRESSES = st.lists(st.one_of(HOSTILE, st.text(max_size=4)), max_size=8).map("".join)


@given(ADDRESSES)
@example("//evil.example")
@example("/\\evil.example")
@example("\\\\evil.example")
@example("/\t/evil.example")
@example("https:evil.example")
@example("/%2f%2fevil.example")
@example("///evil.example")
@example("javascript:alert(1)")
@example(" //evil.example")
def test_nothing_leads_off_this_site(wanted: str) -> None:
    if is_path_here(wanted):
        # As a browser reads it: it drops tabs and line breaks, and takes \ for /.
        read = "".join(character for character in wanted if character not in "\t\r\n").replace("\\", "/").strip()
        parts = urlsplit(read)
        assert not parts.scheme
        assert not parts.netloc
        assert read.startswith("/")
        assert not read.startswith("//")


@pytest.mark.django_db
@settings(max_examples=25)
@given(ADDRESSES)
@example("//evil.example")
@example("/\\evil.example")
@example("https://evil.example/")
def test_a_login_stays_here(wanted: str) -> None:
    TryLevel.objects.all().delete()
    account = people.Account.objects.filter(email="alice@example.jp").first() or people.alice()
    answer = Client().post("/id/login/", {"email": account.email, "password": people.PASSWORD, "next": wanted})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/")
    assert not answer["Location"].startswith(("//", "/\\"))


FORM = "/console/customers/contracts/1/"
SENT = f"{FORM}ids/00000000-0000-0000-0000-000000000000/"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("came_from", "onward"),
    [
        (f"http://testserver{FORM}?page=2#ids", f"{FORM}?page=2"),
        ("", SENT),
        ("https://evil.example/my/", SENT),
        ("http://[", SENT),
    ],
)
def test_who_sent_a_form_after_the_session_ended_comes_back_to_its_page(came_from: str, onward: str) -> None:
    """The address itself may take forms alone and answer nothing else."""
    answer = Client().post(SENT, {}, headers={"Referer": came_from})
    assert parse_qs(urlsplit(answer["Location"]).query) == {"next": [onward]}


@pytest.mark.django_db
@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example/", "/\\evil.example"])
@pytest.mark.parametrize("page", ["/id/login/", "/id/register/", "/en/id/login/"])
def test_no_page_repeats_such_an_address(client: Client, page: str, wanted: str) -> None:
    assert "evil.example" not in client.get(page, {"next": wanted}).content.decode().partition("<main")[2]
