"""The second factor: one-time codes of an authenticator (TOTP, RFC 6238), stored by allauth with the secret sealed."""

import time
from typing import cast

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import decrypt
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from madoguchi.accounts.models import Account

PERIOD = 30  # seconds
# One step either way, for clocks that differ (RFC 6238, 5.2).
TOLERANCE = 1


def enrol_totp(account: Account, secret: str | None = None) -> str:
    """Give ``account`` an authenticator in place of any it has; returns the secret (base 32) to show once."""
    secret = secret or generate_totp_secret()
    with transaction.atomic():
        Authenticator.objects.filter(user=account, type=Authenticator.Type.TOTP).delete()
        TOTP.activate(account, secret)
    return secret


def has_passkey(account: Account) -> bool:
    return bool(Authenticator.objects.filter(user=account, type=Authenticator.Type.WEBAUTHN).exists())


def has_totp(account: Account) -> bool:
    return bool(Authenticator.objects.filter(user=account, type=Authenticator.Type.TOTP).exists())


def redeem_totp(account: Account, code: str) -> bool:
    """Whether ``code`` (six half-width digits) is right now. A code counts once, and none before it counts again."""
    with transaction.atomic():
        found = Authenticator.objects.select_for_update().filter(user=account, type=Authenticator.Type.TOTP).first()
        if found is None:
            return False
        for step in _steps_open(found):
            if constant_time_compare(_code(found, step), code):
                found.data = {**found.data, "last_step": step}
                found.last_used_at = timezone.now()
                found.save(update_fields=["data", "last_used_at"])
                return True
    return False


def current_code(account: Account) -> str:
    """The code the account's authenticator would show: of this half minute, or of the next when it was used."""
    found = Authenticator.objects.get(user=account, type=Authenticator.Type.TOTP)
    now = int(time.time()) // PERIOD
    return _code(found, next((step for step in _steps_open(found) if step >= now), now))


def _steps_open(found: Authenticator) -> list[int]:
    """The half minutes whose code may still be redeemed."""
    now = int(time.time()) // PERIOD
    last = cast(int, found.data.get("last_step", -1))
    return [step for step in range(now - TOLERANCE, now + TOLERANCE + 1) if step > last]


def _code(found: Authenticator, step: int) -> str:
    return str(format_hotp_value(hotp_value(decrypt(found.data["secret"]), step)))
