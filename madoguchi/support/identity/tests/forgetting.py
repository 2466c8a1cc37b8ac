"""Somebody forgets the password of Alice's ID."""

from typing import Any

from django.test import Client

from madoguchi.accounts import forgotten
from madoguchi.accounts.models import PasswordReset
from madoguchi.support.identity.tests.letters import letters

ALICE = {
    "email": "alice@example.jp",
    "family_name_kana": "アオキ",
    "given_name_kana": "アリス",
    "birth_date_year": "1958",
    "birth_date_month": "4",
    "birth_date_day": "2",
}
NEW = "yoake-no-fune-3"


def ask(client: Client, prefix: str = "", **changed: str) -> Any:
    """The form sent, and the worker's answer."""
    answer = client.post(f"{prefix}/id/password/forgot/", {**ALICE, **changed})
    assert answer.status_code == 302, answer.status_code
    forgotten.answer(PasswordReset.objects.latest("pk").pk)
    return answer


def ask_for_link(client: Client, **changed: str) -> str:
    """The path of the link in the mail."""
    ask(client, **changed)
    return letters(ALICE["email"])[-1].link("/id/password/reset/")
