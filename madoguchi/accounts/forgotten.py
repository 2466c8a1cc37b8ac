"""A forgotten password: what was typed is kept for the worker, which alone looks whether an ID fits it.

So the page does the same work whatever was typed, and nobody learns from it whether an address has an ID. Mail goes to
registered addresses only. :mod:`madoguchi.accounts.reset` is what the link leads to.
"""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare
from procrastinate.contrib.django import app

from madoguchi.accounts import limits, login, passwords
from madoguchi.accounts.models import Account, PasswordReset
from madoguchi.accounts.network import source_network
from madoguchi.delivery.post import post
from madoguchi.lib.lanes import Lane
from madoguchi.lib.tokens import digest, new_token, seal, unseal

LINK_VALID = timedelta(minutes=30)
# How long a mail that carries no link may wait for its delivery.
_WORD_LASTS = timedelta(hours=6)
# How long a page can still say why a link no longer works.
REMEMBERED = timedelta(days=90)
JOB = "accounts.answer_forgotten"


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed. Name and birth date are asked in the classic profile only (ASVS 5.0, 6.4.2)."""

    email: str
    family_name_kana: str = ""
    given_name_kana: str = ""
    birth_date: date | None = None

    def fits(self, account: Account) -> bool:
        """Whether it is what ``account`` registered; with the strict profile the address alone decides."""
        if settings.SECURITY_PROFILE == "strict":
            return True
        typed = f"{self.family_name_kana} {self.given_name_kana} {self.birth_date}"
        kept = f"{account.family_name_kana} {account.given_name_kana} {account.birth_date}"
        return bool(account.birth_date) and constant_time_compare(typed, kept)


def ask(request: HttpRequest, asked: Asked) -> None:
    """Keep what was typed and leave the rest to the worker. Raises :class:`limits.TooMany`."""
    limits.take(limits.FORGOT_SOURCE, source_network(request))
    limits.take(limits.FORGOT_TARGET, login.target_of(request, asked.email))
    with transaction.atomic():
        sealed = seal(json.dumps(asdict(asked), default=date.isoformat))
        waiting = PasswordReset.objects.create(asked=sealed)
        app.configure_task(JOB, priority=Lane.CODES.priority).defer(reset_id=waiting.pk)


@transaction.atomic
def answer(reset_id: int) -> None:
    """Send the mail that fits what was typed, once; to an address without an ID none."""
    waiting = PasswordReset.objects.select_for_update().filter(pk=reset_id).first()
    if waiting is None or waiting.asked is None:
        return
    asked = _unsealed(waiting.asked)
    waiting.asked = None
    account = Account.objects.select_for_update().filter(email=asked.email, is_active=True).first()
    mail = _mail_for(account, asked) if account else ""
    if account and mail == "reset_link" and not _overtaken(waiting, account):
        _send_link(waiting, account)
        return
    waiting.end, waiting.ended_at = PasswordReset.End.ANSWERED, timezone.now()
    waiting.save()
    if account and mail != "reset_link":
        _send_word(account, mail)


def send(account: Account) -> None:
    """Post the link to ``account`` because staff, who know the customer, asked for it; they learn and choose nothing.

    Raises :class:`limits.TooMany`, and ValueError for an ID without a password of its own, and for staff.
    """
    if account.is_staff or not passwords.has_own(account):
        raise ValueError("this ID has no password a link could replace")
    limits.take(limits.FORGOT_STAFF, str(account.pk))
    with transaction.atomic():
        _send_link(PasswordReset.objects.create(asked=None), account)


def made_for(account: Account) -> str:
    """What a link is bound to: it dies when the address or the password is another one."""
    return digest(f"password reset of {account.email} {account.password}")


def purge(*, now: datetime) -> None:
    """End what time has ended and drop what is long over."""
    PasswordReset.objects.filter(expires_at__lte=now, end="").update(
        end=PasswordReset.End.EXPIRED, ended_at=F("expires_at")
    )
    # What no worker answered within a day nobody waits for.
    PasswordReset.objects.filter(asked_at__lt=now - timedelta(days=1), asked__isnull=False).delete()
    PasswordReset.objects.filter(Q(ended_at__lt=now - REMEMBERED)).delete()


def _unsealed(asked: bytes | memoryview) -> Asked:
    kept = json.loads(unseal(asked))
    born = kept["birth_date"]
    return Asked(**{**kept, "birth_date": date.fromisoformat(born) if born else None})


def _mail_for(account: Account, asked: Asked) -> str:
    """Which mail this ID gets: only the first carries a link."""
    if account.is_staff:
        return "reset_staff"  # an administrator gives them a new one
    if not passwords.has_own(account):
        return "reset_elsewhere"
    return "reset_link" if asked.fits(account) else "reset_differs"


def _overtaken(waiting: PasswordReset, account: Account) -> bool:
    """Whether a question asked later has its link already: workers may answer out of order."""
    return PasswordReset.objects.filter(account=account, end="", pk__gt=waiting.pk).exists()


def _send_link(waiting: PasswordReset, account: Account) -> None:
    token, now = new_token(), timezone.now()
    PasswordReset.objects.filter(account=account, end="").update(end=PasswordReset.End.SUPERSEDED, ended_at=now)
    waiting.account, waiting.token_digest = account, digest(token)
    waiting.made_for, waiting.expires_at = made_for(account), now + LINK_VALID
    waiting.save()
    with translation.override(account.language):
        link = settings.SITE_URL + reverse("identity:password_reset", args=[token])
    post(
        renderer="accounts.reset_link",
        reference=str(waiting.pk),
        lane=Lane.CODES,
        to=account.email,
        language=account.language,
        expires_at=waiting.expires_at,
        sealed={"link": link},
        recipient_key=account.recipient_key,
    )


def _send_word(account: Account, mail: str) -> None:
    post(
        renderer=f"accounts.{mail}",
        reference=str(account.pk),
        lane=Lane.REST,
        to=account.email,
        language=account.language,
        expires_at=timezone.now() + _WORD_LASTS,
        recipient_key=account.recipient_key,
    )
