"""``/id/history/``: the ledger as its owner reads it; and the mail about a device never seen."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from madoguchi.accounts.models import AuthEvent
from madoguchi.accounts.second_factor import current_code, enrol_totp
from madoguchi.accounts.tests.people import PASSWORD, alice, bob, sign_in
from madoguchi.accounts.unlocking import Lock, by_staff, unlock
from madoguchi.support.identity.templatetags.identity import LOCKS
from madoguchi.support.identity.tests.entering import PASSWORD as CHOSEN
from madoguchi.support.identity.tests.entering import register
from madoguchi.support.identity.tests.letters import letters

pytestmark = pytest.mark.django_db

PAGE = "/en/id/history/"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.1 Mobile/15E148 Safari/604.1"
)


def browser(address="203.0.113.9"):
    return Client(headers={"User-Agent": IPHONE}, REMOTE_ADDR=address)


def log_in(client, account, password=PASSWORD):
    return client.post("/id/login/", {"email": account.email, "password": password})


def lines(client, query=""):
    """The cells of each line, as read."""
    said = client.get(f"{PAGE}{query}").content.decode()
    body = re.search(r"<tbody.*?</tbody>", said, re.S)
    rows = re.findall(r"<tr.*?</tr>", body[0], re.S) if body else []
    cells = [re.findall(r"<td.*?</td>", row, re.S) for row in rows]
    return [[re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", cell)).strip() for cell in row] for row in cells]


def test_a_login_is_one_line_in_words(time_machine):
    time_machine.move_to("2026-11-22T05:05:00Z")
    phone = browser()
    log_in(phone, alice())
    assert lines(phone) == [["22 Nov 2026, 14:05 JST", "Login password", "Success", "Safari on iPhone", "203.0.113.9"]]


def test_a_password_and_the_code_after_it_are_one_login():
    owner = alice()
    enrol_totp(owner)
    phone = browser()
    log_in(phone, owner)
    phone.post("/id/login/code/", {"code": current_code(owner)})
    assert [line[1:3] for line in lines(phone)] == [["Login password + one-time code", "Success"]]


def test_a_login_without_its_second_factor_is_not_completed():
    owner = alice()
    enrol_totp(owner)
    log_in(browser("198.51.100.7"), owner)
    phone = browser()
    log_in(phone, owner)
    wrong = "000000" if current_code(owner) != "000000" else "111111"
    phone.post("/id/login/code/", {"code": wrong})
    phone.post("/id/login/code/", {"code": current_code(owner)})
    assert [line[1:3] + line[4:] for line in lines(phone)] == [
        ["Login one-time code", "Failure", "203.0.113.9"],
        ["Login password + one-time code", "Success", "203.0.113.9"],
        ["Login password", "Not completed", "198.51.100.7"],
    ]


def test_a_wrong_password_is_seen_by_the_owner():
    owner = alice()
    log_in(browser("198.51.100.7"), owner, "guessed-wrongly-1")
    phone = browser()
    log_in(phone, owner)
    assert lines(phone)[1][1:] == ["Login password", "Failure", "Safari on iPhone", "198.51.100.7"]


def test_proving_it_again_is_no_login():
    owner = alice()
    phone = browser()
    log_in(phone, owner)
    AuthEvent.objects.create(
        account=owner, sign_in=owner.sign_ins.get(), method="password", succeeded=True, at=timezone.now()
    )
    assert [line[1] for line in lines(phone)] == ["Confirmed again password", "Login password"]


def test_looks_at_call_records_and_changes_are_events_the_customer_can_see(client):
    owner = alice()
    sign_in(client, owner)
    for method, number, detail in (
        ("call_records", "C100000001", "2026-10"),
        ("contact_phone", "C100000001", "sms"),
        ("profile_changed", "", "time_zone"),
    ):
        AuthEvent.objects.create(
            account=owner, method=method, succeeded=True, contract_number=number, detail=detail, at=timezone.now()
        )
    assert [line[1] for line in lines(client)] == [
        "Profile changed time zone",
        "Contact phone contract C100000001, code by text message",
        "Call records looked at contract C100000001, October 2026",
        "Login password",
    ]
    assert len(lines(client, "?only=call-records")) == 2
    assert [line[1] for line in lines(client, "?only=changes")] == ["Profile changed time zone"]
    assert [line[1] for line in lines(client, "?only=logins")] == ["Login password"]
    assert len(lines(client, "?only=nonsense")) == 4


def test_every_event_has_words(client):
    owner = alice()
    sign_in(client, owner)
    for method in AuthEvent.Method:
        AuthEvent.objects.create(account=owner, method=method, succeeded=True)
    said = [line[1] for line in lines(client)]
    assert len(said) == len(AuthEvent.Method) + 1
    assert not [what for what in said if "_" in what]


def test_what_staff_did_names_no_device_and_no_network(client):
    owner = alice()
    sign_in(client, owner)
    unlock(owner, Lock.LOGIN)
    assert lines(client)[0][1:] == ["Unlocked by the operator after wrong passwords", "Success", "–", "–"]
    by_staff(owner, AuthEvent.Method.SESSION_ENDED, detail="staff")
    assert lines(client)[0][1:] == ["Every device logged out by the operator", "Success", "–", "–"]


def test_every_lock_has_words(client):
    assert set(LOCKS) == set(Lock)


def test_the_newest_hundred_of_thirteen_months(client):
    owner = alice()
    now = timezone.now()
    AuthEvent.objects.create(account=owner, method="password", succeeded=False, at=now - timedelta(days=398))
    sign_in(client, owner)
    assert len(lines(client)) == 1
    AuthEvent.objects.bulk_create(
        AuthEvent(account=owner, method="password", succeeded=False, at=now - timedelta(days=n)) for n in range(1, 120)
    )
    assert len(lines(client)) == 100


def test_an_empty_part_says_so(client):
    sign_in(client, alice())
    assert "Nothing of this kind" in client.get(f"{PAGE}?only=changes").content.decode()


def test_bobs_events_are_not_alices(client):
    AuthEvent.objects.create(account=bob(), method="call_records", succeeded=True, contract_number="C9")
    sign_in(client, alice())
    assert len(lines(client)) == 1


def test_the_first_login_from_a_new_device_is_told_to_the_owner(time_machine):
    time_machine.move_to("2026-11-22T05:05:00Z")
    owner = alice()
    first = browser()
    log_in(first, owner)
    assert letters(owner.email) == []  # the first of all
    log_in(browser("2001:db8::9"), owner)
    (mail,) = letters(owner.email)
    assert "新しい端末" in mail.subject
    for fact in ("2026年11月22日（日）14:05 JST", "iPhone の Safari", "2001:db8::9", "/id/password/forgot/"):
        assert fact in mail.text
    first.post("/id/logout/")
    log_in(first, owner)
    assert len(letters(owner.email)) == 1  # that one is known


def test_registering_is_no_news(client):
    path = register(client)
    client.post(path, {"password": CHOSEN})
    assert len(letters("hana@example.jp")) == 1  # the link, and no more
    client.post("/id/logout/")
    assert client.post("/id/login/", {"email": "hana@example.jp", "password": CHOSEN}).status_code == 302
    assert len(letters("hana@example.jp")) == 1


def test_a_wrong_password_on_a_new_device_is_no_mail():
    owner = alice()
    log_in(browser(), owner)
    log_in(browser(), owner, "guessed-wrongly-1")
    assert letters(owner.email) == []
