"""One-time passwords: the codes of an authenticator (TOTP, RFC 6238), stored by allauth with the secret sealed."""

import time
from typing import cast
from urllib.parse import quote, urlencode

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from madoguchi.accounts.models import Account
from madoguchi.lib.tokens import BrokenSeal, seal, unseal

PERIOD = 30  # seconds
# One step either way, for clocks that differ (RFC 6238, 5.2).
TOLERANCE = 1
_DRAFT = "totp_draft"
# Asked at every login, hence without the cost of composing it.
_HAS_ANY = "SELECT EXISTS (SELECT FROM mfa_authenticator WHERE user_id = %s AND type = ANY(%s))"
# How long a secret that was shown waits for its first code.
DRAFT_SECONDS = 1800


def draft(request: HttpRequest) -> str:
    """The secret (base 32) shown for setting up, the same until it is confirmed or too old. Sealed in the session."""
    kept = request.session.get(_DRAFT)
    if kept and time.time() - kept["at"] <= DRAFT_SECONDS:
        try:
            return unseal(kept["secret"].encode())
        except BrokenSeal:
            pass  # its key is no longer listed: another secret
    secret = str(generate_totp_secret())
    request.session[_DRAFT] = {"secret": seal(secret).decode("ascii"), "at": time.time()}
    return secret


def forget_draft(request: HttpRequest) -> None:
    request.session.pop(_DRAFT, None)


def link(account: Account, secret: str) -> str:
    """What the QR code says: the secret with whose it is, in the form authenticators read.

    The operator's English name stands in both languages: some authenticators show other letters as boxes.
    """
    issuer = settings.OPERATOR["name_en"]
    query = urlencode({"secret": secret, "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(f'{issuer}:{account.email}')}?{query}"


def enrol_totp(account: Account, secret: str | None = None, *, code: str = "") -> str:
    """Give ``account`` an authenticator in place of any it has; returns the secret (base 32) to show once.

    ``code`` is the one the secret was confirmed with: it is used up.
    """
    secret = secret or str(generate_totp_secret())
    with transaction.atomic():
        Authenticator.objects.filter(user=account, type=Authenticator.Type.TOTP).delete()
        made = TOTP.activate(account, secret).instance
        if (step := _matching(secret, code, _steps())) is not None:
            made.data = {**made.data, "last_step": step}
            made.save(update_fields=["data"])
    return secret


def confirms(secret: str, code: str) -> bool:
    """Whether an authenticator with ``secret`` shows ``code`` (six half-width digits) now."""
    return _matching(secret, code, _steps()) is not None


def totp(account: Account) -> Authenticator | None:
    return cast(
        "Authenticator | None", Authenticator.objects.filter(user=account, type=Authenticator.Type.TOTP).first()
    )


def has_any(account: Account) -> bool:
    """Whether ``account`` has an authenticator or a passkey: one query."""
    with connection.cursor() as cursor:
        cursor.execute(_HAS_ANY, (account.pk, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]))
        return bool(cursor.fetchone()[0])


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
        step = _matching(decrypt(found.data["secret"]), code, _steps_open(found))
        if step is None:
            return False
        found.data = {**found.data, "last_step": step}
        found.last_used_at = timezone.now()
        found.save(update_fields=["data", "last_used_at"])
    return True


def current_code(account: Account) -> str:
    """The code the account's authenticator would show: of this half minute, or of the next when it was used."""
    found = Authenticator.objects.get(user=account, type=Authenticator.Type.TOTP)
    now = int(time.time()) // PERIOD
    step = next((step for step in _steps_open(found) if step >= now), now)
    return _code(decrypt(found.data["secret"]), step)


def code_of(secret: str) -> str:
    """What an authenticator with ``secret`` shows now."""
    return _code(secret, int(time.time()) // PERIOD)


def _steps() -> list[int]:
    now = int(time.time()) // PERIOD
    return list(range(now - TOLERANCE, now + TOLERANCE + 1))


def _steps_open(found: Authenticator) -> list[int]:
    """The half minutes whose code may still be redeemed."""
    last = cast(int, found.data.get("last_step", -1))
    return [step for step in _steps() if step > last]


def _matching(secret: str, code: str, steps: list[int]) -> int | None:
    return next((step for step in steps if constant_time_compare(_code(secret, step), code)), None)


def _code(secret: str, step: int) -> str:
    return str(format_hotp_value(hotp_value(secret, step)))
