"""allauth under our own pages."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from madoguchi.lib.tokens import seal, unseal


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False  # registration is the four-step journey of accounts/register.py


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keeps the secrets of authenticators sealed; allauth stores them in clear by itself."""

    def encrypt(self, text: str) -> str:
        return seal(text).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text.encode("ascii"))
