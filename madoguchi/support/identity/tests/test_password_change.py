"""``/id/password/change/`` and the live check list's question."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from madoguchi.accounts import limits, passwords
from madoguchi.accounts.models import Account, AuthEvent, SignIn
from madoguchi.accounts.second_factor import current_code, enrol_totp
from madoguchi.accounts.tests.people import PASSWORD, account, alice, bob, sign_in
from madoguchi.contracts.models import TrustedDevice
from madoguchi.delivery.models import Letter
from madoguchi.support.identity.tests.forgetting import NEW, ask_for_link
from madoguchi.support.identity.tests.letters import letters

CHANGE, CHANGED, CHECK = "/id/password/change/", "/id/password/changed/", "/id/password/check/"
pytestmark = pytest.mark.django_db


def body(response):
    return response.content.decode()


def change(client, old=PASSWORD, new=NEW, again=None, prefix=""):
    return client.post(
        prefix + CHANGE, {"old": old, "password": new, "password_again": new if again is None else again}
    )


@pytest.fixture
def hers(client):
    sign_in(client, alice())
    return client


def test_old_new_and_new_again(hers):
    page = hers.get(CHANGE)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert change(hers)["Location"] == CHANGED
    assert "パスワードを変更しました" in body(hers.get(CHANGED))
    log_in = [
        Client().post("/id/login/", {"email": "alice@example.jp", "password": password}).status_code
        for password in (PASSWORD, NEW)
    ]
    assert log_in == [422, 302]


def test_this_session_goes_on_under_a_new_key_and_the_others_end(hers):
    elsewhere, colleague = Client(), Client()
    sign_in(elsewhere, Account.objects.get())
    sign_in(colleague, bob())
    before = hers.session.session_key
    change(hers)
    assert hers.session.session_key != before
    assert hers.get("/my/").status_code == 200
    assert elsewhere.get("/my/")["Location"].startswith("/id/login/")
    assert colleague.get("/my/").status_code == 200
    assert SignIn.objects.filter(end="password_changed").count() == 1


def test_remembered_phone_devices_end(hers):
    her = Account.objects.get()
    TrustedDevice.objects.create(account=her, secret_digest="x", password_mark=her.get_session_auth_hash())
    change(hers)
    assert TrustedDevice.objects.get().end == "password_changed"
    assert not TrustedDevice.objects.standing(Account.objects.get()).exists()


def test_a_mail_tells_and_the_ledger_notes(hers):
    change(hers)
    (mail,) = letters("alice@example.jp")
    assert mail.subject == "パスワードが変更されました"
    assert "JST" in mail.text
    assert AuthEvent.objects.filter(method="password_changed", succeeded=True).count() == 1


def test_a_link_for_a_forgotten_password_dies(hers):
    path = ask_for_link(Client())
    change(hers)
    assert Client().get(path).status_code == 410


@pytest.mark.parametrize(
    ("old", "new", "again", "said"),
    [
        ("wrong-one-1", NEW, NEW, "いまのパスワードと一致しません"),
        (PASSWORD, "ab1", "ab1", "6〜32文字"),
        (PASSWORD, "alice-1", "alice-1", "似ている"),
        (PASSWORD, NEW, "other-one-1", "パスワードが違います"),
        (PASSWORD, PASSWORD, PASSWORD, "いまと同じパスワード"),
        ("", NEW, NEW, "いまのパスワードを入力"),
    ],
)
def test_bad_input_changes_nothing(hers, old, new, again, said):
    answer = change(hers, old, new, again)
    assert answer.status_code == 422
    assert said in body(answer)
    assert not Letter.objects.exists()
    assert Account.objects.get().check_password(PASSWORD)


def test_wrong_old_passwords_are_limited_and_noted(hers):
    statuses = [change(hers, "wrong-one-1").status_code for _try in range(11)]
    assert statuses == [422] * 10 + [429]
    assert AuthEvent.objects.filter(method="password", succeeded=False).count() == 10


def test_who_has_a_second_factor_gives_it_first(client):
    someone = alice()
    enrol_totp(someone)
    sign_in(client, someone, second_factor=False)
    assert client.get(CHANGE)["Location"].startswith("/id/prove/")
    assert change(client)["Location"].startswith("/id/prove/")
    assert Account.objects.get().check_password(PASSWORD)
    proven = Client()
    sign_in(proven, someone, second_factor=True)
    assert proven.get(CHANGE).status_code == 200
    assert change(proven)["Location"] == CHANGED
    assert Account.objects.get().check_password(NEW)


def test_a_form_sent_before_the_second_factor_is_carried_out_after_it(client):
    someone = alice()
    enrol_totp(someone)
    sign_in(client, someone, second_factor=False)
    change(client)
    client.post("/id/prove/", {"way": "code", "code": current_code(someone)})
    assert client.get(CHANGE)["Location"] == CHANGED
    assert Account.objects.get().check_password(NEW)


def test_an_id_without_a_password_of_its_own_is_told_so(client):
    sign_in(client, account("alice@example.jp", password=False))
    assert "別のサービスで管理" in body(client.get(CHANGE))
    assert change(client, old="").status_code == 200
    assert Account.objects.get().password == ""


def test_in_english(client):
    sign_in(client, alice(language="en"))
    assert "Present password" in body(client.get("/en" + CHANGE))
    assert change(client, prefix="/en")["Location"] == "/en" + CHANGED
    assert "was changed on" in letters("alice@example.jp")[0].text


@pytest.mark.parametrize(
    ("password", "code"), [("password1", "common"), ("sakura123", "guessable"), ("hanako58", "owner"), (NEW, "")]
)
def test_the_live_list_says_what_the_server_says(client, password, code):
    typed = {
        "password": password,
        "email": "hanako@example.jp",
        "family_name_kana": "ヤマダ",
        "given_name_kana": "ハナコ",
    }
    answer = client.post(CHECK, typed)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert password not in body(answer)
    owner = passwords.Owner("hanako@example.jp", ("ヤマダ", "ハナコ"))
    if not code:
        passwords.check_guessable(password, owner)
        assert "<p" not in body(answer)
        return
    with pytest.raises(ValidationError) as refused:
        passwords.check_guessable(password, owner)
    assert refused.value.error_list[0].code == code
    assert refused.value.messages[0] in body(answer)


def test_the_live_list_knows_whose_password_it_is(client):
    her = alice()
    path = ask_for_link(Client())
    link = path.split("/")[-2]
    assert "<p" not in body(client.post(CHECK, {"password": "aoki-no-4"}))
    assert "<p" in body(client.post(CHECK, {"password": "aoki-no-4", "link": link}))
    assert "<p" not in body(client.post(CHECK, {"password": "aoki-no-4", "link": "invented"}))
    sign_in(client, her)
    assert "<p" in body(client.post(CHECK, {"password": "aoki-no-4"}))


def test_the_live_list_is_no_door_for_guessing_without_end(client, monkeypatch):
    monkeypatch.setattr(limits, "PASSWORD_CHECK", limits.Limit("password check", 2, limits.PASSWORD_CHECK.period))
    assert [client.post(CHECK, {"password": "x"}).status_code for _try in range(3)] == [200, 200, 429]


def test_the_live_list_keeps_nothing(client, caplog):
    client.post(CHECK, {"password": "himitsu-no-kotoba-9", "email": "hanako@example.jp"})
    assert "himitsu" not in caplog.text
    assert "hanako" not in caplog.text
    assert client.get(CHECK).status_code == 405
