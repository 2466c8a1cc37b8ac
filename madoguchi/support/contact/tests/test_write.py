"""``/contact/``: enter, confirm, sent; with and without an ID."""

import pytest
import time_machine
from django.test import Client

from madoguchi.accounts.tests import people
from madoguchi.delivery.models import Letter
from madoguchi.inquiries.models import Inquiry, Message
from madoguchi.notices.tests import make
from madoguchi.support.contact.tests.writing import ADDRESS, WORDS, enter, mails, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice():
    return people.alice()


def page(client, path, status=200):
    response = client.get(path)
    assert response.status_code == status, path
    assert "no-store" in response["Cache-Control"]
    return response.content.decode()


def test_a_visitor_enters_confirms_and_is_told_the_number(client):
    make.service("hikari")
    html = page(client, "/contact/?service=hikari")
    assert '<option value="hikari" selected>' in html
    enter(client, service="hikari")
    html = page(client, "/contact/confirm/")
    assert WORDS["subject"] in html
    assert "&lt;b&gt;次の請求書&lt;/b&gt;" in html
    assert ADDRESS in html
    assert not Inquiry.objects.exists()
    client.post("/contact/confirm/")
    inquiry = Inquiry.objects.get()
    html = page(client, "/contact/sent/")
    assert inquiry.number in html
    assert "リンクを開き" in html
    assert inquiry.service is not None
    assert (inquiry.state, inquiry.service.slug, inquiry.language) == ("new", "hikari", "ja")
    assert (inquiry.email, inquiry.account, inquiry.name) == (ADDRESS, None, "青木")
    message = Message.objects.get()
    assert (message.kind, message.body) == ("writer", WORDS["text"])


def test_nothing_that_was_typed_is_mailed_to_an_address_that_was_only_typed(client):
    """The form lets anybody have us write to anybody: what we write is ours alone."""
    hostile = {"subject": "口座を確認 https://evil.example/", "text": "PAY NOW https://evil.example/", "name": "PAYNOW"}
    inquiry = write(client, **hostile)
    (mail,) = mails()
    for typed in ("evil.example", "PAY", "口座"):
        assert typed not in f"{mail.subject} {mail.text} {mail.html} {mail.sender}"
    assert inquiry.number in mail.subject
    assert "/contact/" in mail.text
    assert "support@aoba.example" in mail.sender


def test_a_customer_gets_a_copy_at_once_at_the_address_of_the_id(client, alice):
    people.sign_in(client, alice)
    html = page(client, "/contact/")
    assert 'name="email"' not in html
    assert alice.email in html
    inquiry = write(client, email="somebody@else.example")
    assert (inquiry.account, inquiry.email) == (alice, "")
    (mail,) = mails(alice.email)
    assert WORDS["subject"] in mail.subject
    assert "次の請求書" in mail.text
    assert "&lt;b&gt;" in mail.html
    assert not mails("somebody@else.example")
    assert "控えをメールでお送りしました" in page(client, "/contact/sent/")


def test_in_english(client):
    write(client, "/en")
    assert "Your inquiry is sent" in page(client, "/en/contact/sent/")
    (mail,) = mails()
    assert "please confirm your address" in mail.subject
    assert "/en/contact/" in mail.text


@pytest.mark.parametrize(
    ("entered", "said"),
    [
        ({"subject": ""}, "件名を入力してください。"),
        ({"subject": "あ" * 101}, "件名は100文字までで入力してください。"),
        ({"subject": "\u2028"}, "件名を入力してください。"),
        ({"text": "  \n "}, "お問い合わせの内容を入力してください。"),
        ({"text": "あ" * 5001}, "5000文字までで入力してください（現在5001文字）。"),
        ({"email": ""}, "メールアドレスを入力してください。"),
        ({"email": "a@b@c"}, "name@example.jp"),
        ({"email": "a@example.jp\r\nBcc: b@example.jp"}, "メールアドレス"),
        ({"name": "あ" * 61}, "お名前は60文字までで入力してください。"),
        ({"service": "nowhere"}, "サービスは一覧から選んでください。"),
        ({"website": "https://spam.example/"}, "自動入力を防ぐための欄です。"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_kept(client, entered, said):
    response = enter(client, **entered)
    assert response.status_code == 422
    html = response.content.decode()
    assert said in html
    assert "エラー：" in html
    if "text" not in entered:
        assert "部署名が変わりました。" in html
    assert client.get("/contact/confirm/")["Location"] == "/contact/"
    assert not Inquiry.objects.exists()


def test_control_characters_and_marks_of_mail_slots_are_left_out(client):
    inquiry = write(client, subject="a\u0085b\ue000link\ue001", text="一\r\n二\x07\ue000link\ue001\t三")
    assert inquiry.subject == "ablink"
    assert Message.objects.get().body == "一\n二link\t三"


def test_back_keeps_what_was_entered(client):
    enter(client)
    html = page(client, "/contact/")
    assert WORDS["subject"] in html
    assert ADDRESS in html


def test_pressed_twice_it_is_sent_once(client):
    enter(client)
    kept = dict(client.session)
    client.post("/contact/confirm/")
    # The second press left before the first was answered: with the session as it was.
    session = client.session
    session.update(kept)
    session.save()
    assert client.post("/contact/confirm/")["Location"] == "/contact/sent/"
    assert Inquiry.objects.count() == 1
    assert len(mails()) == 1


def test_what_was_entered_is_kept_an_hour_and_sealed(client):
    with time_machine.travel("2026-11-22 10:00:00+09:00", tick=False) as clock:
        enter(client)
        assert "visitor" not in str(dict(client.session))
        clock.shift(3700)
        assert client.get("/contact/confirm/")["Location"] == "/contact/"


def test_numbers_have_no_gap(client):
    with time_machine.travel("2026-11-22 10:00:00+09:00", tick=False) as clock:
        first, second = write(client).number, write(client).number
        clock.move_to("2027-01-01 00:00:01+09:00")
        third = write(client, email="another@example.jp").number
    assert (first, second, third) == ("Q-2026-000001", "Q-2026-000002", "Q-2027-000001")


def test_an_address_is_not_written_to_without_end(client):
    for _number in range(5):
        write(client)
    enter(client)
    response = client.post("/contact/confirm/")
    assert response.status_code == 429
    assert len(mails()) == 5
    # Nothing is lost: it can be sent later, or to another address.
    assert WORDS["subject"] in page(client, "/contact/confirm/")
    write(client, email="another@example.jp")


def test_a_network_does_not_write_without_end():
    for number in range(20):
        write(Client(), email=f"victim{number}@example.jp")
    client = Client()
    enter(client, email="next@example.jp")
    assert client.post("/contact/confirm/").status_code == 429
    assert not Letter.objects.filter(address="next@example.jp").exists()


def test_it_asks_for_a_token_against_forged_forms():
    client = Client(enforce_csrf_checks=True)
    assert enter(client).status_code == 403


def test_looking_does_nothing(client):
    enter(client)
    for path in ("/contact/", "/contact/confirm/", "/contact/sent/"):
        client.get(path)
    assert not Inquiry.objects.exists()
    assert client.get("/contact/sent/")["Location"] == "/contact/"
