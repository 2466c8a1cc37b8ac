"""A new password in the place of the old one, by whichever way, and the mail that tells."""

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from madoguchi.accounts import passwords, telling
from madoguchi.accounts.assurance import Level, best_level
from madoguchi.accounts.models import Account, PasswordReset


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
    telling.tell(account, f"accounts.password_{how}", reference=str(account.pk))
