"""Mailbox logins: an address of the operator's own mail domains on the ordinary login page, ``/id/welcome/``."""

import pytest
import time_machine
from django.test import Client

from madoguchi.accounts import mailbox
from madoguchi.accounts.models import Account, AuthEvent
from madoguchi.accounts.second_factor import current_code, enrol_totp
from madoguchi.accounts.tests.people import account, sign_in
from madoguchi.catalog.models import LegalText
from madoguchi.delivery.models import Letter
from madoguchi.delivery.renderers import render
from madoguchi.support.identity.tests.entering import enter as register
from madoguchi.support.identity.tests.test_login import enter, same_but_for_tokens

HANA, WORD = "hana@mail.aoba.example", "umi no-kaze 7"
PROVE = "/id/prove/"
pytestmark = pytest.mark.django_db


class MailSystem:
    """What the operator's mail system answers; ``asked`` are the addresses it was asked for."""

    def __init__(self) -> None:
        self.passwords = {HANA: WORD}
        self.asked: list[str] = []
        self.trouble: type[Exception] | None = None

    def check(self, email: str, password: str, *, caller: str | None = None) -> bool:
        self.asked.append(email)
        if self.trouble:
            raise self.trouble
        return self.passwords.get(email) == password


@pytest.fixture(autouse=True)
def mail_system(settings, monkeypatch) -> MailSystem:
    settings.MAILBOX_DOMAINS = ("mail.aoba.example",)
    system = MailSystem()
    monkeypatch.setattr(mailbox, "check", system.check)
    return system


def hana(**fields):
    return account(HANA, password=False, **fields)


def test_the_first_login_makes_the_id_once_the_terms_are_agreed_to(client):
    LegalText.objects.create(kind="terms", version="2026-04", body_ja="規約", effective_at="2026-04-01T00:00:00Z")
    answer = enter(client, HANA, WORD, next="/my/notices/")
    assert answer["Location"] == "/id/welcome/"
    assert not Account.objects.exists()
    page = client.get("/id/welcome/").content.decode()
    assert HANA in page
    assert "規約" in page
    answer = client.post("/id/welcome/")
    assert answer["Location"] == "/my/notices/"
    made = Account.objects.get()
    assert (made.email, made.language, made.has_usable_password()) == (HANA, "ja", False)
    assert made.terms_acceptances.get().version == "2026-04"
    assert client.session["_auth_user_id"] == str(made.pk)
    assert AuthEvent.objects.get().method == "mailbox"
    assert client.get("/id/welcome/")["Location"] == "/id/login/"


def test_in_english(client):
    enter(client, HANA, WORD, path="/en/id/login/")
    assert "Agree and begin" in client.get("/en/id/welcome/").content.decode()
    assert client.post("/en/id/welcome/")["Location"] == "/en/my/"
    assert Account.objects.get().language == "en"


def test_who_does_not_agree_leaves_nothing_behind(client):
    enter(client, HANA, WORD)
    client.get("/id/welcome/")
    assert not Account.objects.exists()
    assert "_auth_user_id" not in client.session
    assert client.get("/my/").status_code == 302


def test_later_logins_go_straight_in_and_may_stay(client, settings):
    someone = hana()
    answer = enter(client, " Hana@MAIL.aoba.example", WORD, stay="on")
    assert answer["Location"] == "/my/"
    assert answer.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == settings.STAY_SIGNED_IN_DAYS * 86400
    assert list(someone.auth_events.values_list("method", "succeeded")) == [("mailbox", True)]


def test_only_the_mailbox_password_counts_even_where_one_of_ours_is_left(client, mail_system):
    """Somebody registered with the address before its domain was the operator's."""
    account(HANA)
    assert enter(client, HANA, "aoi-madoguchi-1").status_code == 422
    assert enter(client, HANA, WORD).status_code == 302


def test_known_unknown_and_closed_mailboxes_are_answered_alike_and_with_the_same_work(client, mail_system, monkeypatch):
    from madoguchi.accounts.hashers import Argon2idHasher

    hashed: list[str] = []

    def hashing(self, password, *more):
        hashed.append(password)
        return ""

    for name in ("encode", "verify"):
        monkeypatch.setattr(Argon2idHasher, name, hashing)
    hana()
    account("closed@mail.aoba.example", password=False, is_active=False)
    mail_system.passwords["closed@mail.aoba.example"] = WORD
    tries = [(HANA, "wrong-1"), ("nobody@mail.aoba.example", "wrong-1"), ("closed@mail.aoba.example", WORD)]
    answers = [enter(client, email, password) for email, password in tries]
    assert [answer.status_code for answer in answers] == [422] * 3
    texts = {same_but_for_tokens(answer).replace(email, "") for answer, (email, _) in zip(answers, tries, strict=True)}
    assert len(texts) == 1
    assert mail_system.asked == [email for email, _password in tries]
    assert hashed == []
    assert AuthEvent.objects.filter(method="mailbox", succeeded=False).count() == 3


def test_other_addresses_never_reach_the_mail_system(client, mail_system):
    account("hana@example.jp")
    for email in ("hana@example.jp", "nobody@example.jp", "hana@evil.mail.aoba.example", "hana@aoba.example"):
        enter(Client(), email, "wrong-1")
    assert mail_system.asked == []


@time_machine.travel("2026-11-22 10:00:00+09:00", tick=False)
def test_the_mail_system_is_not_hammered_over_one_address_or_from_one_network(client, mail_system):
    statuses = [enter(client, HANA, "wrong-1").status_code for _try in range(12)]
    assert statuses == [422] * 10 + [429] * 2
    assert len(mail_system.asked) == 10
    many = {enter(client, f"hana{n}@mail.aoba.example", "wrong-1").status_code for n in range(120)}
    assert many == {422, 429}
    assert len(mail_system.asked) <= 100


@pytest.mark.parametrize(
    ("trouble", "words"),
    [(mailbox.MailSystemAway, "メールシステムにつながりません"), (mailbox.MailboxBusy, "多くの方がログイン")],
)
def test_trouble_at_the_mail_system_is_a_page_that_says_so_and_counts_no_try(client, mail_system, trouble, words):
    hana()
    mail_system.trouble = trouble
    for _time in range(12):
        answer = enter(client, HANA, WORD)
        assert answer.status_code == 503
    assert answer["Retry-After"]
    assert words in answer.content.decode()
    assert WORD not in answer.content.decode()
    mail_system.trouble = None
    assert enter(client, HANA, WORD).status_code == 302
    assert not AuthEvent.objects.filter(succeeded=False).exists()


@pytest.mark.parametrize("password", ["", "\0", "x" * 129])
def test_what_cannot_be_a_password_is_said_at_once(client, mail_system, password):
    assert enter(client, HANA, password).status_code == 422
    assert mail_system.asked == []


def test_the_page_waits_a_quarter_of_an_hour_in_this_browser_only(client):
    with time_machine.travel("2026-11-22 10:00:00+09:00", tick=False) as clock:
        enter(client, HANA, WORD)
        assert Client().get("/id/welcome/")["Location"] == "/id/login/"
        assert Client().post("/id/welcome/")["Location"] == "/id/login/"
        clock.shift(901)
        assert client.post("/id/welcome/")["Location"] == "/id/login/"
    assert not Account.objects.exists()


def test_two_first_logins_at_once_make_one_id(client):
    other = Client()
    enter(client, HANA, WORD)
    enter(other, HANA, WORD)
    client.post("/id/welcome/")
    assert other.post("/id/welcome/")["Location"] == "/id/login/"
    assert Account.objects.count() == 1
    assert enter(other, HANA, WORD)["Location"] == "/my/"


def test_who_it_is_lies_sealed_in_a_session_with_a_new_key(client):
    session = client.session
    session["before"] = 1
    session.save()
    client.cookies["session"] = session.session_key
    enter(client, HANA, WORD)
    assert client.session.session_key != session.session_key
    assert HANA not in str(dict(client.session))


def test_a_second_factor_may_stand_on_top(client):
    someone = hana()
    enrol_totp(someone)
    assert enter(client, HANA, WORD)["Location"] == "/id/login/code/"
    assert client.post("/id/login/code/", {"code": current_code(someone)})["Location"] == "/my/"


@pytest.mark.urls("tests.test_prove")  # which has a page that asks for it
def test_proving_it_again_asks_the_mailbox_password(client, mail_system):
    with time_machine.travel("2026-11-22 10:00:00+09:00", tick=False) as clock:
        sign_in(client, hana())
        clock.shift(16 * 60)
        assert client.get("/careful/")["Location"] == PROVE
        assert "メールボックスのパスワード" in client.get(PROVE).content.decode()
        assert client.post(PROVE, {"way": "password", "password": WORD}).status_code == 200
        assert client.post(PROVE, {"way": "mailbox", "password": "wrong-1"}).status_code == 422
        mail_system.trouble = mailbox.MailSystemAway
        assert client.post(PROVE, {"way": "mailbox", "password": WORD}).status_code == 503
        mail_system.trouble = None
        assert client.post(PROVE, {"way": "mailbox", "password": WORD})["Location"] == "/careful/"
        assert client.get("/careful/").status_code == 200


def test_registering_such_an_address_leads_to_the_login_whoever_has_an_id(client):
    answers = []
    for made in (False, True):
        if made:
            hana()
        answers.append(register(client, email=HANA))
    assert [answer.status_code for answer in answers] == [422, 422]
    assert "登録は不要" in answers[0].content.decode()
    assert same_but_for_tokens(answers[0]) == same_but_for_tokens(answers[1])


def test_the_login_page_says_who_needs_no_registration(client, settings):
    assert "@mail.aoba.example" in client.get("/id/login/").content.decode()
    settings.MAILBOX_DOMAINS = ()
    assert "メールボックス" not in client.get("/id/login/").content.decode()


def test_a_forgotten_or_old_password_is_the_mailbox_s(client, settings):
    answers = []
    for made in (False, True):
        if made:
            sign_in(client, hana())
        answers.append(Client().post("/id/password/forgot/", {"email": HANA}))
    assert [answer.status_code for answer in answers] == [422, 422]
    assert same_but_for_tokens(answers[0]) == same_but_for_tokens(answers[1])
    assert "このアドレスは当社のメールボックス" in answers[0].content.decode()
    settings.MAILBOX_PASSWORD_PAGE = "https://mail.aoba.example/password"
    assert 'href="https://mail.aoba.example/password"' in client.get("/id/password/change/").content.decode()


@pytest.mark.parametrize("page", ["/en/id/register/", "/en/id/password/forgot/"])
def test_a_form_that_a_mailbox_does_not_need_asks_for_nothing_else(client, page):
    said = client.post(page, {"email": HANA})
    assert said.status_code == 422
    assert said.content.decode().count("This is a mailbox of ours") == 2  # in the summary, and beside the field
    assert "Please enter" not in said.content.decode()


def test_a_mail_about_a_mailboxs_id_does_not_offer_a_password_it_has_not(time_machine):
    time_machine.move_to("2026-11-22T05:05:00Z")
    hana(family_name_kana="ハナ")
    for browser in (Client(), Client()):  # the first is what came with the ID
        enter(browser, HANA, WORD)
    browser.post("/id/profile/language/", {"language": "en"})
    renderers = ["accounts.new_device.elsewhere", "accounts.told.profile_changed.language.elsewhere"]
    letters = Letter.objects.filter(address=HANA).order_by("pk")
    assert [letter.mailing.renderer for letter in letters] == renderers
    said = render(renderers[0], "", "en", "full")
    assert "/en/id/sessions/" in said.text
    assert "password of your mailbox" in said.text
    assert "password/forgot" not in said.text
