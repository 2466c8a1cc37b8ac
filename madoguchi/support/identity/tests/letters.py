"""Letters as their recipients read them."""

import email
import email.policy
import json
import re
from dataclasses import dataclass

from madoguchi.delivery.compose import DATE, MESSAGE_ID, TO, compose
from madoguchi.delivery.models import Letter
from madoguchi.delivery.renderers import render
from madoguchi.lib.tokens import unseal


@dataclass(frozen=True)
class Read:
    to: str
    sender: str
    subject: str
    text: str
    html: str

    @property
    def path(self) -> str:
        """The path of the activation link in it."""
        return self.link("/id/activate/")

    def link(self, to: str) -> str:
        """The path of the link in it whose address contains ``to``."""
        found = re.search(rf"http://[^/\s]+(\S*{re.escape(to)}\S+)", self.text)
        assert found, self.text
        return found[1]


def letters(to: str) -> list[Read]:
    """What was posted to this address, oldest first, as composed for sending."""
    return [_read(letter) for letter in Letter.objects.filter(address=to).order_by("pk").select_related("mailing")]


def _read(letter: Letter) -> Read:
    draft = render(letter.mailing.renderer, letter.mailing.reference, letter.language, letter.format)
    secret = json.loads(unseal(letter.sealed)) if letter.sealed else {}
    composed = compose(draft, language=letter.language, feedback_id="test")
    values = {TO: letter.address, DATE: "Sun, 22 Nov 2026 10:00:00 +0900", MESSAGE_ID: "<1@aoba.example>"}
    message = email.message_from_bytes(
        composed.splice({**values, **letter.personal, **secret}), policy=email.policy.default
    )
    text, html = message.get_body(["plain"]), message.get_body(["html"])
    assert text is not None
    return Read(
        message["To"], message["From"], message["Subject"], text.get_content(), html.get_content() if html else ""
    )
