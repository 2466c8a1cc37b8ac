"""A new password in the place of the old one, by whichever way, and the mail that tells."""

from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone, translation

from madoguchi.accounts import passwords
from madoguchi.accounts.assurance import Level, best_level
from madoguchi.accounts.models import Account, PasswordReset
from madoguchi.delivery.post import post
from madoguchi.lib.lanes import Lane
from madoguchi.shell.templatetags.shell import datetime_zone

_WORD_LASTS = timedelta(days=3)


def hashed(password: str) -> str:
    """Its argon2id hash. Costly: made before anything is locked."""
    return make_password(password)


@transaction.atomic
def replace(account: Account, hash: str) -> None:
    """Give ``account`` the password that ``hash`` was made of; remembers the rules it was chosen under.

    Links for a forgotten password die with the old one, and so do the devices remembered for the contact phone, whose
    mark is bound to it.
    """
    account.password = hash
    account.password_rules = passwords.profile(second_factor=best_level(account) >= Level.MFA).name
    account.save(update_fields=["password", "password_rules"])
    PasswordReset.objects.filter(account=account, end="").update(end=PasswordReset.End.CHANGED, ended_at=timezone.now())


def tell(account: Account, *, how: str) -> None:
    """The mail to the owner; ``how`` is ``reset`` or ``changed``."""
    with translation.override(account.language), timezone.override(account.time_zone):
        at = datetime_zone(timezone.now())
    post(
        renderer=f"accounts.password_{how}",
        reference=str(account.pk),
        lane=Lane.CODES,
        to=account.email,
        language=account.language,
        expires_at=timezone.now() + _WORD_LASTS,
        personal={"at": at},
        recipient_key=account.recipient_key,
    )
