"""Everything kept about a customer ID, as one JSON document that the customer may download.

Each room registers what it keeps, so that this one need not know of it. ``docs/personal-data.md`` lists every model
that holds personal data and says where in the document it stands, or why it does not.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db.models.fields.json import KT
from django.http import HttpRequest
from django.utils import timezone

from madoguchi.accounts.models import Account, AddressChange, AuthEvent, ExternalIdentity, SignIn, TermsAcceptance
from madoguchi.delivery.models import Letter

# What a room keeps: mappings, lists, texts, numbers, dates; an iterator is a list written row by row. Told the
# request too, because some things are shown only to a session that has proven more.
Section = Callable[[HttpRequest, Account], Any]

_sections: dict[str, Section] = {}


def register(name: str, section: Section) -> None:
    """Add a section to the document under ``name``; rooms call this when their application is ready."""
    if _sections.setdefault(name, section) is not section:
        raise ValueError(f"a section named {name!r} is already registered")


def section_names() -> list[str]:
    """What the document has, beside the moment it was made."""
    return list(_sections)


def document(request: HttpRequest, account: Account) -> Iterator[str]:
    """The JSON document in pieces, a section at a time; rows of a long one are read as they are written."""
    whole = {"exported_at": timezone.now(), **{name: section(request, account) for name, section in _sections.items()}}
    return _json(whole)


def _json(value: Any, depth: int = 0) -> Iterator[str]:
    """``value`` as JSON, iterators as arrays without holding more than a row of them; indented, for people read it."""
    line = "\n" + "  " * (depth + 1)
    if isinstance(value, Mapping):
        yield "{"
        for position, (name, inner) in enumerate(value.items()):
            yield f"{',' if position else ''}{line}{json.dumps(str(name), ensure_ascii=False)}: "
            yield from _json(inner, depth + 1)
        yield f"{line[:-2]}}}" if value else "}"
    elif isinstance(value, (list, tuple, Iterator)):
        some = False
        yield "["
        for inner in value:
            yield f"{',' if some else ''}{line}"
            yield from _json(inner, depth + 1)
            some = True
        yield f"{line[:-2]}]" if some else "]"
    else:
        yield json.dumps(value, ensure_ascii=False, default=_text)


def _text(value: Any) -> str:
    """Times in UTC and to the second, the rest as it is written everywhere."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    if isinstance(value, (date, UUID)):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be exported")


def _customer_id(_request: HttpRequest, account: Account) -> dict[str, Any]:
    return {
        "customer_id": account.public_id,
        "email": account.email,
        "family_name_kana": account.family_name_kana,
        "given_name_kana": account.given_name_kana,
        "birth_date": account.birth_date,
        "language": account.language,
        "time_zone": account.time_zone,
        "registered_at": account.created_at,
        "addresses": list(EmailAddress.objects.filter(user=account).values("email", "verified", "primary")),
    }


def _agreements(_request: HttpRequest, account: Account) -> list[dict[str, Any]]:
    agreed = TermsAcceptance.objects.filter(account=account).order_by("accepted_at")
    return [dict(row) for row in agreed.values("kind", "version", "accepted_at")]


def _second_factors(_request: HttpRequest, account: Account) -> list[dict[str, Any]]:
    """Which there are and how their owner named them, never their secrets."""
    found = Authenticator.objects.filter(user=account).annotate(name=KT("data__name")).order_by("created_at")
    return list(found.values("type", "name", "created_at", "last_used_at"))


def _business_accounts(_request: HttpRequest, account: Account) -> list[dict[str, Any]]:
    known = ExternalIdentity.objects.filter(account=account).order_by("created_at")
    return [dict(row) for row in known.values("issuer", "subject", "created_at", "last_used_at")]


def _events(_request: HttpRequest, account: Account) -> Iterator[dict[str, Any]]:
    fields = ("at", "method", "succeeded", "network", "agent", "contract_number", "detail")
    return iter(AuthEvent.objects.filter(account=account).order_by("-at").values(*fields).iterator())


def letters_to(keys: list[str]) -> Iterator[dict[str, Any]]:
    """The mail kept for these recipients (:attr:`Letter.recipient_key`), newest first."""
    letters = Letter.objects.filter(recipient_key__in=keys).select_related("mailing").order_by("-due_at", "-pk")
    for letter in letters.iterator():
        yield {
            "about": letter.mailing.renderer,
            "address": letter.address,
            "language": letter.language,
            "due_at": letter.due_at,
            "state": letter.state,
            "reason": letter.reason,
            "finished_at": letter.finished_at,
        }


def _logins(_request: HttpRequest, account: Account) -> Iterator[dict[str, Any]]:
    fields = ("agent", "network", "stay", "started_at", "last_seen_at", "expires_at", "end", "ended_at")
    return iter(SignIn.objects.filter(account=account).order_by("-started_at").values(*fields).iterator())


def _address_changes(_request: HttpRequest, account: Account) -> list[dict[str, Any]]:
    fields = ("email", "created_at", "expires_at", "end", "ended_at")
    return list(AddressChange.objects.filter(account=account).order_by("-created_at").values(*fields))


def _letters(_request: HttpRequest, account: Account) -> Iterator[dict[str, Any]]:
    return letters_to([account.recipient_key])


register("customer_id", _customer_id)
register("agreements", _agreements)
register("second_factors", _second_factors)
register("business_accounts", _business_accounts)
register("events", _events)
register("logins", _logins)
register("address_changes", _address_changes)
register("mail_about_the_id", _letters)
