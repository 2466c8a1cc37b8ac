"""Secrets this site hands out and keeps: random tokens, keyed digests to find them by, and sealed texts."""

import base64
import hmac
import secrets
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.crypto import salted_hmac


class BrokenSeal(Exception):
    """The sealed bytes were damaged, or sealed with a key that is no longer listed."""


def new_token() -> str:
    """256 random bits for a link, 43 characters of the URL-safe alphabet."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """HMAC-SHA-256 of ``token`` under the site's key: 64 hexadecimal digits.

    What is stored in the token's place, so that a copy of the database opens no link.
    """
    keyed = _keyed(settings.SECRET_KEY).copy()
    keyed.update(token.encode())
    return keyed.hexdigest()


def seal(text: str) -> bytes:
    """``text`` encrypted and authenticated (Fernet) under the first of ``settings.SEALING_KEYS``."""
    return _fernet(tuple(settings.SEALING_KEYS)).encrypt(text.encode())


def unseal(sealed: bytes | memoryview) -> str:
    """What was sealed under any of ``settings.SEALING_KEYS``; raises :class:`BrokenSeal`."""
    try:
        return _fernet(tuple(settings.SEALING_KEYS)).decrypt(bytes(sealed)).decode()
    except InvalidToken:
        raise BrokenSeal from None


def resealed(sealed: bytes | memoryview) -> bytes | None:
    """The same text under the first key; None where it lies under that already. Raises :class:`BrokenSeal`."""
    keys = tuple(settings.SEALING_KEYS)
    try:
        _fernet(keys[:1]).decrypt(bytes(sealed))
    except InvalidToken:
        return seal(unseal(sealed))
    return None


@lru_cache(maxsize=4)
def _keyed(secret: str) -> hmac.HMAC:
    """HMAC under a key of this module's own, as :func:`django.utils.crypto.salted_hmac` derives it."""
    return salted_hmac("madoguchi.lib.tokens", b"", secret=secret, algorithm="sha256")


@lru_cache(maxsize=4)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    """A Fernet key out of a long secret (RFC 5869); the info keeps it apart from every other use of the secret."""
    hkdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"madoguchi.lib.tokens.seal")
    return base64.urlsafe_b64encode(hkdf.derive(key.encode()))
