"""A service that is already mine says so, on pages that are the same for everybody."""

import pytest
from django.test import Client

from madoguchi.accounts.tests import people
from madoguchi.notices.tests import make

pytestmark = pytest.mark.django_db


def _mine(account, query, prefix=""):
    client = Client()
    people.sign_in(client, account)
    return client.get(f"{prefix}/my/notices/+mine/?{query}")


def test_mine_are_named_in_my_language_and_nobody_elses():
    alice, bob = people.alice(), people.bob()
    make.follows(alice, make.service("hikari"))
    make.follows(alice, make.service("phone"), work=False)
    make.follows(bob, make.service("mobile"))
    page = _mine(alice, "service=hikari&service=phone&service=mobile&service=%00")
    assert 'id="mine-hikari"' in page.text
    assert "故障情報メールを受信中" in page.text
    assert "mine-mobile" not in page.text
    assert "no-store" in page["Cache-Control"]
    assert "You get its trouble email" in _mine(alice, "service=phone", "/en").text
    assert _mine(people.charlie(), "service=hikari").text.strip() == ""


def test_a_stranger_gets_nothing_and_no_cookie(client):
    answer = client.get("/my/notices/+mine/?service=hikari")
    assert (answer.status_code, answer.content, dict(client.cookies)) == (204, b"", {})


def test_the_public_pages_ask_for_it_when_the_corner_says_who_is_there(client):
    make.service("hikari")
    for path in ("/services/", "/services/hikari/"):
        page = client.get(path).text
        assert "/my/notices/+mine/?service=hikari" in page
        assert 'id="mine-hikari"' in page
    assert "HX-Trigger" not in client.get("/corner/")
    people.sign_in(client, people.alice())
    assert client.get("/corner/")["HX-Trigger"] == "signed-in"
