"""Closing an ID: everything personal goes, an empty row stays so that what refers to it still can.

Each room registers what it has to let go, so that this one need not know of it. What stays and why is told on the page
and listed in ``docs/personal-data.md``.
"""

from collections.abc import Callable

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from madoguchi.accounts import telling
from madoguchi.accounts.events import record
from madoguchi.accounts.models import Account, AddressChange, AuthEvent, PasswordReset, Registration, SignIn
from madoguchi.delivery.forget import forget_recipients
from madoguchi.delivery.returns import suppression

Closer = Callable[[Account], None]
_closers: list[Closer] = []


class NotForStaff(Exception):
    """A member of the operator's staff cannot close their own account: an administrator does."""


def closer(function: Closer) -> Closer:
    """Let a room above let go of what it keeps about an ID; called inside the transaction of the closing."""
    _closers.append(function)
    return function


@transaction.atomic
def close(request: HttpRequest, account: Account) -> None:
    """Close the ID of ``account``, for good. Its former address is told, and free for a new registration.

    Raises :class:`NotForStaff`.
    """
    account = Account.objects.select_for_update().get(pk=account.pk)
    if account.is_staff:
        raise NotForStaff
    event = record(request, account, AuthEvent.Method.CLOSED, True)
    former = account.email
    for function in _closers:
        function(account)
    forget_recipients([account.recipient_key])
    suppression.forget([former])
    # After that, because this last mail is to be sent; and so that the ID does not know whom it went to.
    telling.tell_of(event, to=former, findable=False)
    SignIn.objects.finish_all(account, SignIn.End.CLOSED)
    EmailAddress.objects.filter(user=account).delete()
    Authenticator.objects.filter(user=account).delete()
    AddressChange.objects.filter(account=account).delete()
    PasswordReset.objects.filter(account=account).delete()
    account.external_identities.all().delete()
    # One that still waits would end with the word that there is an ID already.
    Registration.objects.filter(email=former, end="").update(end=Registration.End.SUPERSEDED, ended_at=timezone.now())
    _empty(account)


def _empty(account: Account) -> None:
    # A name for the row that no mail reaches (RFC 2606, 2): the column asks for one that nobody else has.
    account.email = f"{account.public_id}@closed.invalid"
    account.family_name_kana = account.given_name_kana = ""
    account.birth_date = None
    account.time_zone = Account._meta.get_field("time_zone").default
    account.set_unusable_password()
    account.is_active = False
    account.closed_at = timezone.now()
    account.save()
