"""``/contact/<token>/``: the page behind the link in the mails."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from madoguchi.accounts.models import StaffRole
from madoguchi.accounts.tests import people
from madoguchi.inquiries import handle
from madoguchi.inquiries.models import Inquiry
from madoguchi.support.contact.tests.writing import ADDRESS, WORDS, link, mails, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def support():
    return people.staff(StaffRole.SUPPORT)


def answer(inquiry, body="はい、変えられます。", *, by):
    return handle.answer(inquiry, body=body, by=by, seen=inquiry.messages.last().pk)


def page(client, path, status=200):
    response = client.get(path)
    assert response.status_code == status, path
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Robots-Tag"] == "noindex"
    return response.content.decode()


def test_until_it_is_confirmed_it_shows_nothing_that_was_typed(client):
    inquiry = write(client)
    for _time in range(2):  # looking does nothing: mail scanners open links
        html = page(Client(), link())
        assert inquiry.number in html
        for typed in (WORDS["subject"], "部署名", "青木", ADDRESS):
            assert typed not in html
    inquiry.refresh_from_db()
    assert not inquiry.is_confirmed
    assert inquiry.state == "new"  # the staff see it all the same


def test_confirmed_it_is_shown_and_a_copy_comes(client):
    write(client)
    path, anybody = link(), Client()
    assert anybody.post(path, {"act": "confirm"})["Location"] == path
    html = page(anybody, path)
    assert WORDS["subject"] in html
    assert "&lt;b&gt;次の請求書&lt;/b&gt;" in html
    first, copy = mails()
    assert "次の請求書" in copy.text
    anybody.post(path, {"act": "confirm"})
    assert len(mails()) == 2
    assert first.subject != copy.subject


def test_a_browser_that_sends_no_referrer_may_confirm(client):
    """With ``no-referrer`` a browser's form comes with an origin of null, and without our cookie."""
    inquiry = write(client)
    browser = Client(enforce_csrf_checks=True, headers={"Origin": "null"})
    assert "csrfmiddlewaretoken" not in page(browser, link()).split("<main", 1)[1]
    assert browser.post(link(), {"act": "confirm"}).status_code == 303
    inquiry.refresh_from_db()
    assert inquiry.is_confirmed


def test_disowned_it_is_closed_and_nothing_more_is_mailed(client, support):
    inquiry = write(client)
    path = link()
    Client().post(path, {"act": "disown"})
    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.waiting_since) == ("closed", None)
    assert not mails()  # the letter no longer says where it went
    html = page(Client(), path)
    assert "この件のメールは今後お送りしません" in html
    assert "部署名" not in html
    with pytest.raises(handle.IsClosed):
        answer(inquiry, by=support)
    with pytest.raises(handle.IsClosed):
        handle.reopen(inquiry)
    Client().post(path, {"act": "confirm"})
    inquiry.refresh_from_db()
    assert not inquiry.is_confirmed


def test_an_act_nobody_knows_does_nothing(client):
    inquiry = write(client)
    Client().post(link(), {"act": "x", "text": "hello"})
    inquiry.refresh_from_db()
    assert inquiry.state == "new"
    assert inquiry.messages.count() == 1


def test_an_answer_comes_by_mail_and_the_writer_writes_back(client, support):
    alice = people.alice()
    people.sign_in(client, alice)
    inquiry = write(client)
    answer(inquiry, by=support)
    _copy, mail = mails(alice.email)
    assert mail.subject == f"Re: [{inquiry.number}] {WORDS['subject']}"
    assert "はい、変えられます。" in mail.text
    assert "次の請求書" not in mail.text
    path, anywhere = link(alice.email), Client()  # without login
    html = page(anywhere, path)
    assert html.index("部署名") < html.index("はい、変えられます。")
    assert "お返事済み" in html
    assert anywhere.post(path, {"text": "ありがとう"})["Location"] == path
    html = page(anywhere, path)
    assert "送信しました" in html
    assert "お返事をお待ちいただいています" in html
    assert "送信しました" not in page(anywhere, path)
    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.assignee) == ("assigned", support)
    assert inquiry.waiting_since
    # Pressed twice.
    anywhere.post(path, {"text": "ありがとう"})
    assert inquiry.messages.count() == 3


def test_an_answer_before_the_address_is_confirmed_repeats_nothing_of_the_writer(client, support):
    inquiry = write(client, subject="https://evil.example/", text="evil")
    answer(inquiry, by=support)
    mail = mails()[-1]
    assert "はい、変えられます。" in mail.text
    assert "evil" not in f"{mail.subject} {mail.text} {mail.html}"


def test_the_mails_of_an_inquiry_are_one_thread(client, support):
    from madoguchi.delivery.models import Letter
    from madoguchi.delivery.renderers import render

    inquiry = write(client)
    Client().post(link(), {"act": "confirm"})
    answer(inquiry, by=support)
    headers = []
    for letter in Letter.objects.order_by("pk").select_related("mailing"):
        headers.append(dict(render(letter.mailing.renderer, letter.mailing.reference, "ja", "full").headers))
    first, *others = headers
    assert first["Message-ID"] == f"<{inquiry.number}.first@aoba.example>"
    assert "References" not in first
    assert len({header["Message-ID"] for header in headers}) == 3
    for header in others:
        assert header["References"] == header["In-Reply-To"] == first["Message-ID"]


def test_notes_of_the_staff_are_never_shown(client, support):
    inquiry = write(client)
    path = link()
    Client().post(path, {"act": "confirm"})
    handle.note(inquiry, body="困ったお客さま", by=support)
    assert "困った" not in page(Client(), path)


def test_a_closed_inquiry_opens_again_with_a_further_message(client, support):
    inquiry = write(client)
    path = link()
    Client().post(path, {"act": "confirm"})
    handle.close(inquiry)
    Client().post(path, {"text": "もう1つあります"})
    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.closed_at) == ("new", None)


def test_bad_input_is_said_and_kept(client):
    write(client)
    path = link()
    Client().post(path, {"act": "confirm"})
    response = Client().post(path, {"text": " "})
    assert response.status_code == 422
    assert "送信する内容を入力してください。" in response.content.decode()
    response = Client().post(path, {"text": "あ" * 5001})
    assert response.status_code == 422
    assert "あ" * 5001 in response.content.decode()


def test_further_messages_are_limited(client):
    inquiry = write(client)
    path = link()
    Client().post(path, {"act": "confirm"})
    for number in range(20):
        assert Client().post(path, {"text": f"{number}"}).status_code == 303
    assert Client().post(path, {"text": "20"}).status_code == 429
    assert inquiry.messages.count() == 21


def test_the_link_ends_ninety_days_after_the_last_message(client, support):
    with time_machine.travel("2026-11-22 10:00:00+09:00", tick=False) as clock:
        inquiry = write(client)
        path = link()
        clock.shift(timedelta(days=89))
        page(Client(), path)
        answer(inquiry, by=support)
        clock.shift(timedelta(days=89))
        page(Client(), path)
        clock.shift(timedelta(days=2))
        html = page(Client(), path, 410)
        assert "期限が過ぎています" in html
        assert Client().post(path, {"act": "confirm"}).status_code == 410


@pytest.mark.parametrize("token", ["x", "a" * 43, "%00", "é" * 43])
def test_an_unknown_link_opens_nothing(client, token):
    assert "開けません" in page(client, f"/contact/{token}/", 404)


def test_charlie_signed_in_gets_nowhere_without_the_link(client):
    alice = people.alice()
    people.sign_in(client, alice)
    inquiry = write(client)
    stranger = Client()
    people.sign_in(stranger, people.charlie())
    for guess in (inquiry.number, str(inquiry.pk), inquiry.token_digest):
        assert stranger.get(f"/contact/{guess}/").status_code == 404


def test_the_token_lies_nowhere_in_clear(client):
    write(client)
    token = link().split("/")[2]
    inquiry = Inquiry.objects.get()
    assert token not in f"{inquiry.token_digest} {bytes(inquiry.sealed_token)!r}"
    assert inquiry.link_until > timezone.now()
