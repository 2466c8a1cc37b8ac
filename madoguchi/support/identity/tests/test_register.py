"""A2 to A4, ``/id/register/`` and what follows until the mail."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from madoguchi.accounts.models import Account, Registration
from madoguchi.accounts.tests.people import alice, sign_in
from madoguchi.catalog.models import LegalText
from madoguchi.delivery.models import Letter
from madoguchi.lib.lanes import Lane
from madoguchi.support.identity.tests.entering import FORM, PASSWORD, enter, register
from madoguchi.support.identity.tests.letters import letters

REGISTER, CONFIRM, SENT = "/id/register/", "/id/register/confirm/", "/id/register/sent/"
pytestmark = pytest.mark.django_db


def body(response):
    return response.content.decode()


def main(response):
    """The page's own part, without what differs between any two requests."""
    text = body(response).partition("<main")[2].partition("</main>")[0]
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)


@pytest.mark.parametrize(
    ("prefix", "words"),
    [
        ("", ["入力", "確認", "仮登録", "本登録", "6〜32文字", "英字を2文字以上", "利用規約に同意"]),
        ("/en", ["Enter", "Confirm", "Provisional", "Final", "6 to 32 characters", "agrees to the terms"]),
    ],
)
def test_the_form_says_its_steps_rules_and_terms(client, prefix, words):
    page = client.get(prefix + REGISTER)
    assert page.status_code == 200
    assert all(word in body(page) for word in words)
    for autocomplete in ("bday-year", "bday-month", "bday-day", "new-password", "family-name", "given-name"):
        assert f'autocomplete="{autocomplete}"' in body(page)
    assert "no-store" in page["Cache-Control"]


def test_the_live_list_runs_the_expressions_of_the_server(client, settings):
    from django.utils.html import escape

    from madoguchi.accounts.passwords import CLASSIC, STRICT

    assert all(f'data-pattern="{escape(rule.pattern)}"' in body(client.get(REGISTER)) for rule in CLASSIC.rules)
    settings.SECURITY_PROFILE = "strict"
    page = body(client.get(REGISTER))
    assert "15〜128文字" in page
    assert page.count("data-pattern") == len(STRICT.rules)


def test_nothing_is_registered_or_sent_before_it_is_confirmed(client):
    answer = enter(client)
    assert answer["Location"] == CONFIRM
    page = client.get(CONFIRM)
    for word in ("hana@example.jp", "ヤマダ ハナコ", "1958年4月2日", "●" * len(PASSWORD)):
        assert word in body(page)
    assert not Registration.objects.exists()
    assert not Letter.objects.exists()
    assert not Account.objects.exists()


def test_the_password_is_in_no_page_and_no_cookie_and_not_in_the_session(client):
    enter(client)
    for page in (client.get(CONFIRM), client.get(REGISTER), enter(client, birth_date_day="99")):
        assert PASSWORD not in body(page)
    assert all(PASSWORD not in cookie.value for cookie in client.cookies.values())
    kept = str(dict(client.session))
    assert PASSWORD not in kept
    assert "hana@example.jp" not in kept


def test_back_keeps_what_was_entered(client):
    enter(client, family_name_kana="さとう")
    page = body(client.get(REGISTER))
    for value in ("hana@example.jp", "サトウ", "ハナコ", "1958", "4", "2"):
        assert f'value="{value}"' in page
    assert "パスワードは表示されません" in page


def test_confirming_sends_one_mail_and_makes_no_account(client):
    terms = LegalText.objects.create(
        kind="terms", version="2026-04", body_ja="規約", body_en="Terms", effective_at="2026-04-01T00:00:00+09:00"
    )
    with time_machine.travel("2026-11-22 10:00:00+09:00", tick=False):
        enter(client)
        answer = client.post(CONFIRM)
        kept = Registration.objects.get()
        assert kept.expires_at - timezone.now() == timedelta(hours=24)
        assert kept.terms_agreed_at == timezone.now()
    assert answer["Location"] == SENT
    assert "hana@example.jp" in body(client.get(SENT))
    assert kept.terms_version == terms.version
    assert PASSWORD not in kept.password
    assert not Account.objects.exists()
    letter = Letter.objects.get()
    assert (letter.address, letter.mailing.lane, letter.language) == ("hana@example.jp", Lane.CODES, "ja")


@pytest.mark.parametrize(
    ("prefix", "subject", "words"),
    [
        ("", "本登録のお願い", ["24時間以内", "あおば通信", "お心当たりがない場合"]),
        ("/en", "Finish the registration", ["within 24 hours", "Aoba Telecom", "If you did not register"]),
    ],
)
def test_the_mail_carries_the_link_in_the_language_of_the_page(client, prefix, subject, words):
    path = register(client, prefix)
    (mail,) = letters("hana@example.jp")
    assert subject in mail.subject
    assert all(word in mail.text and word in mail.html for word in words)
    assert path.startswith(f"{prefix}/id/activate/")
    assert path in mail.html
    assert client.get(path).status_code == 200


def test_the_link_is_nowhere_in_the_database_in_clear(client):
    token = register(client).split("/")[-2]
    letter = Letter.objects.get()
    assert letter.sealed
    assert token.encode() not in bytes(letter.sealed)
    assert token not in str(letter.personal)
    assert token not in str(Registration.objects.values().get())


def test_pressing_twice_sends_one_mail(client):
    enter(client)
    again = Client()
    again.cookies = client.cookies.copy()
    session = client.session
    kept = dict(session)
    client.post(CONFIRM)
    restored = client.session
    restored.update(kept)
    restored.save()
    assert client.post(CONFIRM)["Location"] == SENT
    assert Letter.objects.count() == Registration.objects.count() == 1
    assert client.post(CONFIRM)["Location"] == SENT
    assert Letter.objects.count() == 1


def test_a_known_and_an_unknown_address_get_the_same_pages_and_one_mail_each():
    alice()
    known, new = Client(), Client()
    pages = {}
    for client, email in ((known, "alice@example.jp"), (new, "abcde@example.jp")):
        first = enter(client, email=email)
        confirm = client.get(CONFIRM)
        second = client.post(CONFIRM)
        sent = client.get(SENT)
        pages[email] = [
            (page.status_code, page.get("Location"), main(page).replace(email, ""))
            for page in (first, confirm, second, sent)
        ]
    assert pages["alice@example.jp"] == pages["abcde@example.jp"]
    assert len(letters("alice@example.jp")) == len(letters("abcde@example.jp")) == 1
    assert Account.objects.count() == 1


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_mail_to_a_known_address_says_so_and_offers_the_login(client, prefix):
    alice()
    enter(client, prefix, email="Alice@example.jp")
    client.post(f"{prefix}/id/register/confirm/")
    (mail,) = letters("alice@example.jp")
    assert ("すでに登録されて" if prefix == "" else "already has one") in mail.text
    assert f"http://127.0.0.1:8000{prefix}/id/login/" in mail.text
    assert "/id/activate/" not in mail.text + mail.html
    assert ("/id/password/forgot/" in mail.text) == (client.get("/id/password/forgot/").status_code != 404)


def test_known_and_unknown_addresses_cost_the_same_hashes_and_queries(monkeypatch):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from madoguchi.accounts.hashers import Argon2idHasher

    alice()
    hashed = []
    plain = Argon2idHasher.encode

    def counting(self, *args):
        hashed.append(1)
        return plain(self, *args)

    monkeypatch.setattr(Argon2idHasher, "encode", counting)
    costs = []
    for email in ("alice@example.jp", "abcde@example.jp"):
        client = Client()
        hashed.clear()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            enter(client, email=email)
            client.post(CONFIRM)
        costs.append((len(hashed), [re.sub(r"\d+|'[^']*'", "", query["sql"]) for query in queries]))
    assert costs[0][0] == 1
    assert [cost[0] for cost in costs] == [1, 1]
    assert len(costs[0][1]) == len(costs[1][1])


def test_registering_again_kills_the_former_link(client):
    former = register(client)
    newer = register(Client())
    assert client.get(newer).status_code == 200
    dead = client.get(former)
    assert dead.status_code == 410
    assert "新しいリンクをお送りしています" in body(dead)
    assert client.post(former, {"password": PASSWORD}).status_code == 410


NAMES = [
    ("ﾔﾏﾀﾞ", "ヤマダ"),
    ("やまだ", "ヤマダ"),
    ("ヤマダ", "ヤマダ"),
    ("さいとｰ", "サイトー"),
    ("スズ-キ", "スズーキ"),
    ("　ヤマダ　", "ヤマダ"),
    ("マリア　　ルイーズ", "マリア ルイーズ"),
    ("ｳﾞｨｸﾄﾘｱ", "ヴィクトリア"),
]


@pytest.mark.parametrize(("typed", "kept"), NAMES)
def test_names_become_full_width_katakana(client, typed, kept):
    assert enter(client, family_name_kana=typed).status_code == 302
    assert kept in body(client.get(CONFIRM))


@pytest.mark.parametrize("typed", ["山田", "Yamada", "ヤマダ7", "ヤマダ!", "😀", "ヤマ\u202eダ", "ヤマダ\0", "ア" * 61])
def test_other_names_are_refused_and_the_rest_of_the_form_stays(client, typed):
    answer = enter(client, family_name_kana=typed)
    assert answer.status_code == 422
    page = body(answer)
    assert page.count('aria-invalid="true"') == 1
    for value in ("hana@example.jp", "ハナコ", "1958"):
        assert f'value="{value}"' in page
    assert "<title>エラー" in page


def test_the_error_says_which_characters(client):
    assert "次の文字は使えません：山田" in body(enter(client, family_name_kana="山田"))
    assert "cannot be used: 山田" in body(enter(client, "/en", family_name_kana="山田"))


DATES = [
    (("1958", "2", "31"), "1958年2月31日という日付はありません"),
    (("2999", "1", "1"), "未来の日付"),
    (("1899", "12", "31"), "1900年より前"),
    (("1958", "13", "1"), "1から12"),
    (("1958", "4", "32"), "1から31"),
    (("58", "4", "2"), "西暦4桁"),
    (("昭和33", "4", "2"), "数字で"),
    (("1958", "", "2"), "年・月・日をすべて"),
    (("", "", ""), "年・月・日をすべて"),
    (("-1958", "4", "2"), "数字で"),
    (("1958", "4.5", "2"), "数字で"),
    (("99999", "4", "2"), "日付はありません"),
    (("1900", "2", "29"), "日付はありません"),
    (("1" * 30, "4", "2"), "数字で"),
]


@pytest.mark.parametrize(("typed", "words"), DATES)
def test_wrong_dates_are_said_clearly_and_kept(client, typed, words):
    year, month, day = typed
    answer = enter(client, birth_date_year=year, birth_date_month=month, birth_date_day=day)
    assert answer.status_code == 422
    assert words in body(answer)
    if year:
        assert f'value="{year}"' in body(answer)


def test_full_width_digits_make_a_date(client):
    assert enter(client, birth_date_year="２０００", birth_date_month="０２", birth_date_day="２９").status_code == 302
    assert "2000年2月29日" in body(client.get(CONFIRM))


ADDRESSES = [
    "",
    "hana",
    "hana@",
    "@example.jp",
    "a..b@example.jp",
    ".a@example.jp",
    "a.@example.jp",
    "a b@example.jp",
    "a@b@c.jp",
    "hana@example.jp\nbcc: x@example.jp",
    "ha\0na@example.jp",
    "花@example.jp",
    "hana@-example.jp",
    "hana@example",
    "x" * 65 + "@example.jp",
    "x@" + ".".join(["a" * 60] * 5) + ".jp",
    "x" * 255 + "@example.jp",
    "h\u200bana@example.jp",
    "hana@" + "あ" * 80 + ".jp",
]


@pytest.mark.parametrize("typed", ADDRESSES)
def test_addresses_no_mail_can_reach_are_refused(client, typed):
    answer = enter(client, email=typed)
    assert answer.status_code == 422
    assert body(answer).count('aria-invalid="true"') == 1


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Hana@Example.JP", "hana@example.jp"),
        (" hana@example.jp ", "hana@example.jp"),
        ("ｈａｎａ＠ｅｘａｍｐｌｅ．ｊｐ", "hana@example.jp"),
        ("hana@日本語.jp", "hana@xn--wgv71a119e.jp"),
        ("hana+tag@example.jp", "hana+tag@example.jp"),
    ],
)
def test_addresses_come_to_one_spelling(client, typed, kept):
    enter(client, email=typed)
    client.post(CONFIRM)
    assert Letter.objects.get().address == kept


PASSWORDS = [
    ("", "パスワードを決めて"),
    ("ab1", "6〜32文字"),
    ("a1" * 17, "6〜32文字"),
    ("あいうえお12ab", "半角の英字"),
    ("has space-1", "半角の英字"),
    ('quote"mark-1', "半角の英字"),
    ("hash#mark-1", "半角の英字"),
    ("under_score-1", "半角の英字"),
    ("back\\slash-1", "半角の英字"),
    ("a12345-678", "英字を2文字"),
    ("abcdefgh", "数字または記号"),
    ("password1", "多くの人が使っている"),
    ("abc123", "多くの人が使っている"),
    ("sakura123", "推測されやすい"),
    ("himitsu1", "推測されやすい"),
    ("hanako58", "似ている"),
    ("yamada1958", "似ている"),
    ("okanah58", "似ている"),
    ("hana-1", "似ている"),
    ("x" * 5000, "128文字以内"),
]


@pytest.mark.parametrize(("password", "words"), PASSWORDS)
def test_passwords_against_the_rules_are_refused_with_the_reason(client, password, words):
    answer = enter(client, password=password, password_again=password)
    assert answer.status_code == 422
    assert words in main(answer).partition('class="password-rules"')[0]
    assert not password or f'value="{password}"' not in body(answer)


@pytest.mark.parametrize(
    "password", ["kX9!qz", "umi7kaze", "midori-no-kaze-7-to-taiyo-no-uta", "ab!$%&'()*+,-./:;<=>?[]^{|}~@"]
)
def test_passwords_within_the_rules_are_taken(client, password):
    assert enter(client, password=password, password_again=password).status_code == 302


def test_the_strict_profile_is_one_setting_away(client, settings):
    settings.SECURITY_PROFILE = "strict"
    assert enter(client, password="kX9!qz", password_again="kX9!qz").status_code == 422
    long = "みどりの風と海の色と山の音 42"
    assert enter(client, password=long, password_again=long).status_code == 302


def test_two_different_passwords_are_refused(client):
    answer = enter(client, password_again="midori-no-kaze-8")
    assert answer.status_code == 422
    assert "2つのパスワードが違います" in body(answer)


def test_an_empty_form_names_every_field(client):
    answer = client.post(REGISTER, {})
    assert answer.status_code == 422
    assert body(answer).count('aria-invalid="true"') >= 6
    for anchor in ("id_email", "id_password", "id_family_name_kana", "id_given_name_kana"):
        assert f'href="#{anchor}"' in body(answer)


def test_steps_cannot_be_skipped(client):
    assert client.get(CONFIRM)["Location"] == REGISTER
    assert client.post(CONFIRM)["Location"] == REGISTER
    assert client.get(SENT)["Location"] == REGISTER
    assert not Letter.objects.exists()


def test_the_form_is_forgotten_after_an_hour(client):
    with time_machine.travel("2026-11-22 10:00:00", tick=False) as clock:
        enter(client)
        clock.shift(3601)
        assert client.post(CONFIRM)["Location"] == REGISTER


def test_who_is_signed_in_needs_no_registration(client):
    sign_in(client, alice())
    assert client.get(REGISTER)["Location"] == "/my/"


def test_too_many_registrations_of_one_address_are_429_known_or_not():
    alice()
    for email in ("alice@example.jp", "abcde@example.jp"):
        statuses = []
        for _time in range(11):
            client = Client()
            enter(client, email=email)
            statuses.append(client.post(CONFIRM).status_code)
        assert statuses == [302] * 10 + [429]
        assert Letter.objects.filter(address=email).count() == 10


def test_scripts_in_fields_are_only_text(client):
    page = body(enter(client, email="<script>alert(1)</script>@x", given_name_kana='"><b>'))
    assert "<script>alert" not in page
    assert '"><b>' not in page


def test_where_the_customer_came_from_is_kept(client):
    page = body(client.get(REGISTER + "?next=/my/notices/hikari/"))
    assert 'name="next" value="/my/notices/hikari/"' in page
    register(client, next="/my/notices/hikari/")
    register(Client(), email="b@example.jp", next="https://evil.example/")
    assert list(Registration.objects.order_by("pk").values_list("continue_to", flat=True)) == [
        "/my/notices/hikari/",
        "",
    ]


def test_the_sample_form_is_the_one_accepted(client):
    assert client.post(REGISTER, FORM).status_code == 302
