"""What the pages that give up a second factor share: what it means, and whether it takes a new password."""

from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _

from madoguchi.accounts import factors, passwords
from madoguchi.accounts.models import Account
from madoguchi.support.identity.forms.password import NewPasswordForm
from madoguchi.support.identity.password_rules import shown


def means(account: Account, factor: Authenticator) -> dict[str, Any]:
    """For the template: whether it is the last, whether it may go, whether a longer password must come."""
    last = factors.is_last(account, factor)
    needed = factors.needs_password(account, factor)
    rules = shown(second_factor=False) if needed else {}
    return {"last": last, "forbidden": last and account.is_staff, "needs_password": needed, **rules}


def form_for(request: HttpRequest, account: Account, factor: Authenticator) -> forms.Form:
    """Nothing to fill in, as a rule; a new password where the old one is too short to stand alone."""
    data = request.POST if request.method == "POST" else None
    if factors.needs_password(account, factor):
        return NewPasswordForm(data, owner=passwords.owner_of(account), second_factor=False)
    form = forms.Form(data)
    if data is not None and factors.is_last(account, factor) and account.is_staff:
        form.add_error(None, _("Staff keep at least one second factor. Please add another one first."))
    return form
