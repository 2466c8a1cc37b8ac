"""``/id/login/code/``: staff, and customers with an authenticator."""

import pytest
import time_machine
from django.test import Client

from madoguchi.accounts.models import AuthEvent, StaffRole
from madoguchi.accounts.second_factor import current_code, enrol_totp
from madoguchi.accounts.tests.people import PASSWORD, alice, publisher, sign_in, staff

CODE = "/id/login/code/"
pytestmark = pytest.mark.django_db


def give_password(client, account, **more):
    return client.post("/id/login/", {"email": account.email, "password": PASSWORD, **more})


def signed_in(client):
    return "_auth_user_id" in client.session


def test_staff_are_in_only_after_both(client):
    someone = publisher()
    enrol_totp(someone)
    assert give_password(client, someone, next="/console/notices/")["Location"] == CODE
    assert not signed_in(client)
    before = client.session.session_key
    page = client.get(CODE).content.decode()
    assert 'autocomplete="one-time-code"' in page
    answer = client.post(CODE, {"code": current_code(someone)})
    assert answer["Location"] == "/console/notices/"
    assert signed_in(client)
    assert client.session.session_key != before
    assert set(AuthEvent.objects.values_list("method", "succeeded")) == {("password", True), ("totp", True)}


def test_staff_land_on_the_console(client):
    someone = publisher()
    enrol_totp(someone)
    give_password(client, someone)
    assert client.post(CODE, {"code": current_code(someone)})["Location"] == "/console/"


def test_a_customer_with_an_authenticator_is_asked_too(client):
    someone = alice()
    enrol_totp(someone)
    assert give_password(client, someone)["Location"] == CODE
    assert client.post(CODE, {"code": current_code(someone)})["Location"] == "/my/"


def test_full_width_digits_and_spaces_are_understood(client):
    someone = publisher()
    enrol_totp(someone)
    give_password(client, someone)
    code = current_code(someone)
    typed = f" {code[:3]} {code[3:]}".translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})
    assert client.post(CODE, {"code": typed}).status_code == 302


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６７８", "\0", "x" * 5000])
def test_what_is_no_code_is_said_and_uses_no_try(client, code):
    someone = publisher()
    enrol_totp(someone)
    give_password(client, someone)
    assert client.post(CODE, {"code": code}).status_code == 422
    assert not AuthEvent.objects.filter(method="totp").exists()


def test_a_code_counts_once_even_in_another_session():
    someone = publisher()
    enrol_totp(someone)
    with time_machine.travel("2026-11-22 10:00:00", tick=False):
        code = current_code(someone)
        for client, status in ((Client(), 302), (Client(), 422)):
            give_password(client, someone)
            assert client.post(CODE, {"code": code}).status_code == status


def test_the_sixth_wrong_code_is_429_and_a_right_one_then_too(client):
    someone = publisher()
    enrol_totp(someone)
    give_password(client, someone)
    right = current_code(someone)
    wrong = f"{(int(right) + 1) % 10**6:06}"
    statuses = [client.post(CODE, {"code": wrong}).status_code for _try in range(6)]
    assert statuses == [422] * 5 + [429]
    assert client.post(CODE, {"code": right}).status_code == 429
    assert not signed_in(client)


def test_the_page_waits_ten_minutes(client):
    someone = publisher()
    enrol_totp(someone)
    with time_machine.travel("2026-11-22 10:00:00", tick=False) as clock:
        give_password(client, someone)
        clock.shift(601)
        assert client.post(CODE, {"code": current_code(someone)})["Location"] == "/id/login/"
        assert not signed_in(client)


def test_without_a_password_there_is_no_code_page(client):
    assert client.get(CODE)["Location"] == "/id/login/"
    sign_in(client, alice())
    assert client.get(CODE)["Location"] == "/id/login/"


def test_staff_without_an_authenticator_do_not_get_in(client):
    someone = publisher()
    assert give_password(client, someone)["Location"] == CODE
    assert client.get(CODE).status_code == 403
    assert client.post(CODE, {"code": "000000"}).status_code == 403
    assert not signed_in(client)


def test_in_english(client):
    someone = publisher()
    enrol_totp(someone)
    client.post("/en/id/login/", {"email": someone.email, "password": PASSWORD})
    assert "Enter the one-time code" in client.get("/en/id/login/code/").content.decode()


@pytest.mark.parametrize(
    ("person", "second_factor", "status"),
    [(alice, False, 403), (publisher, True, 200), (publisher, False, 302), (lambda: staff(StaffRole.VIEWER), True, 403),
     (lambda: staff(StaffRole.ADMINISTRATOR), True, 200), (None, False, 302)],
)  # fmt: skip
def test_staff_pages_ask_for_the_role_and_the_second_factor(client, person, second_factor, status):
    if person:
        sign_in(client, person(), second_factor=second_factor)
    response = client.get("/console/notices/new/?kind=work")
    assert response.status_code == status
    if status == 302:
        door = "/id/prove/" if person else "/id/login/?next=%2Fconsole%2Fnotices%2Fnew%2F%3Fkind%3Dwork"
        assert response["Location"] == door
    if status != 403:
        assert "no-store" in response["Cache-Control"]


def test_staff_signed_in_without_the_code_may_add_it(client):
    someone = publisher()
    enrol_totp(someone)
    sign_in(client, someone, second_factor=False)
    client.get("/console/notices/")
    before = client.session.session_key
    answer = client.post("/id/prove/", {"way": "code", "code": current_code(someone)})
    assert answer["Location"] == "/console/notices/"
    assert client.session.session_key != before
    assert client.get("/console/notices/").status_code == 200
