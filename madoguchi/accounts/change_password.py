"""A password changed by who knows the old one."""

from django.contrib import auth
from django.db import transaction
from django.http import HttpRequest

from madoguchi.accounts import login, new_password, sessions
from madoguchi.accounts.events import record
from madoguchi.accounts.models import Account, AuthEvent, SignIn


def change(request: HttpRequest, account: Account, *, old: str, new: str) -> bool:
    """Set ``new`` if ``old`` is right; every other session of the ID ends and a mail tells. Counted as a login.

    The session in hand goes on, under a new key. Raises :class:`limits.TooMany`.
    """
    if not login.check_own_password(request, account, old):
        return False
    hashed = new_password.hashed(new)
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account.pk)
        new_password.replace(account, hashed)
        SignIn.objects.finish_all(account, SignIn.End.PASSWORD_CHANGED, but=sessions.current(request))
        record(request, account, AuthEvent.Method.PASSWORD_CHANGED, True)
        new_password.tell(account, how="changed")
    auth.update_session_auth_hash(request, account)
    return True
