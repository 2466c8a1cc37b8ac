import re

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client

from madoguchi.accounts.models import Account
from madoguchi.accounts.second_factor import current_code

pytestmark = pytest.mark.django_db


def made(capsys, role="publisher"):
    call_command("staff", "Someone@aoba.example", "--role", role)
    said = capsys.readouterr().out
    return re.findall(r"password: +(\S+)", said)[0], said


def test_staff_made_by_the_command_can_log_in_with_both_factors(capsys):
    password, said = made(capsys)
    assert "otpauth://totp/Aoba%20Telecom%3Asomeone%40aoba.example?secret=" in said
    client = Client()
    client.post("/id/login/", {"email": "someone@aoba.example", "password": password})
    account = Account.objects.get()
    assert client.post("/id/login/code/", {"code": current_code(account)})["Location"] == "/console/"


def test_again_it_replaces_both_secrets(capsys):
    first, _said = made(capsys)
    second, _said = made(capsys, role="viewer")
    account = Account.objects.get()
    assert account.staff_role == "viewer"
    assert account.check_password(second)
    assert not account.check_password(first)
    assert Authenticator.objects.count() == 1


def test_a_wrong_address_is_said():
    with pytest.raises(CommandError, match="is not a mail address"):
        call_command("staff", "someone", "--role", "viewer")
