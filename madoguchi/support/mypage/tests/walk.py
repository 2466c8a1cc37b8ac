"""The steps of phone verification, as the tests walk them."""

from typing import Any

from django.test import Client

from madoguchi.accounts.models import Account
from madoguchi.accounts.tests.people import sign_in

RIGHT, WRONG = "090-0000-0001", "090-0000-0009"


def name_phone(client: Client, phone: str = RIGHT, *, prefix: str = "") -> Any:
    return client.post(f"{prefix}/my/verify/", {"phone": phone})


def ask_for_code(client: Client, channel: str = "sms", *, prefix: str = "") -> Any:
    return client.post(f"{prefix}/my/verify/method/", {"channel": channel})


def type_code(client: Client, code: str, **more: str) -> Any:
    return client.post("/my/verify/code/", {"code": code, **more})


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def arrived(email: str = "alice@example.jp", channel: str = "sms") -> Client:
    """Somebody who has asked for a code."""
    client = Client()
    sign_in(client, Account.objects.get(email=email))
    name_phone(client)
    ask_for_code(client, channel)
    return client


def resend(client: Client) -> Any:
    return client.post("/my/verify/code/resend/")
