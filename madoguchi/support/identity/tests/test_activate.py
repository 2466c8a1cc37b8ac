"""A5 and A6, ``/id/activate/<token>/``."""

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.test import Client

from madoguchi.accounts.models import Account, AuthEvent, Registration, TermsAcceptance
from madoguchi.accounts.register import purge
from madoguchi.catalog.models import LegalText
from madoguchi.support.identity.tests.entering import FORM, PASSWORD, register

DONE = "/id/activate/done/"
pytestmark = pytest.mark.django_db


def body(response):
    return response.content.decode()


def test_the_link_and_the_password_make_the_account(client):
    LegalText.objects.create(kind="terms", version="2026-04", body_ja="規約", body_en="Terms")
    path = register(client, family_name_kana="やまだ")
    page = client.get(path)
    assert "hana@example.jp" in body(page)
    # Other sites never learn the link; "no-referrer" would make browsers send "Origin: null", which is refused.
    assert page["Referrer-Policy"] == "same-origin"
    assert "no-store" in page["Cache-Control"]
    assert client.post(path, {"password": PASSWORD})["Location"] == DONE
    account = Account.objects.get()
    assert (account.email, account.kana_name, str(account.birth_date)) == (
        "hana@example.jp",
        "ヤマダ ハナコ",
        "1958-04-02",
    )
    address = EmailAddress.objects.get(user=account)
    assert (address.email, address.verified, address.primary) == ("hana@example.jp", True, True)
    consent = TermsAcceptance.objects.get()
    assert (consent.account, consent.kind, consent.version) == (account, "terms", "2026-04")
    assert consent.accepted_at == Registration.objects.get().terms_agreed_at
    assert AuthEvent.objects.filter(account=account, method="registration", succeeded=True).count() == 1
    assert "本登録が完了しました" in body(client.get(DONE))


def test_opening_the_link_changes_nothing(client):
    path = register(client)
    before = list(Registration.objects.values())
    for _time in range(3):
        assert Client().get(path).status_code == 200
        assert Client().head(path).status_code == 200
    assert list(Registration.objects.values()) == before
    assert not Account.objects.exists()


def test_afterwards_one_is_signed_in_under_a_new_session_key_and_can_log_in(client):
    path = register(client)
    before = client.session.session_key
    client.post(path, {"password": PASSWORD})
    assert client.session["_auth_user_id"] == str(Account.objects.get().pk)
    assert client.session.session_key != before
    assert Client().post("/id/login/", {"email": FORM["email"], "password": PASSWORD})["Location"] == "/my/"


def test_it_continues_where_the_customer_came_from(client):
    path = register(client, next="/my/notices/hikari/")
    another_browser = Client()
    another_browser.post(path, {"password": PASSWORD})
    assert 'href="/my/notices/hikari/"' in body(another_browser.get(DONE))


def test_without_a_place_it_continues_at_my_page(client):
    client.post(register(client, "/en"), {"password": PASSWORD})
    page = body(client.get("/en" + DONE))
    assert 'href="/en/my/"' in page
    assert "Go to My page" in page


def test_the_language_of_the_account_is_that_of_the_registration(client):
    client.post(register(client, "/en"), {"password": PASSWORD})
    assert Account.objects.get().language == "en"


def test_a_link_works_once(client):
    path = register(client)
    client.post(path, {"password": PASSWORD})
    for answer in (Client().get(path), Client().post(path, {"password": PASSWORD})):
        assert answer.status_code == 410
        assert "このリンクはすでに使われています" in body(answer)
    assert Account.objects.count() == 1


def test_a_link_works_for_24_hours(client):
    with time_machine.travel("2026-11-22 10:00:00", tick=False) as clock:
        path = register(client)
        clock.shift(24 * 3600 - 1)
        assert client.get(path).status_code == 200
        clock.shift(1)
        for answer in (client.get(path), client.post(path, {"password": PASSWORD})):
            assert answer.status_code == 410
            assert "リンクの有効期間が過ぎています" in body(answer)
    assert not Account.objects.exists()


@pytest.mark.parametrize("token", ["x", "A" * 43, "A" * 3000, "%00", "..", "あ"])
def test_a_damaged_link_is_404_and_says_what_to_do(client, token):
    answer = client.get(f"/id/activate/{token}/")
    assert answer.status_code == 404
    if token not in ("..",):
        assert "リンクが正しくありません" in body(answer)
        assert "/id/register/" in body(answer)


def test_a_cut_link_is_damaged(client):
    path = register(client)
    assert client.get(path[:-5] + "/").status_code == 404


def test_wrong_passwords_are_counted_and_the_fifth_kills_the_link(client):
    path = register(client)
    for left in (4, 3, 2, 1):
        answer = client.post(path, {"password": "wrong-password-1"})
        assert answer.status_code == 422
        assert f"あと{left}回" in body(answer)
        assert "wrong-password-1" not in body(answer)
    answer = client.post(path, {"password": "wrong-password-1"})
    assert answer.status_code == 410
    assert "5回" in body(answer)
    assert client.get(path).status_code == 410
    assert client.post(path, {"password": PASSWORD}).status_code == 410
    assert not Account.objects.exists()
    assert AuthEvent.objects.filter(method="registration", succeeded=False).count() == 5


def test_the_fourth_wrong_password_in_english(client):
    path = register(client, "/en")
    for _try in range(3):
        answer = client.post(path, {"password": "wrong-password-1"})
    assert "You can try 2 more times." in body(answer)
    assert "You can try once more." in body(client.post(path, {"password": "wrong-password-1"}))


def test_the_right_password_on_the_fifth_try_counts(client):
    path = register(client)
    for _try in range(4):
        client.post(path, {"password": "wrong-password-1"})
    assert client.post(path, {"password": PASSWORD}).status_code == 302


def test_an_empty_password_is_no_try(client):
    path = register(client)
    assert client.post(path, {"password": ""}).status_code == 422
    assert Registration.objects.get().wrong_passwords == 0


def test_an_address_that_got_an_id_meanwhile_stays_as_it_is(client):
    path = register(client)
    Account.objects.create_account("hana@example.jp", "another-one-9")
    answer = client.post(path, {"password": PASSWORD})
    assert answer.status_code == 410
    assert "すでに登録されています" in body(answer)
    assert Account.objects.get().check_password("another-one-9")


def test_the_done_page_is_for_who_is_signed_in(client):
    assert client.get(DONE)["Location"].startswith("/id/login/")


def test_unfinished_registrations_are_emptied_after_their_time_and_the_link_still_says_why(client):
    with time_machine.travel("2026-11-22 10:00:00", tick=False) as clock:
        path = register(client)
        assert purge(now=Registration.objects.get().expires_at) == 0
        clock.shift(25 * 3600)
        from django.utils import timezone

        assert purge(now=timezone.now()) == 1
        left = Registration.objects.get()
        assert (left.email, left.password, left.family_name_kana, left.given_name_kana, left.birth_date) == (
            "",
            "",
            "",
            "",
            None,
        )
        assert "リンクの有効期間が過ぎています" in body(client.get(path))
        assert purge(now=timezone.now()) == 0
        clock.shift(91 * 86400)
        purge(now=timezone.now())
        assert not Registration.objects.exists()
        assert client.get(path).status_code == 404


def test_ended_sessions_are_cleared(client):
    from django.contrib.sessions.models import Session

    from madoguchi.accounts.jobs import clear_sessions

    with time_machine.travel("2026-11-22 10:00:00", tick=False) as clock:
        client.post(register(client), {"password": PASSWORD})
        clear_sessions(0)
        assert Session.objects.exists()
        clock.shift(31 * 86400)
        clear_sessions(0)
        assert not Session.objects.exists()


def test_the_job_purges(client):
    from madoguchi.accounts.jobs import forget_tries, purge_registrations

    with time_machine.travel("2026-11-22 10:00:00", tick=False) as clock:
        register(client)
        clock.shift(26 * 3600)
        import time

        purge_registrations(int(time.time()))
        forget_tries(int(time.time()))
    assert Registration.objects.get().email == ""
    from madoguchi.accounts.models import TryLevel

    assert not TryLevel.objects.exists()
