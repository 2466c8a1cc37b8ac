"""Inquiries as the pages leave them."""

from madoguchi.accounts.models import Account
from madoguchi.inquiries.models import Inquiry
from madoguchi.inquiries.open import Opening, open_inquiry
from madoguchi.lib.tokens import new_token


def inquiry(
    account: Account | None = None, *, email: str = "visitor@example.jp", network="203.0.113.1", **more
) -> Inquiry:
    said = {"subject": "件名", "body": "本文です。", "language": "ja", **more}
    opening = Opening(account=account, email="" if account else email, draft=new_token(), **said)
    return open_inquiry(opening, network=network)
