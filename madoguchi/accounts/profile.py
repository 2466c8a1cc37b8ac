"""Changing what an ID says of its holder: name, birth date, language, time zone."""

from datetime import date

from django.db import transaction
from django.http import HttpRequest

from madoguchi.accounts import telling
from madoguchi.accounts.events import record
from madoguchi.accounts.models import Account, AuthEvent


def change_name(request: HttpRequest, account: Account, *, family: str, given: str) -> bool:
    """The name in full-width katakana. True if it is another one than before; then a mail tells, as all below."""
    return _change(request, account, "name", family_name_kana=family, given_name_kana=given)


def change_birth_date(request: HttpRequest, account: Account, *, birth_date: date) -> bool:
    return _change(request, account, "birth_date", birth_date=birth_date)


def change_language(request: HttpRequest, account: Account, *, language: str) -> bool:
    """``ja`` or ``en``: what mails are written in from now on."""
    return _change(request, account, "language", language=language)


def change_time_zone(request: HttpRequest, account: Account, *, time_zone: str) -> bool:
    """A zone of the tz database, whose clock the delivery hours and the login history go by."""
    return _change(request, account, "time_zone", time_zone=time_zone)


@transaction.atomic
def _change(request: HttpRequest, account: Account, what: str, **fields: object) -> bool:
    account = Account.objects.select_for_update().get(pk=account.pk)
    if all(getattr(account, name) == value for name, value in fields.items()):
        return False
    for name, value in fields.items():
        setattr(account, name, value)
    account.save(update_fields=list(fields))
    event = record(request, account, AuthEvent.Method.PROFILE_CHANGED, True, detail=what)
    telling.tell_of(event, to=account.email)
    return True
