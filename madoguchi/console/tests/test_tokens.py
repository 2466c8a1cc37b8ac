"""``/console/tokens/``: a token is shown once, does what it may, and opens nothing once it is revoked."""

import re

import pytest
from django.test import Client

from madoguchi.accounts.models import StaffRole
from madoguchi.accounts.tests.people import sign_in, staff
from madoguchi.console.models import AuditEntry
from madoguchi.contracts.models import OperatorToken

pytestmark = pytest.mark.django_db
READ, WRITE = "contracts:read", "contracts:write"


@pytest.fixture
def administrator():
    client = Client()
    sign_in(client, staff(StaffRole.ADMINISTRATOR), second_factor=True)
    return client


def issued(client, **said):
    answer = client.post("/en/console/tokens/new/", {"name": "Billing", "scopes": [READ], **said})
    assert answer.status_code == 302
    return answer["Location"]


def asked(text):
    return Client().get("/api/v1/contracts/X9", headers={"Authorization": f"Bearer {text}"}).status_code


def test_a_token_is_shown_once_and_its_last_use_from_then_on(administrator):
    place = issued(administrator)
    page = administrator.get(place).content.decode()
    (text,) = re.findall(r"mdg_[\w-]{43}", page)
    assert "Never" in page
    assert asked(text) == 404
    later = administrator.get(place).content.decode()
    assert text not in later
    assert text[:10] in later
    assert "Never" not in later
    assert text not in str(list(AuditEntry.objects.values()))


def test_a_revoked_token_opens_nothing(administrator):
    place = issued(administrator)
    (text,) = re.findall(r"mdg_[\w-]{43}", administrator.get(place).content.decode())
    asking = administrator.get(f"{place}revoke/").content.decode()
    assert "This cannot be taken back" in asking
    assert asked(text) == 404  # looking changes nothing
    for _twice in range(2):
        assert administrator.post(f"{place}revoke/").status_code == 302
    assert asked(text) == 401
    assert AuditEntry.objects.filter(act="token.revoke").count() == 1
    assert "Revoke the token" not in administrator.get(place).content.decode()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"name": ""}, "Please name the system."),
        ({"name": "a" * 61}, "Please use at most 60 characters."),
        ({"scopes": []}, "Please choose what the system may do."),
        ({"scopes": ["everything"]}, "everything"),
        ({"expires_on": "2020-01-01"}, "Please choose today or a later day."),
        ({"expires_on": "soon"}, "Please enter a day"),
    ],
)
def test_what_is_typed_wrong_is_said_and_no_token_made(administrator, said, words):
    answer = administrator.post("/en/console/tokens/new/", {"name": "Billing", "scopes": [READ, WRITE], **said})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not OperatorToken.objects.exists()


def test_the_list_names_every_system(administrator):
    assert "No system has a token yet" in administrator.get("/en/console/tokens/").content.decode()
    issued(administrator, name="経理システム", expires_on="2099-12-31")
    board = administrator.get("/en/console/tokens/").content.decode()
    assert "経理システム" in board
    assert "31 Dec 2099" in board
