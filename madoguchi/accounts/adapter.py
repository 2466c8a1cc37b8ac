"""allauth under our own pages."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False  # registration is the four-step journey of accounts/register.py


class SecondFactorAdapter(DefaultMFAAdapter):
    pass
