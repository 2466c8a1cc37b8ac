"""Inquiries in every state, from the file beside this one, written over the past two weeks; nothing is mailed."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from django.utils import timezone

from madoguchi.accounts.models import Account, StaffRole
from madoguchi.catalog.models import Service
from madoguchi.inquiries.models import Inquiry, InquiryNumber, Message
from madoguchi.lib.tokens import digest

FILE = Path(__file__).resolve().parent / "inquiries.json"


def load(*, now: datetime, random: Random) -> None:
    """Write them into a database that has the catalogue and the accounts."""
    staff = Account.objects.get(email="support@aoba.example", staff_role=StaffRole.SUPPORT)
    entries = json.loads(FILE.read_text(encoding="utf-8"))
    for entry in sorted(entries, key=lambda entry: -entry["hours"]):
        _inquiry(entry, staff, now - timedelta(hours=entry["hours"], minutes=random.randrange(50)))


def _inquiry(entry: dict[str, Any], staff: Account, at: datetime) -> None:
    inquiry = Inquiry(
        number=InquiryNumber.take(year=timezone.localtime(at).year),
        draft=digest(f"sample {entry['subject']}"),
        subject=entry["subject"],
        service=Service.objects.filter(slug=entry["service"]).first(),
        language=entry["language"],
        account=Account.objects.filter(email=entry.get("account")).first(),
        email=entry.get("email", ""),
        name=entry["name"],
        confirmed_at=at + timedelta(minutes=4) if entry.get("confirmed") else None,
        assignee=staff if entry.get("assigned") else None,
        created_at=at,
    )
    inquiry.make_token()
    inquiry.save()
    for kind, body in entry["said"]:
        inquiry.say(kind=Message.Kind(kind), body=body, by=None if kind == "writer" else staff, at=at)
        if kind == "writer":
            inquiry.wait(at=at)
        elif kind == "staff":
            inquiry.state, inquiry.waiting_since = Inquiry.State.ANSWERED, None
        at += timedelta(minutes=40)
    if entry.get("closed"):
        inquiry.state, inquiry.waiting_since, inquiry.closed_at = Inquiry.State.CLOSED, None, at
    inquiry.save()
