"""What this room adds to the document of everything kept about a customer ID (:mod:`madoguchi.accounts.export`)."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest

from madoguchi.accounts.export import letters_to, register
from madoguchi.accounts.models import Account
from madoguchi.inquiries.models import Message


def inquiries(_request: HttpRequest, account: Account) -> list[dict[str, Any]]:
    """What was written and answered; not the staff's notes."""
    found = account.inquiries.select_related("service").prefetch_related("messages").order_by("created_at")
    return [
        {
            "number": inquiry.number,
            "subject": inquiry.subject,
            "service": inquiry.service.slug if inquiry.service else "",
            "language": inquiry.language,
            "name": inquiry.name,
            "state": inquiry.state,
            "created_at": inquiry.created_at,
            "closed_at": inquiry.closed_at,
            "messages": [
                {"from": message.kind, "at": message.at, "text": message.body}
                for message in inquiry.messages.all()
                if message.kind != Message.Kind.NOTE
            ],
        }
        for inquiry in found
    ]


def letters(_request: HttpRequest, account: Account) -> Iterator[dict[str, Any]]:
    return letters_to([inquiry.recipient_key for inquiry in account.inquiries.all()])


register("inquiries", inquiries)
register("mail_about_inquiries", letters)
