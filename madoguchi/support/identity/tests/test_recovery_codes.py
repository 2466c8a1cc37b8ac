"""``/id/otp/codes/``, and logging in with one."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from madoguchi.accounts import recovery_codes
from madoguchi.accounts.models import AuthEvent
from madoguchi.accounts.second_factor import current_code, enrol_totp
from madoguchi.accounts.tests.people import PASSWORD, alice, bob, publisher, sign_in
from madoguchi.support.identity.tests.letters import letters

CODES, TEXT, KEPT, USED = "/id/otp/codes/", "/id/otp/codes/text/", "/id/otp/codes/kept/", "/id/otp/codes/used/"
LOGIN_CODE = "/id/login/code/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def someone():
    made = alice()
    enrol_totp(made)
    return made


def given(someone) -> tuple[str, ...]:
    fresh = recovery_codes.draw()
    recovery_codes.keep(someone, fresh)
    return fresh.shown


def shown(client: Client) -> list[str]:
    return re.findall(r"<code>([0-9a-z-]{14})</code>", client.get(CODES).content.decode())


def give_password(client: Client, someone, **more: str) -> None:
    client.post("/id/login/", {"email": someone.email, "password": PASSWORD, **more})


def test_new_codes_are_shown_once(client, someone):
    sign_in(client, someone, second_factor=True)
    assert shown(client) == []
    assert client.post(CODES)["Location"] == CODES
    codes = shown(client)
    assert len(codes) == 10
    assert shown(client) == codes  # a reload, until they are kept
    assert client.post(KEPT)["Location"] == "/id/otp/"
    assert shown(client) == []
    assert client.get(TEXT).status_code == 404
    assert recovery_codes.left(someone) == 10
    assert AuthEvent.objects.filter(account=someone, method="recovery_codes").count() == 1
    assert "リカバリーコード" in letters(someone.email)[-1].subject


def test_they_are_shown_for_ten_minutes_at_most(client, someone):
    with time_machine.travel("2026-11-22 10:00:00+09:00", tick=False) as clock:
        sign_in(client, someone, second_factor=True)
        client.post(CODES)
        assert shown(client)
        clock.shift(timedelta(minutes=11))
        assert shown(client) == []


def test_they_come_as_a_file_too_and_from_no_cache(client, someone):
    sign_in(client, someone, second_factor=True)
    client.post(CODES)
    answer = client.get(TEXT)
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer["Cache-Control"]
    assert "no-store" in client.get(CODES)["Cache-Control"]
    assert all(code in answer.content.decode() for code in shown(client))
    assert "あおば通信" in answer.content.decode()
    assert "Aoba Telecom" in client.get("/en" + TEXT).content.decode()


def test_while_shown_they_lie_sealed_in_the_session(client, someone):
    sign_in(client, someone, second_factor=True)
    client.post(CODES)
    kept = str(dict(client.session))
    assert not any(code in kept or code.replace("-", "") in kept for code in shown(client))


def test_without_a_second_factor_there_are_none(client):
    sign_in(client, alice())
    assert client.get(CODES)["Location"] == "/id/otp/"
    assert client.post(CODES)["Location"] == "/id/otp/"


def test_a_code_logs_in_once_and_the_page_says_how_many_are_left(someone):
    codes = given(someone)
    client = Client()
    give_password(client, someone, next="/my/notices/")
    answer = client.post(LOGIN_CODE, {"code": codes[3].upper().replace("-", " ")})
    assert answer["Location"] == f"{USED}?next=%2Fmy%2Fnotices%2F"
    page = client.get(answer["Location"]).content.decode()
    assert "残りのコードは9個です" in page
    assert 'href="/my/notices/"' in page
    assert "9" in letters(someone.email)[-1].text
    other = Client()
    give_password(other, someone)
    assert other.post(LOGIN_CODE, {"code": codes[3]}).status_code == 422
    assert list(AuthEvent.objects.filter(method="recovery_code").values_list("succeeded", flat=True)) == [True, False]


def test_the_page_leads_nowhere_else(someone):
    client = Client()
    sign_in(client, someone)
    page = client.get(USED + "?next=https://evil.example/").content.decode()
    assert 'href="https://evil' not in page
    assert 'data-variant="primary" href="/my/"' in page


def test_few_left_are_warned_of(client, someone):
    codes = given(someone)
    for code in codes[:6]:
        recovery_codes.redeem(someone, recovery_codes.normal(code))
    sign_in(client, someone)
    assert "になりました。" not in client.get("/id/otp/").content.decode()
    recovery_codes.redeem(someone, recovery_codes.normal(codes[6]))
    assert "残り3個になりました" in client.get("/id/otp/").content.decode()
    for code in codes[7:]:
        recovery_codes.redeem(someone, recovery_codes.normal(code))
    assert "残っていません" in client.get("/id/otp/").content.decode()


def test_one_time_and_recovery_codes_count_into_one_limit(someone):
    codes = given(someone)
    client = Client()
    give_password(client, someone)
    wrong = ["000000", "0000-0000-0000"] * 3
    assert [client.post(LOGIN_CODE, {"code": code}).status_code for code in wrong] == [422] * 5 + [429]
    assert client.post(LOGIN_CODE, {"code": codes[0]}).status_code == 429
    assert recovery_codes.left(someone) == 10


def test_whoever_has_no_codes_is_not_offered_any(someone):
    client = Client()
    give_password(client, someone)
    assert "リカバリーコード" not in client.get(LOGIN_CODE).content.decode()
    given(someone)
    assert "リカバリーコード" in client.get(LOGIN_CODE).content.decode()


def test_staff_may_use_one_too():
    someone = publisher()
    enrol_totp(someone)
    codes = given(someone)
    client = Client()
    give_password(client, someone)
    assert client.post(LOGIN_CODE, {"code": codes[0]})["Location"].startswith(USED)
    assert client.get("/console/").status_code == 200


def test_a_code_of_bob_opens_nothing_of_alices(someone):
    other = bob()
    enrol_totp(other)
    codes = given(other)
    given(someone)
    client = Client()
    give_password(client, someone)
    assert client.post(LOGIN_CODE, {"code": codes[0]}).status_code == 422
    assert recovery_codes.left(other) == 10


def test_new_codes_need_the_second_factor_first(client, someone):
    before = given(someone)
    sign_in(client, someone)  # by password alone
    assert client.post(CODES)["Location"] == "/id/prove/"
    assert recovery_codes.redeem(someone, recovery_codes.normal(before[0]))


def test_a_code_proves_who_it_is_on_the_way_to_a_change(client, someone):
    codes = given(someone)
    sign_in(client, someone)
    client.get(CODES)
    assert "リカバリーコード" in client.get("/id/prove/").content.decode()
    wrong = client.post("/id/prove/", {"way": "recovery", "recovery_code": "0000-0000-0000"})
    assert wrong.status_code == 422
    answer = client.post("/id/prove/", {"way": "recovery", "recovery_code": codes[0]})
    assert answer["Location"] == f"{USED}?next=%2Fid%2Fotp%2Fcodes%2F"
    assert client.get(CODES).status_code == 200


@pytest.mark.parametrize("code", ["", "3kq2-xm9f", "x" * 5000, "\0"])
def test_what_is_no_recovery_code_is_said_beside_the_field(client, someone, code):
    given(someone)
    sign_in(client, someone)
    client.get(CODES)
    answer = client.post("/id/prove/", {"way": "recovery", "recovery_code": code})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()


def test_a_totp_code_still_works_in_the_same_field(someone):
    given(someone)
    client = Client()
    give_password(client, someone)
    assert client.post(LOGIN_CODE, {"code": current_code(someone)})["Location"] == "/my/"


def test_in_english(client, someone):
    sign_in(client, someone, second_factor=True)
    client.post("/en" + CODES)
    assert "Your recovery codes" in client.get("/en" + CODES).content.decode()
