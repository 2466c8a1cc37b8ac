"""Writing an inquiry as a browser does, and what came by mail."""

import re

from django.test import Client

from madoguchi.inquiries.models import Inquiry
from madoguchi.support.identity.tests.letters import letters

WORDS = {
    "subject": "請求書の宛名を変えたい",
    "text": "部署名が変わりました。\n<b>次の請求書</b>から変えられますか。",
    "name": "青木",
}
ADDRESS = "visitor@example.jp"


def enter(client: Client, prefix: str = "", **entered: str):
    return client.post(f"{prefix}/contact/", {**WORDS, "email": ADDRESS, **entered})


def write(client: Client, prefix: str = "", **entered: str) -> Inquiry:
    """Enter, confirm, send."""
    assert enter(client, prefix, **entered)["Location"] == f"{prefix}/contact/confirm/"
    assert client.post(f"{prefix}/contact/confirm/")["Location"] == f"{prefix}/contact/sent/"
    return Inquiry.objects.latest("pk")


def mails(address: str = ADDRESS):
    return letters(address)


def link(address: str = ADDRESS) -> str:
    """The path of the link in the last mail."""
    found = re.search(r"https?://[^/]+((?:/en)?/contact/[\w-]{43}/)", mails(address)[-1].text)
    assert found
    return found[1]
