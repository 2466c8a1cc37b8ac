"""The operator's other sites, what customers allowed them, and what was issued on that."""

from madoguchi.provider.models.consents import Consent, Subject
from madoguchi.provider.models.grants import AccessToken, Grant, IdToken, RefreshToken
from madoguchi.provider.models.keys import SigningKey
from madoguchi.provider.models.requests import AuthorizationRequest
from madoguchi.provider.models.sites import Site

__all__ = [
    "AccessToken",
    "AuthorizationRequest",
    "Consent",
    "Grant",
    "IdToken",
    "RefreshToken",
    "SigningKey",
    "Site",
    "Subject",
]
