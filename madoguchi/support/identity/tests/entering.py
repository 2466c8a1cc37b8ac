"""What a person types on the registration pages."""

from typing import Any

from django.test import Client

from madoguchi.support.identity.tests.letters import letters

PASSWORD = "midori-no-kaze-7"
FORM = {
    "email": "hana@example.jp",
    "password": PASSWORD,
    "password_again": PASSWORD,
    "family_name_kana": "ヤマダ",
    "given_name_kana": "ハナコ",
    "birth_date_year": "1958",
    "birth_date_month": "4",
    "birth_date_day": "2",
}


def enter(client: Client, prefix: str = "", **changed: str) -> Any:
    return client.post(f"{prefix}/id/register/", {**FORM, **changed})


def register(client: Client, prefix: str = "", **changed: str) -> str:
    """Through to the mail; returns the path of its link."""
    assert enter(client, prefix, **changed).status_code == 302
    assert client.post(f"{prefix}/id/register/confirm/").status_code == 302
    return letters(changed.get("email", FORM["email"]))[-1].path
