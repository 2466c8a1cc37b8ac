"""The main journeys of the customer ID, and nothing personal in what they log."""

import logging
import re

import pytest
from django.test import Client

from madoguchi.accounts.second_factor import current_code, enrol_totp
from madoguchi.accounts.tests import people
from madoguchi.contracts.models import Passcode
from madoguchi.contracts.tests import household
from madoguchi.lib.tokens import unseal
from madoguchi.support.identity.tests.entering import register
from madoguchi.support.identity.tests.letters import letters

pytestmark = pytest.mark.django_db
WRONG = "falsch-madoguchi-9"


def journeys(client: Client) -> list[str]:
    """Walk them; returns every secret and everything personal that was typed, sent or made on the way."""
    alice = people.alice()
    said = [alice.email, WRONG, people.PASSWORD, alice.family_name_kana, alice.given_name_kana]
    # Registration, by a link from a mail.
    said.append(register(Client()))
    # Logging in: wrongly, for nobody, rightly; then with a second factor.
    for email, password in ((alice.email, WRONG), ("nobody@example.net", WRONG), (alice.email, people.PASSWORD)):
        client.post("/id/login/", {"email": email, "password": password})
    said.append("nobody@example.net")
    said += [client.session.session_key or "none", client.cookies["known"].value]
    # The contact phone.
    office = household.household(holder=alice).office
    client.post("/my/verify/begin/", {"contract": office.number})
    client.post("/my/verify/", {"phone": "090-9999-9999"})
    client.post("/my/verify/", {"phone": "090-0000-0001"})
    client.post("/my/verify/method/", {"channel": "sms"})
    passcode = Passcode.objects.get()
    assert passcode.sealed_code is not None
    code = unseal(passcode.sealed_code)
    client.post("/my/verify/code/", {"code": "000000" if code != "000000" else "111111"})
    client.post("/my/verify/code/", {"code": code, "remember": "on"})
    said += [code, "90-9999-9999", "9099999999", "9000000001", "90-0000-0001", office.number]
    said += [cookie.value for cookie in client.cookies.values() if cookie.key.startswith("device-")]
    # Keeping it: another password, another address, a forgotten one, a second factor.
    client.post(
        "/id/password/change/", {"old": people.PASSWORD, "password": "ganz-neu-77-umi", "again": "ganz-neu-77-umi"}
    )
    client.post("/id/profile/email/", {"email": "alice.new@example.jp"})
    client.post("/id/password/forgot/", {"email": alice.email})
    said += ["ganz-neu-77-umi", "alice.new@example.jp"]
    secret = enrol_totp(alice)
    client.post("/id/logout/")
    client.post("/id/login/", {"email": alice.email, "password": people.PASSWORD})
    one_time = current_code(alice)
    client.post("/id/login/code/", {"code": one_time})
    said += [secret, one_time]
    # What the mails carry.
    for address in (alice.email, "alice.new@example.jp"):
        for letter in letters(address):
            said += re.findall(r"/([A-Za-z0-9_-]{43})/", letter.text)
    return [thing for thing in said if thing]


def test_no_journey_writes_anything_personal_into_the_logs(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for name in ("madoguchi", "django", "django.request", "procrastinate", "allauth"):
            logging.getLogger(name).setLevel(logging.DEBUG)
        said = journeys(client)
    lines = [f"{record.name} {record.getMessage()} {record.exc_text or ''}" for record in caplog.records]
    # The framework's statements stand in the log of queries alone, which no installation writes.
    written = "\n".join(line for line in lines if not line.startswith(("django.db.backends", "procrastinate")))
    assert "request" in written
    assert len(said) > 15
    assert [thing for thing in set(said) if thing in written] == []
