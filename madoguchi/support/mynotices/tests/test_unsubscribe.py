"""The unsubscribe page: no login, no cookie; GET asks, POST acts; one click by the mail program itself."""

import pytest
from django.test import Client

from madoguchi.delivery.models import Letter
from madoguchi.notices import unsubscribe
from madoguchi.notices.models import OptOut
from madoguchi.notices.tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def path():
    hanako = make.account("hanako")
    hikari = make.service("hikari", name_ja="あおば光", name_en="Aoba Hikari")
    token = unsubscribe.token_for(make.reads(hanako), service=hikari, kind="trouble")
    return f"/unsubscribe/{token}/"


@pytest.fixture
def anybody() -> Client:
    return Client(enforce_csrf_checks=True)


def test_get_asks_and_changes_nothing(anybody, path):
    page = anybody.get(path)
    assert page.status_code == 200
    for said in ("あおば光", "故障情報メール", "h•••@example.jp", "配信を停止する"):
        assert said in page.text
    assert "hanako@" not in page.text
    assert not OptOut.objects.exists()
    assert not anybody.cookies
    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "no-referrer"


def test_post_acts_and_the_owner_is_told(anybody, path):
    answer = anybody.post(path)
    assert (answer.status_code, answer["Location"]) == (303, path)
    stopped = anybody.get(path).text
    assert "配信を停止しました" in stopped
    assert "停止したメール" in stopped
    opt_out = OptOut.objects.get()
    assert (opt_out.address, opt_out.service.slug, opt_out.kind) == ("hanako@example.jp", "hikari", "trouble")
    assert Letter.objects.get().address == "hanako@example.jp"
    assert not anybody.cookies


def test_one_click_of_a_mail_program_is_answered_without_a_redirect(anybody, path):
    answer = anybody.post(path, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    assert OptOut.objects.count() == 1
    again = anybody.post(path, {"List-Unsubscribe": "One-Click"})
    assert again.status_code == 200
    assert (OptOut.objects.count(), Letter.objects.count()) == (1, 1)


def test_in_english(anybody, path):
    assert "Stop this email?" in anybody.get(f"/en{path}").text
    assert anybody.post(f"/en{path}")["Location"] == f"/en{path}"
    assert "The email is stopped" in anybody.get(f"/en{path}").text


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("token", ["x", "A" * 44, "あ", "-" * 5000])
def test_a_damaged_link_says_so(anybody, path, method, token):
    answer = getattr(anybody, method)(f"/unsubscribe/{token}/")
    assert answer.status_code == 404
    assert "このリンクは使えません" in answer.text
    assert not OptOut.objects.exists()
