"""What ``/id/register/`` makes of each field, good and bad."""

import re

import pytest

from madoguchi.delivery.models import Letter
from madoguchi.support.identity.tests.entering import FORM, enter

REGISTER, CONFIRM = "/id/register/", "/id/register/confirm/"
pytestmark = pytest.mark.django_db


def body(response):
    return response.content.decode()


def main(response):
    """The page's own part, without the rules beside the password."""
    text = body(response).partition("<main")[2].partition("</main>")[0]
    return re.sub(r'class="password-rules".*?</password-rules>', "", text, flags=re.S)


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
    "花й@example.jp",
    "花 子@example.jp",
    "h\u0430nako@example.jp",
    "hana@-example.jp",
    "hana@example",
    "x" * 65 + "@example.jp",
    "x@" + ".".join(["a" * 60] * 5) + ".jp",
    "x" * 255 + "@example.jp",
    "h\u200bana@example.jp",
    "hana@" + "あ" * 80 + ".jp",
]


def test_an_address_beyond_ascii_is_taken_where_the_relays_take_it(client, settings):
    settings.SMTPUTF8 = False
    refused = enter(client, email="花子@example.jp")
    assert (refused.status_code, body(refused).count("英数字以外の文字")) == (422, 2)
    settings.SMTPUTF8 = True
    assert enter(client, email="花子@example.jp")["Location"] == "/id/register/confirm/"


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
    assert words in main(answer)
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


def test_scripts_in_fields_are_only_text(client):
    page = body(enter(client, email="<script>alert(1)</script>@x", given_name_kana='"><b>'))
    assert "<script>alert" not in page
    assert '"><b>' not in page


def test_the_sample_form_is_the_one_accepted(client):
    assert client.post(REGISTER, FORM).status_code == 302


@pytest.mark.parametrize("page", ["/id/register/", "/id/login/"])
def test_a_long_password_is_never_cut_but_refused_in_words(client, page):
    assert not re.search(r'type="password"[^>]*maxlength', client.get(page).content.decode())
    long = "nagai-aikotoba-7" * 9
    answer = client.post(page, {"email": "hana@example.jp", "password": long, "password_again": long})
    assert answer.status_code == 422
    assert "128文字" in answer.content.decode()
