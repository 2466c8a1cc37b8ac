"""The customer ID (お客さまサポートID): who it is, how it comes to be, and the ledger of what was proven."""

from madoguchi.accounts.models.account import Account, AccountManager, StaffRole
from madoguchi.accounts.models.address_change import AddressChange, AddressChangeQuerySet
from madoguchi.accounts.models.external_identity import ExternalIdentity, ExternalIdentityQuerySet
from madoguchi.accounts.models.ledger import AuthEvent, TermsAcceptance, TryLevel
from madoguchi.accounts.models.password_reset import PasswordReset
from madoguchi.accounts.models.registration import Registration
from madoguchi.accounts.models.sign_in import SignIn, SignInQuerySet

__all__ = [
    "Account",
    "AccountManager",
    "AddressChange",
    "AddressChangeQuerySet",
    "AuthEvent",
    "ExternalIdentity",
    "ExternalIdentityQuerySet",
    "PasswordReset",
    "Registration",
    "SignIn",
    "SignInQuerySet",
    "StaffRole",
    "TermsAcceptance",
    "TryLevel",
]
