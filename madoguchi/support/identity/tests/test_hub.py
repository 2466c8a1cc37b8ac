"""``/id/``: the menu of the ID, and how it stands with each part; the header leads there."""

import pytest

from madoguchi.accounts.second_factor import enrol_totp
from madoguchi.accounts.tests.people import alice, sign_in

pytestmark = pytest.mark.django_db


def test_the_hub_says_how_it_stands(client):
    owner = alice()
    sign_in(client, owner)
    said = client.get("/en/id/").content.decode()
    for text in ("alice@example.jp", "the password alone opens the ID", "1 device is logged in", "This is the first"):
        assert text in said
    for path in ("history", "sessions", "profile", "password/change"):
        assert f'href="/en/id/{path}/"' in said
    enrol_totp(owner)
    sign_in(client, owner)
    said = client.get("/en/id/").content.decode()
    assert "One-time password is set up" in said
    assert "2 devices are logged in" in said
    assert "Last login before this one" in said


def test_an_id_without_a_password_is_not_said_to_be_open_to_one(client):
    owner = alice()
    owner.set_unusable_password()
    owner.save()
    sign_in(client, owner)
    said = client.get("/en/id/").content.decode()
    assert "Not set up" in said
    assert "password alone" not in said


def test_the_header_names_who_it_is_and_leads_to_the_id(client):
    sign_in(client, alice())
    said = client.get("/en/id/").content.decode()
    header = said[said.index("<header") : said.index("</header>")]
    for part in ("アオキ アリス", 'href="/en/id/"', 'href="/en/id/history/"', "/en/id/logout/", 'hreflang="ja"'):
        assert part in header
